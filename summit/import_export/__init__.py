"""Export lists of the admin as files, and import files into them: writers, parsers, the importer, stored files."""
