"""Zones: the parts of a venue that badges and passes open, with their rooms."""
