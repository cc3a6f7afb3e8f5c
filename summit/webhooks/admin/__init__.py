"""Webhooks in the admin."""

from summit.webhooks.admin import (
    deliveries,  # noqa: F401
    endpoints,  # noqa: F401
)
