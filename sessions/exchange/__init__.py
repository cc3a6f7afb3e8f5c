"""Schedules in the format of frab and pretalx: import of other conferences' schedules, and export of the agenda."""
