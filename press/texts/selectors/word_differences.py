"""What differs between two wordings, word by word: paragraphs are matched first, then the words of each match.

Words of scripts that set no spaces between them (Chinese, Japanese, Thai ...) are compared character by character.
White space makes no difference: a paragraph that was only wrapped anew is the same.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any

from press.texts.markdown import to_plain
from press.texts.selectors.tokens import Token, is_said, tokens_of

# Below this share of common words two paragraphs are not one paragraph changed, but one gone and one new.
ALIKE = 0.3
# Beyond so many comparisons of paragraphs they are matched by their places, of words without the frequent ones:
# both take a fraction of a second then, and an hour otherwise.
MOST_PAIRS, MOST_WORDS = 250_000, 1_000_000

ENDS = frozenset(".!?…؟۔。！？")
_APART = re.compile(r"\n[^\S\n]*\n\s*")


class Kind(StrEnum):
    """What became of words or of a paragraph."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"
    CHANGED = "changed"


@dataclass(frozen=True)
class Run:
    """Words that stand together and share what became of them: SAME, GONE or NEW. The space after them is theirs."""

    kind: Kind
    words: str


@dataclass(frozen=True)
class Pair:
    """A paragraph of the old wording beside what it is in the new one.

    `runs` tells both in one line, what is gone before what is new. `old_at` and `new_at` count paragraphs from 0;
    None on the side where it isn't.
    """

    kind: Kind
    runs: tuple[Run, ...]
    old_at: int | None = None
    new_at: int | None = None

    @property
    def old(self) -> tuple[Run, ...]:
        """The paragraph as it was: what stayed and what is gone."""
        return tuple(run for run in self.runs if run.kind != Kind.NEW)

    @property
    def new(self) -> tuple[Run, ...]:
        """The paragraph as it is: what stayed and what is new."""
        return tuple(run for run in self.runs if run.kind != Kind.GONE)


# Places on both sides, None where there is none; and words of both sides with whether they are the same.
Place = tuple[int | None, int | None]
_Stretch = tuple[list[Token], list[Token], bool]


def paragraphs(text: str) -> list[str]:
    """Return what empty lines keep apart."""
    return [part for part in _APART.split(text.strip()) if part]


def compare(old: str, new: str) -> list[Pair]:
    """Return the paragraphs of two wordings in their order, each old one beside its new one, with their runs.

    What is compared are the characters as they are given: of Markdown its marks and links as well. A paragraph that
    was moved is gone at one place and new at another.
    """
    before, after = ([tokens_of(part) for part in paragraphs(text)] for text in (old, new))
    return [_pair(before, after, *place) for place in _aligned(before, after)]


def compare_words(old: str, new: str) -> list[Pair]:
    """Return what differs between the words that two Markdown texts say, without their marks: for readers."""
    return compare(to_plain(old), to_plain(new))


def differ(pairs: Sequence[Pair]) -> bool:
    """Return whether anything is gone or new."""
    return any(pair.kind != Kind.SAME for pair in pairs)


def _aligned(before: list[list[Token]], after: list[list[Token]]) -> list[Place]:
    """Return which paragraphs, or sentences, of two sides belong together, in order."""
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
        kind, tokens = (Kind.NEW, after[j]) if j is not None else (Kind.GONE, before[i or 0])
        return Pair(kind, (Run(kind, _joined(tokens)),), i, j)
    changes = _by_sentence if len(before[i]) * len(after[j]) > MOST_WORDS else _changes
    runs = tuple(_runs(changes(before[i], after[j])))
    return Pair(Kind.SAME if all(run.kind == Kind.SAME for run in runs) else Kind.CHANGED, runs, i, j)


def _joined(tokens: Sequence[Token]) -> str:
    return "".join(token.key + token.space for token in tokens)


def _by_sentence(old: list[Token], new: list[Token]) -> Iterator[_Stretch]:
    """Yield as `_changes` does, of a paragraph so long that its sentences are matched before their words."""
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
    """Yield stretches of both sides in order, and whether they are the same.

    A stretch of at most one word that stayed between two changes belongs to them: prose is read in phrases.
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
    """Yield runs, neighbours of one kind in one. Where only one side has a space after words that stay, the space is
    of what follows."""
    last = Run(Kind.SAME, "")
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
            # What follows a change is the same or the end, so that nothing comes between the two.
            yield from _change(
                *(space + ("" if same else _joined(side)) for space, side in zip(spaces, (gone, added), strict=True))
            )
            spaces = ("", "")
        if same:
            before, after = gone[-1].space, added[-1].space
            if bool(before) != bool(after):
                spaces = (before, after)
                yield Run(Kind.SAME, _joined([*added[:-1], replace(added[-1], space="")]))
            else:
                yield Run(Kind.SAME, _joined(added))


def _change(gone: str, added: str) -> Iterator[Run]:
    """Yield what is gone and what is new; where a side is but the space that ends the other, that stays."""
    blank = next((side for side in (gone, added) if side.isspace()), "")
    shared = blank and gone.endswith(blank) and added.endswith(blank)
    end = len(blank) if shared else 0
    yield Run(Kind.GONE, gone[: len(gone) - end])
    yield Run(Kind.NEW, added[: len(added) - end])
    yield Run(Kind.SAME, blank if shared else "")


def _matched(old: list[tuple[str, ...]], new: list[tuple[str, ...]], before: range, after: range) -> list[Place]:
    """Return which paragraphs of two stretches belong together, in order: the matches that share most words."""
    if not before or not after:
        return [*((i, None) for i in before), *((None, j) for j in after)]
    if len(before) * len(after) > MOST_PAIRS:
        shared = min(len(before), len(after))
        ends = _matched(old, new, before[shared:], after[shared:])
        return [*zip(before[:shared], after[:shared], strict=True), *ends]
    return _followed(before, after, _scores([old[i] for i in before], [new[j] for j in after]))


def _scores(old: list[tuple[str, ...]], new: list[tuple[str, ...]]) -> list[list[float]]:
    """Return how alike each old paragraph is to each new one, from 0 to 1; 0 below ALIKE."""
    ours, theirs = ([set(_numbered(words)) for words in side] for side in (old, new))
    found = []
    for a in ours:
        row = []
        for b in theirs:
            score = 2 * len(a & b) / max(1, len(a) + len(b))
            row.append(score if score >= ALIKE else 0.0)
        found.append(row)
    return found


def _numbered(words: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    """Yield each word with how often it came before, so that sets of them count what comes more than once. Points
    make no two paragraphs alike."""
    seen: Counter[str] = Counter()
    for word in filter(is_said, words):
        yield word, seen[word]
        seen[word] += 1


def _followed(before: range, after: range, scores: list[list[float]]) -> list[Place]:
    """Return the order-keeping matches whose scores add up to most (Needleman and Wunsch, gaps are free)."""
    best = [[0.0] * (len(after) + 1) for _ in range(len(before) + 1)]
    for i in reversed(range(len(before))):
        row, below, mine = best[i], best[i + 1], scores[i]
        for j in reversed(range(len(after))):
            paired = below[j + 1] + mine[j] if mine[j] else 0.0
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
