"""Reading uploaded files in a confined process, of which only a few run at once, and scanning them for viruses."""
