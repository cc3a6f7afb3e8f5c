"""The query parameters of a list: declared filters, a declared order, a choice of fields.

An unknown parameter is refused by name, so that a client doesn't mistake an unfiltered list for a filtered one.
"""

import functools
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django_filters import BooleanFilter
from rest_framework.serializers import BaseSerializer, ListSerializer

from summit.api_base.pagination import ByNewest
from summit.api_base.problems import parameters

PAGING = ("cursor", "page_size")
# The parameters of every public list. `lang` is the language of sentences.
PUBLIC = (*PAGING, "lang")
Orders = Mapping[str, tuple[str, ...]]


def check_known(query: QueryDict, known: Iterable[str]) -> None:
    """Raise Problem for unknown query parameters and for repeated ones. The problem names the `known` parameters."""
    names = sorted(known)
    message = _("Unknown. Choose from: %(names)s.") % {"names": ", ".join(names)} if names else _("Unknown.")
    wrong = {name: message for name in query if name not in names}
    wrong |= {name: _("Give this only once.") for name in query if name in names and len(query.getlist(name)) > 1}
    if wrong:
        raise parameters(wrong)


def check_page_size(query: Mapping[str, str]) -> None:
    """Raise Problem for a `size` that isn't a number from 1 to the maximum."""
    size, most = query.get("page_size"), ByNewest.max_page_size
    if size is not None and not (size.isascii() and size.isdecimal() and 1 <= int(size[:9]) <= most):
        raise parameters({"page_size": _("Enter a number from 1 to %(most)d.") % {"most": most}})


def narrowed(rows: QuerySet[Any], filters: Any, query: QueryDict) -> QuerySet[Any]:
    """Return the rows that match the filters in a query string. Raises Problem for invalid values.

    `filters` is a FilterSet class, or None for a list without filters.
    """
    if filters is None:
        return rows
    _check_booleans(filters, query)
    filterset = filters(query, queryset=rows)
    if not filterset.is_valid():
        raise parameters({name: [str(each) for each in details] for name, details in filterset.errors.items()})
    out_of_range = [
        name for name, value in filterset.form.cleaned_data.items() if isinstance(value, datetime) and _far(value)
    ]
    if out_of_range:
        details = _("Enter a date and time with offset, such as 2025-03-31T14:30:00+01:00.")
        raise parameters(dict.fromkeys(out_of_range, details))
    # PostgreSQL refuses a zone sixteen hours and more from UTC, Python one of a day.
    cleaned = filterset.form.cleaned_data
    for name in [name for name, each in cleaned.items() if isinstance(each, datetime)]:
        cleaned[name] = cleaned[name].astimezone(UTC)
    matching: QuerySet[Any] = filterset.qs
    return matching


def _check_booleans(filters: Any, query: QueryDict) -> None:
    """Raise Problem for a boolean filter with a value other than true and false. It would have no effect."""
    names = [name for name, each in filters.base_filters.items() if isinstance(each, BooleanFilter) and name in query]
    wrong = [name for name in names if str(query[name]).lower() not in ("true", "false")]
    if wrong:
        raise parameters(dict.fromkeys(wrong, _("Enter true or false.")))


def _far(moment: datetime) -> bool:
    """Return whether a moment is outside the years 1 to 9999 in UTC, which no database accepts."""
    try:
        moment.astimezone(UTC)
    except OverflowError:
        return True
    return False


def ordered(ordering_fields: Orders, said: str | None) -> tuple[str, ...]:
    """Return the columns to order by. The primary key is the last one, so that equal rows keep their places.

    `said` is the name of a declared order, after "-" for the reverse; None means the first declared order. Raises
    Problem for an unknown name.
    """
    name = next(iter(ordering_fields)) if said is None else said
    if name not in _both(ordering_fields):
        raise parameters({"order": _("Enter one of: %(known)s.") % {"known": ", ".join(_both(ordering_fields))}})
    columns = (*ordering_fields[name.removeprefix("-")], "pk")
    return tuple(_backwards(column) for column in columns) if name.startswith("-") else columns


def _both(ordering_fields: Orders) -> list[str]:
    return [each for name in ordering_fields for each in (name, f"-{name}")]


order_names = _both


def _backwards(column: str) -> str:
    return column.removeprefix("-") if column.startswith("-") else f"-{column}"


@functools.cache
def field_names(output: type[BaseSerializer[Any]]) -> tuple[str, ...]:
    """Return the names of a serializer's fields, in their order.

    They are cached, because creating the fields takes milliseconds.
    """
    serializer: Any = output()
    return tuple(serializer.fields)


def wanted_fields(said: str | None, known: Sequence[str]) -> list[str]:
    """Return the names of the fields requested in `said`, or [] for all fields.

    Raises Problem for an unknown name.
    """
    names = [name for name in (said or "").split(",") if name]
    wrong = [name for name in names if name not in known]
    if wrong or (said is not None and not names):
        raise parameters({"fields": _("Enter one or more of: %(known)s.") % {"known": ", ".join(known)}})
    return names


def keep_fields(serializer: BaseSerializer[Any], names: Iterable[str]) -> None:
    """Remove the fields other than `names` from a serializer's output. Without names, keep all fields."""
    child: Any = serializer.child if isinstance(serializer, ListSerializer) else serializer
    wanted = set(names)
    for name in [name for name in child.fields if wanted and name not in wanted]:
        child.fields.pop(name)
