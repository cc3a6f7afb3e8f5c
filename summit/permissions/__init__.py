"""Roles, the declared table of actions, whose rows are one's own, the table of all addresses, second steps."""
