"""Texts as lists show them, with the words of a search highlighted."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from press.published_texts.languages import mark_current, versions_of
from press.published_texts.selectors import Reading, brief, readable
from press.search import highlight
from press.search.query import SearchResult
from summit.summits.models import Summit


@dataclass(frozen=True)
class TextLine:
    """A text in a list: its title, its summary and, for a search, an excerpt; the words found are marked."""

    reading: Reading
    title: Any
    summary: Any
    excerpt: Any = ""


def line(reading: Reading, found: SearchResult | None = None) -> TextLine:
    """Return a text as a list shows it; if a search `found` something, with the words marked."""
    edition, language = reading.edition, reading.language
    if found is None or not found.wanted:
        return TextLine(reading, edition.title, edition.summary)
    return TextLine(
        reading,
        highlight.marked(edition.title, language, found.wanted),
        highlight.marked(edition.summary, language, found.wanted),
        highlight.excerpt(edition.body, language, found.wanted),
    )


def readings(summit: Summit, keys: Iterable[int], *, words: bool = False) -> dict[int, Reading]:
    """Return public editions by primary key, with their texts' languages. Two queries.

    Their bodies are loaded only with `words`.
    """
    rows = readable(summit).filter(pk__in=set(keys)).order_by()
    found = list(rows if words else rows.defer("body"))
    languages = versions_of(summit, [row.version.text_id for row in found])
    return {
        row.pk: replace(
            brief(summit, row), versions=mark_current(languages.get(row.version.text_id, ()), row.version)
        )
        for row in found
    }


def lines(known: dict[int, Reading], keys: Sequence[int], found: SearchResult | None = None) -> list[TextLine]:
    """Return these texts in the order of their keys, without those that are no longer public."""
    return [line(known[key], found) for key in keys if key in known]
