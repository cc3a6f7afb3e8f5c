"""Files that somebody uploads: looked at row by row before anything is written, then taken over once, or deleted."""
