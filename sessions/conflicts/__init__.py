"""Conflicts in the draft, certain or possible: rooms, people, seats and opening hours."""
