"""The messages of this app."""
