"""Print PDF documents with typst, tagged for screen readers, in bundled fonts; draw the preview picture of a page."""
