"""Two officers who changed one text at once: the words of both in one, paragraph by paragraph."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from press.texts.models.editions import Edition

MOST = 2_000
# What an edition says beside its words.
BESIDE = ("title", "summary", "change_kind", "change_note", "translates")


@dataclass
class Joined:
    """The values of an edition in which both changes are. `twice` counts the paragraphs that both changed, which
    stand there one after the other, theirs first; `theirs` are other fields that both changed, by name, as the other
    officer left them."""

    values: dict[str, Any]
    twice: int = 0
    theirs: dict[str, Any] = field(default_factory=dict)


def join(*, began: Edition, mine: Mapping[str, Any], newest: Edition) -> Joined:
    """Return what somebody typed who began with one edition, joined with the newest, which another saved since.
    `mine` are values by the names of an edition's fields; `attachments` are public ids."""
    body, twice = paragraphs(began.body, str(mine["body"]), newest.body)
    joined = Joined({**mine, "body": body}, twice)
    for name in BESIDE:
        before, now = getattr(began, name), getattr(newest, name)
        if name not in mine or now in (before, mine[name]):
            continue
        if mine[name] == before:
            joined.values[name] = now
        else:
            joined.theirs[name] = now
    if "attachments" in mine:
        before, now = (list(row.attachments.values_list("public_id", flat=True)) for row in (began, newest))
        kept = [key for key in mine["attachments"] if key in now or key not in before]
        joined.values["attachments"] = [*kept, *(key for key in now if key not in before and key not in kept)]
    return joined


def paragraphs(began: str, mine: str, theirs: str) -> tuple[str, int]:
    """Return words in which two changes are, and how many places both changed: there theirs stand before mine. What
    both added at one place is both kept."""
    parts = [_parted(words) for words in (began, mine, theirs)]
    found: list[str] = []
    twice = 0
    for was, one, other in _pieces(*parts):
        if other in (was, one):
            found += one
        elif one == was:
            found += other
        else:
            found += [*other, *one]
            twice += bool(was)
    return "\n\n".join(found) + "\n", twice


def _parted(words: str) -> list[str]:
    return [part for part in re.split(r"\n\s*\n", words.replace("\r\n", "\n").strip("\n")) if part.strip()]


def _pieces(was: list[str], one: list[str], other: list[str]) -> Iterator[tuple[list[str], list[str], list[str]]]:
    """Yield what stands between paragraphs that all three have, and these themselves, in their order."""
    in_one, in_other = _kept(was, one), _kept(was, other)
    at = [0, 0, 0]
    for place in [*(place for place in in_one if place in in_other), len(was)]:
        ends = (place, in_one.get(place, len(one)), in_other.get(place, len(other)))
        yield was[at[0] : ends[0]], one[at[1] : ends[1]], other[at[2] : ends[2]]
        if place < len(was):
            same = was[place : place + 1]
            yield same, same, same
        at = [end + 1 for end in ends]


def _kept(was: Sequence[str], now: Sequence[str]) -> dict[int, int]:
    """Return which paragraphs stay, by where they were, and where they are."""
    # Of thousands that are alike the frequent ones are left out: comparing all of them would take minutes.
    matcher = SequenceMatcher(None, was, now, autojunk=len(now) > MOST)
    return {
        block.a + number: block.b + number for block in matcher.get_matching_blocks() for number in range(block.size)
    }
