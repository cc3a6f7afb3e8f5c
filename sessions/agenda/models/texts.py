"""The title and summary of a released session in the reader's language, or else in the summit's language."""

from dataclasses import dataclass
from typing import Any, Protocol

from django.utils.text import capfirst
from django.utils.translation import get_language

from summit.core.languages import spoken


@dataclass(frozen=True)
class TitleAndSummary:
    """A title and a summary. `language` is the language of both; "" is the summit's own language."""

    language: str
    title: str
    summary: str = ""


class _Row(Protocol):
    """The fields from which the title and summary are read."""

    kind_names: list[Any]
    title: str
    summary: str
    texts: list[Any]

    def get_kind_display(self) -> Any:
        """Return the kind in the reader's language."""


class Worded:
    """Mixin that adds `words` and `kind_words` to rows with texts in several languages."""

    @property
    def words(self: _Row) -> TitleAndSummary:
        """The title and summary in the reader's language, or else in the summit's language.

        If the title is hidden, the name of the session's kind replaces both.
        """
        if not self.title:
            return kind_of(self)
        language = get_language() or ""
        translation = next((text for text in self.texts if text[0] == language), None)
        return TitleAndSummary(*translation) if translation else TitleAndSummary("", self.title, self.summary)

    @property
    def kind_words(self: _Row) -> TitleAndSummary:
        """The name of the session's kind in the reader's language: the summit's own name if there is one."""
        return kind_of(self)


def kind_of(row: _Row) -> TitleAndSummary:
    """Return the name of a session's kind in the reader's language, with a capital first letter."""
    active = get_language() or ""
    names = dict(row.kind_names)
    if not names:
        return TitleAndSummary(spoken(active), capfirst(str(row.get_kind_display())))
    default = next(iter(names))
    language = active if active in names else default
    return TitleAndSummary(language, capfirst(names[language]))
