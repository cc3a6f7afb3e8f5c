"""The tabs above an admin list: the choices of one of its filters, each with its number of rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.http import urlencode


@dataclass(frozen=True)
class ListTab:
    """A tab: its label, its number of rows, its query string, and whether the list is filtered to it."""

    label: str
    number: int
    query: str
    current: bool


def tabs_of(changelist: Any, parameter: str, numbers: Mapping[str, int]) -> list[ListTab]:
    """Return the tabs of a list for its filter `parameter`, the tab of all rows first.

    `numbers` are the numbers of rows by the value of the filter, and under "" the number of all rows. A choice
    without rows has no tab unless the list is filtered to it. Other filters, and the search, end with a tab.
    """
    spec = next((spec for spec in changelist.filter_specs if getattr(spec, "parameter_name", "") == parameter), None)
    if spec is None:
        return []
    scope = {name: value for name, value in changelist.params.items() if name.endswith("summit__id__exact")}
    narrowed = set(changelist.params) - set(scope) - {"o"}
    values, tabs = ["", *(value for value, _label in spec.lookup_choices)], []
    for value, choice in zip(values, spec.choices(changelist), strict=True):
        query = f"?{urlencode({**scope, **({parameter: value} if value else {})})}"
        if numbers.get(value) or choice["selected"] or not value:
            current = choice["selected"] and bool(value or not narrowed)
            tabs.append(ListTab(str(choice["display"]), numbers.get(value, 0), query, current))
    return tabs
