"""The search over everything. Each app registers its sources, and `matching` filters lists by the same rules.

Rows that the user may not see are neither found nor counted: a source names the permission for its rows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import (
    Case,
    Count,
    IntegerField,
    Model,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
    Window,
)
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode

from summit.admin_base.next_steps import NextStep
from summit.admin_base.summit_scope import summits_of
from summit.audit import access_log
from summit.audit import services as audit
from summit.core.registry import Registry
from summit.core.text_normalisation import Fold, fold
from summit.permissions.rules import summits_for
from summit.summits.models import Summit
from summit.users.models import User

SHORTEST, LONGEST = 2, 100
SHOWN = 8
Name = str | Promise


@dataclass(frozen=True)
class SearchHit:
    """A search result: its name, a note beside the name, the URL of its page, and what can be done with it next."""

    name: str
    note: str
    url: str
    steps: tuple[NextStep, ...] = ()


@dataclass(frozen=True)
class Source:
    """A source of the search, for one kind of row.

    `rows` returns all rows with the related data that `hit` needs. `head` is the field with a row's name. Each word
    must be found in the fields `text`, or fulfil the condition that `also` returns for it. `head` and `text` may also
    be subqueries. A user needs `permission` to see the rows. `personal` names the fields with
    personal data that `hit` shows. `steps` returns what the user can do next with some rows, by their primary keys.
    `has_list` says whether the desk has a list of these rows.
    """

    model: type[Model]
    title: Name
    permission: str
    rows: Callable[[], QuerySet[Any]]
    head: str | Subquery
    text: tuple[str | Subquery, ...]
    hit: Callable[[Any], SearchHit]
    summit_path: str = "summit"
    also: Callable[[str], Q] | None = None
    personal: tuple[str, ...] = ()
    steps: Callable[[HttpRequest, list[Any]], dict[int, tuple[NextStep, ...]]] | None = None
    has_list: bool = True

    def narrow(self, rows: QuerySet[Any], words: list[str]) -> QuerySet[Any]:
        """Return the rows in which every one of the folded `words` is found, in any order."""
        return containing(rows, self.text, words, self.also)

    def summit_id(self, row: Any) -> int | None:
        """Return the primary key of a row's summit. It makes no query: `rows` joins what the path goes through."""
        *joined, last = self.summit_path.split("__")
        for name in joined:
            row = getattr(row, name)
        found: int | None = getattr(row, f"{last}_id")
        return found

    def list_url(self, wanted: str, summit: Summit | None) -> str:
        """Return the URL of the admin list of the rows found for `wanted`, limited to `summit` if not None.

        Return "" if the rows have no list.
        """
        if not self.has_list:
            return ""
        address = reverse(f"admin:{self.model._meta.app_label}_{self.model._meta.model_name}_changelist")
        of_summit = {f"{self.summit_path}__id__exact": str(summit.pk)} if summit else {}
        return f"{address}?{urlencode({'q': wanted, **of_summit})}"


_sources: Registry[Source] = Registry()


def register(order: int, source: Source) -> Source:
    """Register a source at its place in the order."""
    return _sources.register(order)(source)


def sources() -> list[Source]:
    """Return the sources in their order."""
    return list(_sources)


def source_of(model: type[Model]) -> Source | None:
    """Return the source that finds the rows of a model, or None."""
    return next((source for source in _sources if source.model is model), None)


@dataclass(frozen=True)
class SourceResults:
    """The results of one source: the first few, and the total number."""

    source: Source
    hits: list[SearchHit]
    total: int
    list_url: str

    @property
    def more(self) -> bool:
        """Whether the source found more rows than are shown."""
        return self.total > len(self.hits)


def split_terms(wanted: str) -> list[str]:
    """Return the folded words of a search text, or an empty list if the text is too short."""
    folded = fold(wanted.replace("\0", "")[:LONGEST])
    return folded.split() if len(folded.strip()) >= SHORTEST else []


def find(
    request: HttpRequest, wanted: str, summit: Summit | None, *, with_steps: bool = False
) -> list[SourceResults]:
    """Return the results of each source for the user in a summit or, if `summit` is None, in all the user's summits.

    If several summits are searched, each hit names its summit. Sources without results are left out. Makes one query
    for each source, and `with_steps` those of its steps.
    """
    terms = split_terms(wanted)
    asked = _sources if terms else ()
    results = [_ask(request, source, terms, wanted, summit, with_steps=with_steps) for source in asked]
    return [entry for entry in results if entry is not None]


def _ask(
    request: HttpRequest,
    source: Source,
    terms: list[str],
    wanted: str,
    summit: Summit | None,
    *,
    with_steps: bool,
) -> SourceResults | None:
    allowed = summits_for(request.user, source.permission)
    if allowed == []:
        return None
    rows = source.rows()
    if allowed is not None:
        rows = rows.filter(**{f"{source.summit_path}__in": allowed})
    if summit is not None:
        rows = rows.filter(**{source.summit_path: summit})
    narrowed = source.narrow(rows, terms).annotate(total=Window(Count("*")))
    first = list(narrowed.order_by(*_order(source, terms))[:SHOWN])
    if not first:
        return None
    if source.personal and isinstance(request.user, User):
        keys = [(source.summit_id(row), audit.key_of(row)) for row in first]
        access_log.record_list(
            by=request.user, label=source.model._meta.label_lower, rows=keys, fields=source.personal
        )
    summits = summits_of(request)
    names: dict[int | None, str] = (
        {row.pk: row.reads_as.short_name for row in summits} if summit is None and len(summits) > 1 else {}
    )
    hits = [_with_summit_name(source.hit(row), names.get(source.summit_id(row), "")) for row in first]
    if with_steps and source.steps is not None:
        steps = source.steps(request, first)
        hits = [replace(hit, steps=steps.get(row.pk, ())) for hit, row in zip(hits, first, strict=True)]
    # No list shows the rows of several summits.
    return SourceResults(source, hits, first[0].total, "" if names else source.list_url(wanted, summit))


def _with_summit_name(hit: SearchHit, summit: str) -> SearchHit:
    return replace(hit, note=" · ".join(part for part in (hit.note, summit) if part))


def _order(source: Source, terms: list[str]) -> list[Any]:
    """Return the order of results: rows with exactly this name, then names that begin with it, then the rest."""
    phrase = " ".join(terms)
    head = Fold(source.head)
    rank = Case(
        When(_compared(head, "exact", phrase), then=Value(0)),
        When(_compared(head, "startswith", phrase), then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return [rank, *(source.model._meta.ordering or ["pk"])]


def containing(
    rows: QuerySet[Any],
    text: tuple[str | Subquery, ...],
    words: list[str],
    also: Callable[[str], Q] | None = None,
) -> QuerySet[Any]:
    """Return the rows in which every one of the folded `words` is found in the fields `text`, in any order.

    A word also counts as found where the condition that `also` returns for it is fulfilled.
    """
    here = [Q(found_in__contains=word) for word in words]
    found = [condition | also(word) for condition, word in zip(here, words, strict=True)] if also else here
    narrowed: QuerySet[Any] = rows.alias(found_in=Fold(*text)).filter(*found)
    return narrowed


def ranked(model: type[Model], rows: QuerySet[Any], wanted: str) -> QuerySet[Any]:
    """Return rows that the search has found for the text `wanted`, the best match first.

    Without a text, or if the model has no source, they keep their order.
    """
    source, terms = source_of(model), fold(wanted.replace("\0", "")[:LONGEST]).split()
    return rows.order_by(*_order(source, terms)) if source and terms else rows


def _compared(head: Fold, lookup: str, phrase: str) -> Any:
    lookup_class = head.get_lookup(lookup)
    assert lookup_class is not None  # noqa: S101 - lookups of every text
    return lookup_class(head, phrase)


def matching(model: type[Model], rows: QuerySet[Any], wanted: str) -> QuerySet[Any] | None:
    """Return those of `rows` that the search finds for the text `wanted`, or None if the model has no source."""
    source, terms = source_of(model), fold(wanted.replace("\0", "")[:LONGEST]).split()
    return source.narrow(rows, terms) if source else None
