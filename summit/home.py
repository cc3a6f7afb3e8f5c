"""The summit's public home is composed of panels; each app registers its own."""

from collections.abc import Callable
from typing import Any

from summit.models import Summit

# From a summit to a template and its context, or None where there is nothing to show.
Panel = Callable[[Summit], tuple[str, dict[str, Any]] | None]
_panels: list[tuple[int, Panel]] = []


def panel(order: int) -> Callable[[Panel], Panel]:
    """Register a panel at a place in the order; a decorator."""

    def register(function: Panel) -> Panel:
        _panels.append((order, function))
        _panels.sort(key=lambda entry: entry[0])
        return function

    return register


def panels(summit: Summit) -> list[tuple[str, dict[str, Any]]]:
    """Return the templates and contexts of all panels that have something to show."""
    found = (function(summit) for _order, function in _panels)
    return [entry for entry in found if entry is not None]
