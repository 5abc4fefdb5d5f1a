"""Reports that are handed in: Word, PDF and tables, made of data and words without a browser or a network."""
