"""Mark the words of a search in a text, and choose the best excerpt of a long text.

Callers pass only public texts, so that highlighting reveals nothing else.
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
# The most matches in a text that are considered when its excerpt is chosen.
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
    """The position of a match in a text. `word` is the index of the matched word among the wanted words."""

    start: int
    end: int
    word: int


def places(text: str, language: str, wanted: Sequence[Wanted]) -> Iterator[Place]:
    """Yield the matches of the wanted words in a text, roughly in order.

    In scripts without spaces, matches of pairs of letters come after matches of single letters.
    """
    all_terms = frozenset[str]().union(*(wanted_word.terms for wanted_word in wanted))
    for piece in pieces(text):
        piece_terms = terms_of(piece, language)
        if all_terms.isdisjoint(piece_terms):
            continue
        for number, wanted_word in enumerate(wanted):
            if not wanted_word.terms.isdisjoint(piece_terms):
                yield Place(piece.start, piece.end, number)


def bare(body: str) -> str:
    """Return the words of a Markdown text in one line. Nearly all markup is removed, which is enough for excerpts."""
    text = _TABLE.sub(" ", _LINE.sub("", _LINK.sub(r"\1", body)))
    return _SPACE.sub(" ", html.unescape(_ESCAPED.sub(r"\1", _MARKS.sub("", text)))).strip()


def marked(text: str, language: str, wanted: Sequence[Wanted]) -> SafeString:
    """Return a plain text as safe HTML, with the wanted words marked."""
    return _render(text, list(places(text, language, wanted)))


def excerpt(body: str, language: str, wanted: Sequence[Wanted]) -> SafeString:
    """Return an excerpt of a Markdown text as safe HTML, with the wanted words marked.

    It is the first part with the largest number of different wanted words, or "" if the text has none of them.
    """
    text = bare(body)
    best, matches = _best(text, language, wanted)
    if not best:
        return SafeString("")
    start = _border(text, best[0].start - BEFORE, best[0].start)
    end = _border(text, max(start + LENGTH, best[0].end), len(text), forward=True)
    inside = [
        Place(match.start - start, match.end - start, match.word)
        for match in matches
        if start <= match.start and match.end <= end
    ]
    before, after = MORE if start else "", MORE if end < len(text) else ""
    return SafeString(f"{before}{_render(text[start:end], inside)}{after}")


def _best(text: str, language: str, wanted: Sequence[Wanted]) -> tuple[list[Place], list[Place]]:
    """Return the matches in the best part of a text for an excerpt, and all matches that were considered.

    The best part is the first one with the largest number of different wanted words.
    """
    matches: list[Place] = []
    best: list[Place] = []
    first, most = 0, 0
    for place in places(text, language, wanted):
        # The matches aren't strictly sorted: pairs of letters come after the single letters. They needn't be.
        matches.append(place)
        while matches[first].start < place.start - (LENGTH - BEFORE):
            first += 1
        number = len({match.word for match in matches[first:]})
        if number > most:
            most, best = number, matches[first:]
        if (most == len(wanted) and place.start > best[0].start + LENGTH) or len(matches) >= PLACES:
            break
    return best, matches


def _border(text: str, near: int, limit: int, *, forward: bool = False) -> int:
    """Return the first start of a word after `near`, at most `limit`. With `forward`, return the end of a word.

    If no space is near, as in scripts without spaces, return `near` itself.
    """
    if near <= 0 or near >= len(text):
        return max(0, min(near, len(text)))
    space = text.find(" ", near)
    if space < 0 or space > near + BEFORE // 2:
        # No space is near: the script has no spaces, or the text ends soon.
        return min(near, limit) if not forward or space >= 0 or len(text) - near > BEFORE // 2 else len(text)
    return space if forward else min(space + 1, limit)


def _render(text: str, matches: Sequence[Place]) -> SafeString:
    parts: list[str] = []
    at = 0
    for start, end in _merged_ranges(matches):
        parts += [conditional_escape(text[at:start]), f"<mark>{conditional_escape(text[start:end])}</mark>"]
        at = end
    return SafeString("".join([*parts, conditional_escape(text[at:])]))


def _merged_ranges(matches: Sequence[Place]) -> Iterator[tuple[int, int]]:
    """Yield the ranges to mark, with overlapping and adjacent matches merged."""
    start = end = -1
    for place in sorted(matches, key=lambda match: (match.start, match.end)):
        if place.start > end:
            if end > 0:
                yield start, end
            start, end = place.start, place.end
        else:
            end = max(end, place.end)
    if end > 0:
        yield start, end
