"""Bilateral meetings: a delegation asks another for a meeting, and the programme desk approves and places it."""
