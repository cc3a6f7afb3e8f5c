"""Export the lists of the admin as files, and import files into the lists.

The package has the writers and parsers of the file formats, the importer, and the stored files.
"""
