"""Lists of the admin as files, and files into lists: writers, parsers, the importer, what is kept of both."""
