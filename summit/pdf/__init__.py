"""Print PDF documents with typst, and draw preview pictures of pages.

The documents are printed in bundled fonts, and are tagged for screen readers.
"""
