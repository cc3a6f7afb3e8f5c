"""The agenda in the admin."""

from sessions.admin import draft, releases, signups

__all__ = ["draft", "releases", "signups"]
