"""The agenda in the admin."""

from sessions.admin import draft, releases

__all__ = ["draft", "releases"]
