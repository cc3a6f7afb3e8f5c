"""PDF by typst, tagged for screen readers, with fonts that lie here; the picture for those who share a page."""
