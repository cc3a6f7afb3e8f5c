"""Webhooks in the admin: the pages of endpoints and of deliveries."""

from summit.webhooks.admin import (
    deliveries,  # noqa: F401
    endpoints,  # noqa: F401
)
