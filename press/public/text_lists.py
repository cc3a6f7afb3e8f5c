"""Texts as lists show them: with what was looked for marked in them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from press.published_texts.languages import shown_in, versions_of
from press.published_texts.selectors import Reading, brief, readable
from press.search import highlight
from press.search.query import Found
from summit.summits.models import Summit


@dataclass(frozen=True)
class Line:
    """A text in a list: its title and its summary, marked where words were looked for, and where it has them."""

    reading: Reading
    title: Any
    summary: Any
    excerpt: Any = ""


def line(reading: Reading, found: Found | None = None) -> Line:
    """Return a text as a list shows it; with what was `found`, marked."""
    edition, language = reading.edition, reading.language
    if found is None or not found.wanted:
        return Line(reading, edition.title, edition.summary)
    return Line(
        reading,
        highlight.marked(edition.title, language, found.wanted),
        highlight.marked(edition.summary, language, found.wanted),
        highlight.excerpt(edition.body, language, found.wanted),
    )


def readings(summit: Summit, keys: Iterable[int], *, words: bool = False) -> dict[int, Reading]:
    """Return public editions by their primary keys, in no order, with their texts' languages; their body is read only
    with `words`. Two queries."""
    rows = readable(summit).filter(pk__in=set(keys)).order_by()
    found = list(rows if words else rows.defer("body"))
    languages = versions_of(summit, [row.version.text_id for row in found])
    return {
        row.pk: replace(brief(summit, row), versions=shown_in(languages.get(row.version.text_id, ()), row.version))
        for row in found
    }


def lines(known: dict[int, Reading], keys: Sequence[int], found: Found | None = None) -> list[Line]:
    """Return these texts in the order of their keys; what was held or withdrawn meanwhile is left out."""
    return [line(known[key], found) for key in keys if key in known]
