"""The footnotes of a list or page, numbered in the order in which the parties are named."""

from collections.abc import Iterable, Iterator
from typing import Any, Protocol

from summit.core.punctuation import pair


class HasFootnote(Protocol):
    """A party's name in a language, with its footnote."""

    @property
    def footnote(self) -> str:
        """The text of the footnote, or "" for none."""

    @property
    def language(self) -> str:
        """The language of the footnote."""


def printed(names: Iterable[Any]) -> list[str]:
    """Return the footnotes under a printed list, each after the name that it is about.

    `names` are those of the parties (NamedParty) in the list's order, or None; each note is returned once.
    """
    notes = [pair(named.name, named.footnote) for named in names if named is not None and named.footnote]
    return list(dict.fromkeys(notes))


class Footnotes:
    """The footnotes of one list or page, numbered in the order in which the parties are named.

    Parties with the same footnote share a number.
    """

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, str], int] = {}

    def mark(self, name: HasFootnote | None) -> str:
        """Return the mark to show after a party's name, or "" if the party has no footnote."""
        if name is None or not name.footnote:
            return ""
        return str(self._numbers.setdefault((name.footnote, name.language), len(self._numbers) + 1))

    def copy(self) -> "Footnotes":
        """Return a copy. Footnotes that are added to the copy aren't added to the original."""
        clone = Footnotes()
        clone._numbers = dict(self._numbers)
        return clone

    def beyond(self, other: "Footnotes") -> tuple[tuple[str, str], ...]:
        """Return the footnotes that were added since `other`, an earlier copy, as (text, language) in their order."""
        return tuple(self._numbers)[len(other._numbers) :]

    def add(self, notes: Iterable[tuple[str, str]]) -> None:
        """Add footnotes, given as (text, language), in their order."""
        for note in notes:
            self._numbers.setdefault(note, len(self._numbers) + 1)

    def __iter__(self) -> Iterator[tuple[str, str, str]]:
        """Return an iterator over the footnotes, as (mark, text, language)."""
        return ((str(number), text, language) for (text, language), number in self._numbers.items())

    def __bool__(self) -> bool:
        return bool(self._numbers)
