"""Files that people and machines really produce, and files made to do harm."""
