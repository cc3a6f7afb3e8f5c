"""Summits with their venues, rooms, colours and names in other languages; the outbound pause; the installation."""
