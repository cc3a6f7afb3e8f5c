"""The agenda in the admin."""

from sessions.admin import draft, kinds, releases, schedules, signups

__all__ = ["draft", "kinds", "releases", "schedules", "signups"]
