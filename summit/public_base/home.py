"""The summit's public home is composed of panels; each app registers its own."""

from collections.abc import Callable, Hashable
from typing import Any

from summit.core.registry import Registry
from summit.summits.models import Summit

# From a summit to a template and its context, or None where there is nothing to show.
Panel = Callable[[Summit], tuple[str, dict[str, Any]] | None]
_panels: Registry[Panel] = Registry()
panel = _panels.register
# From a summit's slug to what a panel depends on beside rows whose changes are counted. One query.
Stamp = Callable[[str], Hashable]
_stamps: Registry[Stamp] = Registry()
stamp = _stamps.register


def panels(summit: Summit) -> list[tuple[str, dict[str, Any]]]:
    """Return the templates and contexts of all panels that have something to show."""
    found = (function(summit) for function in _panels)
    return [entry for entry in found if entry is not None]


def standing(*, summit: str) -> tuple[Hashable, ...]:
    """Return what the home of the summit at an address depends on beside rows whose changes are counted: what the
    clock lets out."""
    return tuple(function(summit) for function in _stamps)
