"""The agenda in the admin."""

from sessions.admin import draft, kinds, releases, signups

__all__ = ["draft", "kinds", "releases", "signups"]
