"""The lines of texts in lists, with the words of a search highlighted."""

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
    """A text in a list: its title and summary. For a search it has an excerpt too, and the words found are marked."""

    reading: Reading
    title: Any
    summary: Any
    excerpt: Any = ""


def line(reading: Reading, found: SearchResult | None = None) -> TextLine:
    """Return the line of a text for a list. `found` is the result of a word search, if there was one."""
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
    """Return a dict from primary keys to public editions with the languages of their texts. Makes two queries.

    The bodies are loaded only with `words`. Keys of editions that aren't public any more are left out.
    """
    rows = readable(summit).filter(pk__in=set(keys)).order_by()
    editions = list(rows if words else rows.defer("body"))
    languages = versions_of(summit, [row.version.text_id for row in editions])
    return {
        row.pk: replace(
            brief(summit, row), versions=mark_current(languages.get(row.version.text_id, ()), row.version)
        )
        for row in editions
    }


def lines(known: dict[int, Reading], keys: Sequence[int], found: SearchResult | None = None) -> list[TextLine]:
    """Return the lines of the texts with these keys, in the same order. Keys that aren't in `known` are left out."""
    return [line(known[key], found) for key in keys if key in known]
