"""The desk: the admin site, and what the admin of every model has in common."""
