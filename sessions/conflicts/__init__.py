"""Conflicts in the draft, certain or possible: rooms, people, ways, zones, seats and opening hours.

A summit blocks each kind, warns of it or ignores it.
"""
