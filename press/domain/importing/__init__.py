"""A folder of speeches read into the press office: its files, who speaks in them, and what becomes of each."""
