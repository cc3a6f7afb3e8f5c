"""Lists on paper and in tables: each a function from what is to be printed to the bytes of a file."""
