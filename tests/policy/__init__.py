"""Cases written from the notices, as a lawyer would put them."""
