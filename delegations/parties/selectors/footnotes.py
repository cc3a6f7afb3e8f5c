"""Footnotes under a list or a page, as the parties that have them are named in it."""

from collections.abc import Iterable, Iterator
from typing import Protocol


class HasNote(Protocol):
    """A party as it is named in a language."""

    @property
    def footnote(self) -> str:
        """The words of its footnote, "" for none."""

    @property
    def language(self) -> str:
        """Their language."""


class Footnotes:
    """The footnotes under one list or page, numbered as the parties are named in it. Equal ones are one."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, str], int] = {}

    def mark(self, name: HasNote | None) -> str:
        """Return the mark to stand after a party's name, "" where it has no footnote."""
        if name is None or not name.footnote:
            return ""
        return str(self._numbers.setdefault((name.footnote, name.language), len(self._numbers) + 1))

    def copy(self) -> "Footnotes":
        """Return the same footnotes, to which others are added by themselves."""
        other = Footnotes()
        other._numbers = dict(self._numbers)
        return other

    def beyond(self, other: "Footnotes") -> tuple[tuple[str, str], ...]:
        """Return those, in their order, that were added since `other` was the same."""
        return tuple(self._numbers)[len(other._numbers) :]

    def add(self, notes: Iterable[tuple[str, str]]) -> None:
        """Add footnotes, each its words and their language, in their order."""
        for note in notes:
            self._numbers.setdefault(note, len(self._numbers) + 1)

    def __iter__(self) -> Iterator[tuple[str, str, str]]:
        """Return mark, words and language of each footnote that was marked."""
        return ((str(number), words, language) for (words, language), number in self._numbers.items())

    def __bool__(self) -> bool:
        return bool(self._numbers)
