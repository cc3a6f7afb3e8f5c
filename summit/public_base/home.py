"""The registry of panels, of which a summit's public home is composed. Each app registers its own panels.

A panel that changes with time alone registers a value too, under which the home is cached (`passing`).
"""

from collections.abc import Callable, Hashable
from typing import Any

from summit.core.registry import Registry
from summit.public_base.page_cache import Beside
from summit.public_base.page_version import Version
from summit.summits.models import Summit

# Takes a summit and returns a template and its context, or None where there is nothing to show.
Panel = Callable[[Summit], tuple[str, dict[str, Any]] | None]
_panels: Registry[Panel] = Registry()
panel = _panels.register
# Takes a version and a summit's slug, and returns a value that changes whenever a panel changes with time alone.
_passing: Registry[Beside] = Registry()
passing = _passing.register


def passed(version: Version, *, summit: str) -> Hashable:
    """Return a value that changes whenever the home of the summit with this slug changes with time alone."""
    return tuple(function(version, summit=summit) for function in _passing)


def panels(summit: Summit) -> list[tuple[str, dict[str, Any]]]:
    """Return the template and the context of each panel of a summit's home that has something to show."""
    entries = (function(summit) for function in _panels)
    return [entry for entry in entries if entry is not None]
