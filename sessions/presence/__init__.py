"""Presence on the day: who has been seen where, who represents a delegation in a session, and whom
to telephone about a change."""
