"""Shows where a text has what was looked for: its words are marked, and of a long text the best place is cut out.

Only what everybody may read comes in here: what is marked, and what isn't, tells of nothing else.
"""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from press.search.tokens import Wanted, pieces, terms_of

# Characters of an excerpt, and of those how many stand before the first word that was found.
LENGTH, BEFORE = 240, 70
# Enough of a text to choose a place from.
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
    """Where a text has a word that was looked for, and which of them."""

    start: int
    end: int
    word: int


def places(text: str, language: str, wanted: Sequence[Wanted]) -> Iterator[Place]:
    """Yield where a text in a language has what is looked for, in order."""
    every = frozenset[str]().union(*(one.terms for one in wanted))
    for piece in pieces(text):
        known = terms_of(piece, language)
        if every.isdisjoint(known):
            continue
        for number, one in enumerate(wanted):
            if not one.terms.isdisjoint(known):
                yield Place(piece.start, piece.end, number)


def bare(body: str) -> str:
    """Return the words of Markdown in one line, near enough to be read in an excerpt."""
    text = _TABLE.sub(" ", _LINE.sub("", _LINK.sub(r"\1", body)))
    return _SPACE.sub(" ", html.unescape(_ESCAPED.sub(r"\1", _MARKS.sub("", text)))).strip()


def marked(text: str, language: str, wanted: Sequence[Wanted]) -> SafeString:
    """Return a text for a page, with what was looked for marked."""
    return _render(text, list(places(text, language, wanted)))


def excerpt(body: str, language: str, wanted: Sequence[Wanted]) -> SafeString:
    """Return that place of a text's Markdown which has most of what is looked for, marked; "" where it has none."""
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
    """Return the places in the window with most of the words that are looked for, and all that were looked at."""
    found: list[Place] = []
    best: list[Place] = []
    first, most = 0, 0
    for place in places(text, language, wanted):
        # A pair of letters comes after the single ones: the order is kept.
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
    """Return where a word begins, at or after a position and before `limit`; forward, where one ends."""
    if near <= 0 or near >= len(text):
        return max(0, min(near, len(text)))
    space = text.find(" ", near)
    if space < 0 or space > near + BEFORE // 2:
        # No space is near: it is a script without them, or the end.
        return min(near, limit) if not forward or space >= 0 or len(text) - near > BEFORE // 2 else len(text)
    return space if forward else min(space + 1, limit)


def _render(text: str, found: Sequence[Place]) -> SafeString:
    parts: list[str] = []
    at = 0
    for start, end in _joined(found):
        parts += [conditional_escape(text[at:start]), f"<mark>{conditional_escape(text[start:end])}</mark>"]
        at = end
    return SafeString("".join([*parts, conditional_escape(text[at:])]))


def _joined(found: Sequence[Place]) -> Iterator[tuple[int, int]]:
    """Yield what is marked, with what overlaps or touches as one."""
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
