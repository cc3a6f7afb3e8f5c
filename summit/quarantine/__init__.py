"""Uploaded files that are kept back until they are checked for viruses.

`selectors.content_of` is the only way by which anybody gets the bytes of a file. `summit.uploads.scanning` scans.
"""
