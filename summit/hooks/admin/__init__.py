"""Webhooks in the admin."""

from summit.hooks.admin import deliveries, endpoints  # noqa: F401
