"""What people see: one file a page, the file stem is the URL."""
