"""The differences between two wordings, word by word. Paragraphs are matched first, then the words of each pair.

In scripts without spaces (Chinese, Japanese, Thai ...) characters are compared. White space is ignored: a paragraph
that was only wrapped differently is unchanged.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any

from press.texts.markdown_to_html import to_plain
from press.texts.selectors.tokens import Token, is_word, tokens_of

# If two paragraphs have a smaller share of words in common, they are one removed and one new paragraph.
ALIKE = 0.3
# Above this number of comparisons, paragraphs are matched by position, and frequent words are ignored. That takes a
# fraction of a second instead of an hour.
MOST_PAIRS, MOST_WORDS = 250_000, 1_000_000

ENDS = frozenset(".!?…؟۔。！？")
_APART = re.compile(r"\n[^\S\n]*\n\s*")


class DifferenceKind(StrEnum):
    """How words or a paragraph changed. Only a paragraph can be CHANGED: some of its words are GONE or NEW."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"
    CHANGED = "changed"


@dataclass(frozen=True)
class Run:
    """Consecutive words that are all SAME, GONE or NEW, with the space after them."""

    kind: DifferenceKind
    words: str


@dataclass(frozen=True)
class Pair:
    """A paragraph of the old wording and the corresponding paragraph of the new wording.

    `runs` has the words of both paragraphs, with removed words before new words. `old_at` and `new_at` are the
    positions of the paragraphs, from 0. One of them is None if that wording has no corresponding paragraph.
    """

    kind: DifferenceKind
    runs: tuple[Run, ...]
    old_at: int | None = None
    new_at: int | None = None

    @property
    def old(self) -> tuple[Run, ...]:
        """The old paragraph: unchanged and removed words."""
        return tuple(run for run in self.runs if run.kind != DifferenceKind.NEW)

    @property
    def new(self) -> tuple[Run, ...]:
        """The new paragraph: unchanged and new words."""
        return tuple(run for run in self.runs if run.kind != DifferenceKind.GONE)


# A `Place` has the position on each side, or None. A `_Stretch` has the words of each side, and whether they are the
# same.
Place = tuple[int | None, int | None]
_Stretch = tuple[list[Token], list[Token], bool]


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a text, which are separated by empty lines."""
    return [part for part in _APART.split(text.strip()) if part]


def compare(old: str, new: str) -> list[Pair]:
    """Return the paragraphs of two wordings in order, each old one paired with its new one.

    All characters are compared, including markup and links. A moved paragraph is GONE at the old place and NEW at the
    new place.
    """
    before, after = ([tokens_of(part) for part in paragraphs(text)] for text in (old, new))
    return [_pair(before, after, *place) for place in _aligned(before, after)]


def compare_words(old: str, new: str) -> list[Pair]:
    """Return the differences between the words of two Markdown texts, without markup."""
    return compare(to_plain(old), to_plain(new))


def differ(pairs: Sequence[Pair]) -> bool:
    """Return whether any paragraph in the result of `compare` differs."""
    return any(pair.kind != DifferenceKind.SAME for pair in pairs)


def _aligned(before: list[list[Token]], after: list[list[Token]]) -> list[Place]:
    """Return the positions of corresponding parts of two sides in order. Parts are paragraphs or sentences."""
    old, new = ([tuple(token.key for token in part) for part in side] for side in (before, after))
    frequent_aside = len(before) * len(after) > MOST_PAIRS
    matcher: SequenceMatcher[Any] = SequenceMatcher(None, old, new, autojunk=frequent_aside)
    found: list[Place] = []
    for name, i, i_end, j, j_end in matcher.get_opcodes():
        if name == "equal":
            found += zip(range(i, i_end), range(j, j_end), strict=True)
        else:
            found += _matched(old, new, range(i, i_end), range(j, j_end))
    return found


def _pair(before: list[list[Token]], after: list[list[Token]], i: int | None, j: int | None) -> Pair:
    if i is None or j is None:
        kind, tokens = (DifferenceKind.NEW, after[j]) if j is not None else (DifferenceKind.GONE, before[i or 0])
        return Pair(kind, (Run(kind, _join_tokens(tokens)),), i, j)
    changes = _by_sentence if len(before[i]) * len(after[j]) > MOST_WORDS else _changes
    runs = tuple(_runs(changes(before[i], after[j])))
    return Pair(
        DifferenceKind.SAME if all(run.kind == DifferenceKind.SAME for run in runs) else DifferenceKind.CHANGED,
        runs,
        i,
        j,
    )


def _join_tokens(tokens: Sequence[Token]) -> str:
    return "".join(token.key + token.space for token in tokens)


def _by_sentence(old: list[Token], new: list[Token]) -> Iterator[_Stretch]:
    """Yield the changes of a very long paragraph, in the form of `_changes`, by matching its sentences first."""
    before, after = _sentences(old), _sentences(new)
    for i, j in _aligned(before, after):
        yield from _changes(before[i] if i is not None else [], after[j] if j is not None else [])


def _sentences(tokens: list[Token]) -> list[list[Token]]:
    found: list[list[Token]] = [[]]
    for token in tokens:
        found[-1].append(token)
        if token.key in ENDS:
            found.append([])
    return [part for part in found if part]


def _changes(old: list[Token], new: list[Token]) -> Iterator[_Stretch]:
    """Yield the corresponding stretches of two paragraphs in order, and whether both are the same.

    An unchanged stretch of at most one word between two longer changes is merged with them, so that readers see
    changed phrases.
    """
    matcher = SequenceMatcher(
        None,
        [token.key for token in old],
        [token.key for token in new],
        autojunk=len(old) * len(new) > MOST_WORDS,
    )
    codes = matcher.get_opcodes()
    gone, added = list[Token](), list[Token]()
    for at, (name, i, i_end, j, j_end) in enumerate(codes):
        inside = 0 < at < len(codes) - 1
        if name == "equal" and not (inside and _is_crumb(old[i:i_end]) and _is_long(codes[at - 1], codes[at + 1])):
            if gone or added:
                yield gone, added, False
            gone, added = [], []
            yield old[i:i_end], new[j:j_end], True
        else:
            gone, added = [*gone, *old[i:i_end]], [*added, *new[j:j_end]]
    if gone or added:
        yield gone, added, False


def _is_crumb(tokens: list[Token]) -> bool:
    return len(tokens) < 4 and sum(token.key.isalnum() for token in tokens) < 2


def _is_long(*codes: tuple[str, int, int, int, int]) -> bool:
    return all(name == "replace" and max(i_end - i, j_end - j) > 1 for name, i, i_end, j, j_end in codes)


def _runs(stretches: Iterator[_Stretch]) -> Iterator[Run]:
    """Yield runs, with neighbours of the same kind merged.

    If only one side has a space after unchanged words, the space belongs to the following run.
    """
    last = Run(DifferenceKind.SAME, "")
    for run in _single(stretches):
        if not run.words:
            continue
        if run.kind == last.kind:
            last = Run(last.kind, last.words + run.words)
            continue
        if last.words:
            yield last
        last = run
    if last.words:
        yield last


def _single(stretches: Iterator[_Stretch]) -> Iterator[Run]:
    spaces = ("", "")
    for gone, added, same in stretches:
        if not same or any(spaces):
            # A change is followed by unchanged words or by the end, so nothing separates the two parts.
            yield from _change(
                *(
                    space + ("" if same else _join_tokens(side))
                    for space, side in zip(spaces, (gone, added), strict=True)
                )
            )
            spaces = ("", "")
        if same:
            before, after = gone[-1].space, added[-1].space
            if bool(before) != bool(after):
                spaces = (before, after)
                yield Run(DifferenceKind.SAME, _join_tokens([*added[:-1], replace(added[-1], space="")]))
            else:
                yield Run(DifferenceKind.SAME, _join_tokens(added))


def _change(gone: str, added: str) -> Iterator[Run]:
    """Yield the removed and the new words of a change.

    If one side is only space, and the other side ends with the same space, the space is yielded as unchanged.
    """
    blank = next((side for side in (gone, added) if side.isspace()), "")
    shared = blank and gone.endswith(blank) and added.endswith(blank)
    end = len(blank) if shared else 0
    yield Run(DifferenceKind.GONE, gone[: len(gone) - end])
    yield Run(DifferenceKind.NEW, added[: len(added) - end])
    yield Run(DifferenceKind.SAME, blank if shared else "")


def _matched(old: list[tuple[str, ...]], new: list[tuple[str, ...]], before: range, after: range) -> list[Place]:
    """Return the positions of corresponding paragraphs in two stretches, in order.

    Paragraphs with the most words in common correspond. In very long stretches the position decides.
    """
    if not before or not after:
        return [*((i, None) for i in before), *((None, j) for j in after)]
    if len(before) * len(after) > MOST_PAIRS:
        shared = min(len(before), len(after))
        ends = _matched(old, new, before[shared:], after[shared:])
        return [*zip(before[:shared], after[:shared], strict=True), *ends]
    return _followed(before, after, _scores([old[i] for i in before], [new[j] for j in after]))


def _scores(old: list[tuple[str, ...]], new: list[tuple[str, ...]]) -> list[list[float]]:
    """Return the similarity of each old paragraph to each new one, from 0 to 1. Values below ALIKE become 0."""
    old_sets, new_sets = ([set(_numbered(words)) for words in side] for side in (old, new))
    scores = []
    for a in old_sets:
        row = []
        for b in new_sets:
            score = 2 * len(a & b) / max(1, len(a) + len(b))
            row.append(score if score >= ALIKE else 0.0)
        scores.append(row)
    return scores


def _numbered(words: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    """Yield each word with the number of its earlier occurrences, so that sets count repeated words.

    Punctuation is left out, because common punctuation doesn't make two paragraphs similar.
    """
    seen: Counter[str] = Counter()
    for word in filter(is_word, words):
        yield word, seen[word]
        seen[word] += 1


def _followed(before: range, after: range, scores: list[list[float]]) -> list[Place]:
    """Return the matches in order that have the greatest sum of scores.

    This is the algorithm of Needleman and Wunsch, without a cost for gaps.
    """
    best = [[0.0] * (len(after) + 1) for _ in range(len(before) + 1)]
    for i in reversed(range(len(before))):
        row, below, row_scores = best[i], best[i + 1], scores[i]
        for j in reversed(range(len(after))):
            paired = below[j + 1] + row_scores[j] if row_scores[j] else 0.0
            row[j] = max(below[j], row[j + 1], paired)
    found: list[Place] = []
    i = j = 0
    while i < len(before) and j < len(after):
        if scores[i][j] and best[i][j] == best[i + 1][j + 1] + scores[i][j]:
            found.append((before[i], after[j]))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            found.append((before[i], None))
            i += 1
        else:
            found.append((None, after[j]))
            j += 1
    return [*found, *((k, None) for k in before[i:]), *((None, k) for k in after[j:])]
