"""The ground floor in the admin."""

from summit.admin import accounts, audit, summits

__all__ = ["accounts", "audit", "summits"]
