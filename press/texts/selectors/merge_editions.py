"""Merge the changes of two officers who edited one text at the same time, paragraph by paragraph."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from press.texts.models.editions import Edition

LONGEST_EXACT = 2_000
# The fields of an edition besides its body.
OTHER_FIELDS = ("title", "summary", "change_kind", "change_note", "translates")


@dataclass
class MergedEdition:
    """The values of an edition with the changes of both officers.

    `conflicts` is the number of places in the body that both changed. At these places the other officer's paragraphs
    come first. `theirs` has the other officer's values of the other fields that both changed, by field name.
    """

    values: dict[str, Any]
    conflicts: int = 0
    theirs: dict[str, Any] = field(default_factory=dict)


def merge_edition(*, base: Edition, mine: Mapping[str, Any], newest: Edition) -> MergedEdition:
    """Return a writer's values merged with the newest edition, which somebody else has saved in the meantime.

    `base` is the edition that the writer started from. `mine` is a dict from field names to the writer's values, with
    a list of public ids for `attachments`.
    """
    body, conflicts = merge_paragraphs(base.body, str(mine["body"]), newest.body)
    merged = MergedEdition({**mine, "body": body}, conflicts)
    for name in OTHER_FIELDS:
        before, now = getattr(base, name), getattr(newest, name)
        if name not in mine or now in (before, mine[name]):
            continue
        if mine[name] == before:
            merged.values[name] = now
        else:
            merged.theirs[name] = now
    if "attachments" in mine:
        before, now = (list(row.attachments.values_list("public_id", flat=True)) for row in (base, newest))
        remaining = [key for key in mine["attachments"] if key in now or key not in before]
        merged.values["attachments"] = [
            *remaining,
            *(key for key in now if key not in before and key not in remaining),
        ]
    return merged


def merge_paragraphs(base: str, mine: str, theirs: str) -> tuple[str, int]:
    """Return the text `base` with the changes of `mine` and `theirs`, and the number of places that both changed.

    At such a place the paragraphs of `theirs` come before those of `mine`. If both added paragraphs at one place, all
    are included, and the place isn't counted.
    """
    parts = [_split(words) for words in (base, mine, theirs)]
    found: list[str] = []
    conflicts = 0
    for was, one, other in _pieces(*parts):
        if other in (was, one):
            found += one
        elif one == was:
            found += other
        else:
            found += [*other, *one]
            conflicts += bool(was)
    return "\n\n".join(found) + "\n", conflicts


def _split(words: str) -> list[str]:
    return [part for part in re.split(r"\n\s*\n", words.replace("\r\n", "\n").strip("\n")) if part.strip()]


def _pieces(was: list[str], one: list[str], other: list[str]) -> Iterator[tuple[list[str], list[str], list[str]]]:
    """Yield the pieces of three texts in order, as triples of paragraphs.

    A piece is a paragraph that all three texts have, or what each text has between two such paragraphs.
    """
    in_one, in_other = _matches(was, one), _matches(was, other)
    at = [0, 0, 0]
    for place in [*(place for place in in_one if place in in_other), len(was)]:
        ends = (place, in_one.get(place, len(one)), in_other.get(place, len(other)))
        yield was[at[0] : ends[0]], one[at[1] : ends[1]], other[at[2] : ends[2]]
        if place < len(was):
            same = was[place : place + 1]
            yield same, same, same
        at = [end + 1 for end in ends]


def _matches(was: Sequence[str], now: Sequence[str]) -> dict[int, int]:
    """Return a dict from the old to the new positions of the paragraphs that are in both texts."""
    # In long texts frequent paragraphs are ignored: comparing all of them would take minutes.
    matcher = SequenceMatcher(None, was, now, autojunk=len(now) > LONGEST_EXACT)
    return {
        block.a + number: block.b + number for block in matcher.get_matching_blocks() for number in range(block.size)
    }
