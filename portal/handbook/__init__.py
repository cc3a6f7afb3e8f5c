"""The handbook: a page for each task, in the order in which each role does its tasks."""
