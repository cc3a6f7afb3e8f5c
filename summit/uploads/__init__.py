"""What all uploaded files share: the report row by row, the pages, and the process of its own in which files are
read."""
