"""The documents of sessions, and their versions."""
