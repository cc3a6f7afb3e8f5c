"""Schedules of other conferences in (frab, pretalx), and ours out in the same format."""
