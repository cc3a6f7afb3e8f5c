"""Permissions: roles, the rules for actions, the table of all routes, and checks of the second step of sign-in."""
