"""Summits, venues and rooms; names in other languages, colours, the outbound pause, the installation."""
