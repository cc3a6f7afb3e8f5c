"""Roles, the rules for actions, the table of all routes with their permissions, second steps of sign-in."""
