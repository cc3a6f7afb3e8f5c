"""The one way by which files come in: upload, preview, import, undo. Each kind of file has a definition."""
