"""Released sessions as pages list them: what is read alike is rendered once and kept by the process.

A line is kept under all that it depends on: the row, which never changes, what the summit's stamp says has been taken
away, the language, what is the reader's own in it, and the footnotes that stand on the page before it; so is the
whole list, for those who look again and for those of one delegation. A release leaves the lines of what it doesn't
change.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from delegations.parties.selectors import party_names
from delegations.parties.selectors.footnotes import Footnotes
from delegations.parties.selectors.party_names import Book
from sessions.agenda.selectors.release_cache import Kept
from sessions.draft.models.participants import Attendance
from sessions.public import filters, session_facts
from summit.core.process_cache import Memory
from summit.public.context import lang_query
from summit.summits.models import Stamp, Summit

# More sessions than one person's days hold.
LONG = 60


@dataclass(frozen=True)
class _Line:
    """A line as it is rendered, and the footnotes to which it leads."""

    html: SafeString
    notes: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class About:
    """By what a session is found, and what there is besides time, place and people, in one language."""

    values: filters.Values
    facts: str


_LINES: Memory[_Line] = Memory(8000)
_LISTS: Memory[_Line] = Memory(500)
_ABOUT: Memory[About] = Memory(8000)
_BOOKS: Memory[Book] = Memory(50)


@dataclass
class SessionList:
    """The list on a page: on everybody's, or with `personal` on one reader's. `everything`: it has more than their
    own sessions."""

    summit: Summit
    stamp: Stamp
    language: str
    everything: bool = True
    personal: bool = True
    notes: Footnotes = field(default_factory=Footnotes)

    @property
    def names(self) -> Book:
        """How the page names parties. One query where the process hasn't kept it."""
        key = self.stamp.lasting, self.language
        return _BOOKS.ask(key, lambda: party_names.book(self.summit, self.language))

    def rendered(
        self, rows: Sequence["SessionLine"], asked: Hashable, context: Callable[[], dict[str, Any]]
    ) -> SafeString:
        """Return the whole list of these rows, which `asked` narrows, made with `context` where it isn't kept."""
        said = tuple(row.said for row in rows)
        key = self.stamp.lasting, self.language, self.everything, asked, said, tuple(self.notes)
        # Of a long list the lines are kept, and not the whole for each reader.
        found = _LISTS.ask(key, lambda: self._render(context())) if len(rows) <= LONG else self._render(context())
        self.notes.add(found.notes)
        return found.html

    def _render(self, context: dict[str, Any]) -> _Line:
        before = self.notes.copy()
        html = render_to_string("portal/my_sessions.html", context)
        return _Line(html, self.notes.beyond(before))


class SessionLine:
    """A released row as a list shows it; on one reader's page with what is theirs in it: whether they take part
    (`mine`), and the level of their `parties`."""

    def __init__(
        self, kept: Kept, listed: SessionList, *, mine: bool = False, parties: frozenset[int] = frozenset()
    ) -> None:
        self.row: Any = kept.row
        self.mine = mine
        self.state = ""
        self.fresh = False
        self._level = next((level for party, level in kept.levels.items() if party in parties), "") if mine else ""
        self._list = listed

    def __getattr__(self, name: str) -> Any:
        """Return what the row itself says."""
        return getattr(self.row, name)

    @property
    def said(self) -> tuple[int, bool, str, bool, str]:
        """What is said of it in a list, besides what its row says to everybody."""
        return self.row.pk, self.mine, self.state, self.fresh, self._level

    @property
    def starts_at(self) -> datetime:
        """When it begins."""
        found: datetime = self.row.starts_at
        return found

    @property
    def times_known(self) -> bool:
        """Whether its times are announced to its reader."""
        return bool(self.row.times_known)

    @property
    def about(self) -> About:
        """What is said of it in the reader's language, and by what it is narrowed."""
        key = self.row.pk, self._list.language, self._list.stamp.lasting
        return _ABOUT.ask(
            key, lambda: About(filters.values(self.row, self._list.summit), session_facts.facts(self.row))
        )

    @property
    def facts(self) -> str:
        """What there is besides time, place and people, as one reader's list says it."""
        return self.about.facts if self._list.personal else ""

    @property
    def level(self) -> str:
        """At which level the reader's party takes part."""
        return str(Attendance(self._level).label) if self._level else ""

    @property
    def html(self) -> SafeString:
        """Its line in the list."""
        listed = self._list
        own = self.mine and listed.everything
        said = listed.language, listed.personal, listed.everything, own, self.state, self.fresh, self._level
        line = _LINES.ask((self.row.pk, listed.stamp.lasting, said, tuple(listed.notes)), self._render)
        listed.notes.add(line.notes)
        return line.html

    def _render(self) -> _Line:
        listed = self._list
        notes = listed.notes.copy()
        context = {
            "row": self,
            "summit": listed.summit,
            "personal": listed.personal,
            "lang_query": lang_query(),
            "everything": listed.everything,
            "names": listed.names,
            "notes": notes,
        }
        return _Line(render_to_string("components/session.html", context), notes.beyond(listed.notes))
