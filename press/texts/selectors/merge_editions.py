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
        before, current = getattr(base, name), getattr(newest, name)
        if name not in mine or current in (before, mine[name]):
            continue
        if mine[name] == before:
            merged.values[name] = current
        else:
            merged.theirs[name] = current
    if "attachments" in mine:
        before, current = (list(row.attachments.values_list("public_id", flat=True)) for row in (base, newest))
        remaining = [key for key in mine["attachments"] if key in current or key not in before]
        merged.values["attachments"] = [
            *remaining,
            *(key for key in current if key not in before and key not in remaining),
        ]
    return merged


def merge_paragraphs(base: str, mine: str, theirs: str) -> tuple[str, int]:
    """Return the text `base` with the changes of `mine` and `theirs`, and the number of places that both changed.

    At such a place the paragraphs of `theirs` come before those of `mine`. If both added paragraphs at one place, all
    are included, and the place isn't counted.
    """
    parts = [_split(text) for text in (base, mine, theirs)]
    merged: list[str] = []
    conflicts = 0
    for base_part, my_part, their_part in _pieces(*parts):
        if their_part in (base_part, my_part):
            merged += my_part
        elif my_part == base_part:
            merged += their_part
        else:
            merged += [*their_part, *my_part]
            conflicts += bool(base_part)
    return "\n\n".join(merged) + "\n", conflicts


def _split(text: str) -> list[str]:
    return [part for part in re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip("\n")) if part.strip()]


def _pieces(base: list[str], mine: list[str], theirs: list[str]) -> Iterator[tuple[list[str], list[str], list[str]]]:
    """Yield the pieces of three texts in order, as triples of paragraphs.

    A piece is a paragraph that all three texts have, or what each text has between two such paragraphs.
    """
    in_mine, in_theirs = _matches(base, mine), _matches(base, theirs)
    at = [0, 0, 0]
    for place in [*(place for place in in_mine if place in in_theirs), len(base)]:
        ends = (place, in_mine.get(place, len(mine)), in_theirs.get(place, len(theirs)))
        yield base[at[0] : ends[0]], mine[at[1] : ends[1]], theirs[at[2] : ends[2]]
        if place < len(base):
            same = base[place : place + 1]
            yield same, same, same
        at = [end + 1 for end in ends]


def _matches(old: Sequence[str], new: Sequence[str]) -> dict[int, int]:
    """Return a dict from the old to the new positions of the paragraphs that are in both texts."""
    # In long texts frequent paragraphs are ignored: comparing all of them would take minutes.
    matcher = SequenceMatcher(None, old, new, autojunk=len(new) > LONGEST_EXACT)
    return {
        block.a + number: block.b + number for block in matcher.get_matching_blocks() for number in range(block.size)
    }
