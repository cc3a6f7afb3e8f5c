"""Import texts from DOCX, Markdown and plain text files, and from folders of speeches."""
