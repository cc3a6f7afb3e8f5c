"""Stable anchors of paragraphs: `#p-7` leads to the same words in each edition that has them."""

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

from press.texts.markdown_to_html import paragraphs
from press.texts.selectors.tokens import split_words

# A changed paragraph keeps its anchor if at least this share of it is the same.
ALIKE = 0.5
PREFIX = "p-"


def counted(body: str) -> list[str]:
    """Return numbered anchors for the paragraphs of a text: "p-1", "p-2" ..."""
    return [f"{PREFIX}{number}" for number in range(1, len(paragraphs(body)) + 1)]


def follow(*, before: str, anchors: Sequence[str], after: str, used: Iterable[str]) -> list[str]:
    """Return the anchors for the paragraphs of `after`, the text that replaces `before`.

    `anchors` are the anchors of the paragraphs of `before`. Unchanged and partly changed paragraphs keep their
    anchors. New paragraphs get numbers that no earlier edition has had (`used`), so that a link never leads to other
    words.
    """
    old, new = paragraphs(before), paragraphs(after)
    old_anchors = list(anchors) or counted(before)
    new_anchors = [""] * len(new)
    for tag, i1, i2, j1, j2 in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if tag == "equal":
            new_anchors[j1:j2] = old_anchors[i1:i2]
        elif tag == "replace":
            for i, j in _pairs(old[i1:i2], new[j1:j2]):
                new_anchors[j1 + j] = old_anchors[i1 + i]
    last = max((int(each.removeprefix(PREFIX)) for each in {*used, *old_anchors}), default=0)
    fresh = iter(range(last + 1, last + len(new) + 1))
    return [anchor or f"{PREFIX}{next(fresh)}" for anchor in new_anchors]


def _pairs(old: list[str], new: list[str]) -> Iterable[tuple[int, int]]:
    """Yield the positions of each paragraph of `old` and of its changed form in `new`, in order.

    Paragraphs without a changed form are left out.
    """
    start = 0
    for position, paragraph in enumerate(old):
        best = max(range(start, len(new)), key=lambda at: (_similarity(paragraph, new[at]), -at), default=None)
        if best is not None and _similarity(paragraph, new[best]) >= ALIKE:
            yield position, best
            start = best + 1


def _similarity(old: str, new: str) -> float:
    matcher = SequenceMatcher(a=split_words(old), b=split_words(new), autojunk=False)
    return matcher.ratio() if matcher.quick_ratio() >= ALIKE else 0.0
