"""Schedules in the format of frab and pretalx: import those of other conferences, and export the agenda."""
