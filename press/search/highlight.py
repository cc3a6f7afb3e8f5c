"""Mark the words of a search in a text, and choose the best excerpt of a long text.

Only public words come in here, so that highlighting reveals nothing else.
"""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from press.search.tokens import Wanted, pieces, terms_of

# The length of an excerpt in characters, and how many of them come before the first match.
LENGTH, BEFORE = 240, 70
# The most matches of a text that are considered for its excerpt.
PLACES = 300
MORE = "…"

_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_LINE = re.compile(r"^[ \t]*(?:#{1,6}|>|[-+*]|\d{1,9}[.)])[ \t]+", re.MULTILINE)
_MARKS = re.compile(r"(?<!\\)(?:\*+|~~+|`+|(?<!\w)_+|_+(?!\w))")
_TABLE = re.compile(r"^[ \t]*[|:\- ]{3,}$|\|", re.MULTILINE)
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class Place:
    """The position of a match in a text, and which of the wanted words it is."""

    start: int
    end: int
    word: int


def places(text: str, language: str, wanted: Sequence[Wanted]) -> Iterator[Place]:
    """Yield the matches of the wanted words in a text, in order."""
    every = frozenset[str]().union(*(one.terms for one in wanted))
    for piece in pieces(text):
        known = terms_of(piece, language)
        if every.isdisjoint(known):
            continue
        for number, one in enumerate(wanted):
            if not one.terms.isdisjoint(known):
                yield Place(piece.start, piece.end, number)


def bare(body: str) -> str:
    """Return the words of Markdown in one line, approximately without markup, for an excerpt."""
    text = _TABLE.sub(" ", _LINE.sub("", _LINK.sub(r"\1", body)))
    return _SPACE.sub(" ", html.unescape(_ESCAPED.sub(r"\1", _MARKS.sub("", text)))).strip()


def marked(text: str, language: str, wanted: Sequence[Wanted]) -> SafeString:
    """Return a text as safe HTML with the wanted words marked."""
    return _render(text, list(places(text, language, wanted)))


def excerpt(body: str, language: str, wanted: Sequence[Wanted]) -> SafeString:
    """Return the part of a text's Markdown that has most of the wanted words, marked; "" if it has none."""
    text = bare(body)
    best, found = _best(text, language, wanted)
    if not best:
        return SafeString("")
    start = _border(text, best[0].start - BEFORE, best[0].start)
    end = _border(text, max(start + LENGTH, best[0].end), len(text), forward=True)
    inside = [
        Place(one.start - start, one.end - start, one.word) for one in found if start <= one.start and one.end <= end
    ]
    before, after = MORE if start else "", MORE if end < len(text) else ""
    return SafeString(f"{before}{_render(text[start:end], inside)}{after}")


def _best(text: str, language: str, wanted: Sequence[Wanted]) -> tuple[list[Place], list[Place]]:
    """Return the matches in the window with most of the wanted words, and all matches that were considered."""
    found: list[Place] = []
    best: list[Place] = []
    first, most = 0, 0
    for place in places(text, language, wanted):
        # Not sorted strictly: pairs of letters come after the single ones. The order is kept.
        found.append(place)
        while found[first].start < place.start - (LENGTH - BEFORE):
            first += 1
        number = len({one.word for one in found[first:]})
        if number > most:
            most, best = number, found[first:]
        if (most == len(wanted) and place.start > best[0].start + LENGTH) or len(found) >= PLACES:
            break
    return best, found


def _border(text: str, near: int, limit: int, *, forward: bool = False) -> int:
    """Return the start of a word at or after `near` and before `limit`; with `forward`, the end of a word."""
    if near <= 0 or near >= len(text):
        return max(0, min(near, len(text)))
    space = text.find(" ", near)
    if space < 0 or space > near + BEFORE // 2:
        # No space is near: the script has none, or the text ends.
        return min(near, limit) if not forward or space >= 0 or len(text) - near > BEFORE // 2 else len(text)
    return space if forward else min(space + 1, limit)


def _render(text: str, found: Sequence[Place]) -> SafeString:
    parts: list[str] = []
    at = 0
    for start, end in _merged_ranges(found):
        parts += [conditional_escape(text[at:start]), f"<mark>{conditional_escape(text[start:end])}</mark>"]
        at = end
    return SafeString("".join([*parts, conditional_escape(text[at:])]))


def _merged_ranges(found: Sequence[Place]) -> Iterator[tuple[int, int]]:
    """Yield the ranges to mark, with overlapping and adjacent matches merged."""
    start = end = -1
    for place in sorted(found, key=lambda one: (one.start, one.end)):
        if place.start > end:
            if end > 0:
                yield start, end
            start, end = place.start, place.end
        else:
            end = max(end, place.end)
    if end > 0:
        yield start, end
