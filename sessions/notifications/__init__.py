"""Notifications about changes: who gets which mail and calendar update, and which changes a person has seen."""
