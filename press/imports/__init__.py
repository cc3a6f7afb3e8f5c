"""Words from files: DOCX, Markdown and plain text; folders of speeches."""
