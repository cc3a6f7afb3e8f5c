"""What must be cleared away from time to time, and signs of life."""

from collections.abc import Callable
from datetime import timedelta
from importlib import import_module

from django.conf import settings
from django.core.cache import cache
from django.db.models.functions import Now

from summit.domain import browsers
from summit.models import Heartbeat, PublicChange
from summit.registry import Registry

# How long noted changes are kept: a page that was asked for is made in less.
NOTED_FOR = timedelta(hours=1)
# What else has an end, in the apps above.
_clears: Registry[Callable[[], None]] = Registry()
clears = _clears.register


def clear_expired() -> None:
    """Delete expired sessions of browsers and what the apps above say, and touch the cache, which culls itself when
    it is written."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    browsers.clear_gone()
    PublicChange.objects.clear(NOTED_FOR)
    for clear in _clears:
        clear()
    cache.set("upkeep", 1)


def beat(name: str) -> None:
    """Note that a sweep has run now, on the database's clock."""
    if not Heartbeat.objects.filter(pk=name).update(at=Now()):
        Heartbeat.objects.bulk_create([Heartbeat(name=name)], ignore_conflicts=True)
