"""The audit: the chained record of who did what, its rendering in words, and the log of who saw personal data."""
