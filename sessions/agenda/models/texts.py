"""What a released session is called, in the language of whoever reads, with the language that was found."""

from dataclasses import dataclass
from typing import Any, Protocol

from django.utils.text import capfirst
from django.utils.translation import get_language

from summit.core.languages import spoken


@dataclass(frozen=True)
class Words:
    """Title and summary, and in which language they are: "" is the summit's own."""

    language: str
    title: str
    summary: str = ""


class _Row(Protocol):
    """What the words are read from."""

    kind_names: list[Any]
    title: str
    summary: str
    texts: list[Any]

    def get_kind_display(self) -> Any:
        """Return the kind in the reader's language."""


class Worded:
    """A row that is read by people of several languages."""

    @property
    def words(self: _Row) -> Words:
        """Title and summary in the reader's language, or else the summit's; the kind, where no title is shown."""
        if not self.title:
            return kind_of(self)
        reader = get_language() or ""
        found = next((text for text in self.texts if text[0] == reader), None)
        return Words(*found) if found else Words("", self.title, self.summary)

    @property
    def kind_words(self: _Row) -> Words:
        """What the session's kind is called: the summit's own name for it, where it has one."""
        return kind_of(self)


def kind_of(row: _Row) -> Words:
    """Return what a session's kind is called in the reader's language, begun as a heading is."""
    reader = get_language() or ""
    names = dict(row.kind_names)
    if not names:
        return Words(spoken(reader), capfirst(str(row.get_kind_display())))
    own = next(iter(names))
    language = reader if reader in names else own
    return Words(language, capfirst(names[language]))
