"""The base of all kinds of uploaded files: the report on their rows, the pages, and the process that reads files."""
