"""The second reader: what the contracts promise, asked again of the loaded tables, in SQL and by Great Expectations.

It shares the contracts with the first reader and nothing else, so that a fault of one is seen by the other.
"""
