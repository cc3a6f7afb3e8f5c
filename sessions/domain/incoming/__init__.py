"""Schedules of other conferences, in the format of frab and pretalx, as sessions of a summit's draft."""
