"""Undo: what a user did is taken back within ten minutes, by the service that the package of the act declares."""
