"""Screens: pages for displays in the foyer and at doors, which show what is on now and next."""
