"""Released sessions as pages list them. Lines that look the same are rendered once and cached in the process.

The cache key of a line has everything that the line depends on: the row (which never changes), the language, the
reader's own data, and the earlier footnotes on the page. It also has the summit's stamp, because a name may be erased
from a row. Whole lists are cached likewise, for returning readers and for readers of the same delegation. After a
release, the lines of unchanged sessions stay cached.
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
from sessions.agenda.selectors.release_cache import CachedSession
from sessions.draft.models.participants import Attendance
from sessions.public import filters, session_facts
from summit.core.process_cache import Memory
from summit.public.context import lang_query
from summit.summits.models import Stamp, Summit

# More sessions than one person's programme usually has.
LONG = 60


@dataclass(frozen=True)
class _Line:
    """A rendered line, with the footnotes that it adds."""

    html: SafeString
    notes: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class About:
    """The filter values and the line of facts of a session, in one language."""

    values: filters.Values
    facts: str


_LINES: Memory[_Line] = Memory(8000)
_LISTS: Memory[_Line] = Memory(500)
_ABOUT: Memory[About] = Memory(8000)
_BOOKS: Memory[Book] = Memory(50)


@dataclass
class SessionList:
    """The list of sessions on a page: a public page, or with `personal` the page of one reader.

    `everything` says that the list has more than the reader's own sessions.
    """

    summit: Summit
    stamp: Stamp
    language: str
    everything: bool = True
    personal: bool = True
    notes: Footnotes = field(default_factory=Footnotes)

    @property
    def names(self) -> Book:
        """The names of parties on the page. Makes one query if the process hasn't cached them."""
        key = self.stamp.lasting, self.language
        return _BOOKS.ask(key, lambda: party_names.book(self.summit, self.language))

    def rendered(
        self, rows: Sequence["SessionLine"], asked: Hashable, context: Callable[[], dict[str, Any]]
    ) -> SafeString:
        """Return the rendered list of these rows, from the cache if possible, or else with the template context from
        `context`.

        `asked` are the filters of the list, which are a part of the cache key.
        """
        row_states = tuple(row.said for row in rows)
        key = self.stamp.lasting, self.language, self.everything, asked, row_states, tuple(self.notes)
        # For a long list only the lines are cached, not the whole list of each reader.
        cached = _LISTS.ask(key, lambda: self._render(context())) if len(rows) <= LONG else self._render(context())
        self.notes.add(cached.notes)
        return cached.html

    def _render(self, context: dict[str, Any]) -> _Line:
        before = self.notes.copy()
        html = render_to_string("agenda/session_list.html", context)
        return _Line(html, self.notes.beyond(before))


class SessionLine:
    """A released row in a list.

    On a reader's page it also has the reader's own data: `mine`, and the level of the reader's `parties`.
    """

    def __init__(
        self, kept: CachedSession, listed: SessionList, *, mine: bool = False, parties: frozenset[int] = frozenset()
    ) -> None:
        self.row: Any = kept.row
        self.mine = mine
        self.state = ""
        self.fresh = self.late = False
        self.ended: bool | None = None
        self._level = next((level for party, level in kept.levels.items() if party in parties), "") if mine else ""
        self._list = listed

    def __getattr__(self, name: str) -> Any:
        """Return an attribute of the row."""
        return getattr(self.row, name)

    @property
    def said(self) -> tuple[int, bool, str, bool, bool, str]:
        """The values in which the line may differ from the line that other readers see."""
        return self.row.pk, self.mine, self.state, self.fresh, self.late, self._level

    @property
    def starts_at(self) -> datetime:
        """The start of the session."""
        found: datetime = self.row.starts_at
        return found

    @property
    def ends_at(self) -> datetime:
        """The end of the session."""
        found: datetime = self.row.ends_at
        return found

    @property
    def times_known(self) -> bool:
        """Whether the reader may know the session's times."""
        return bool(self.row.times_known)

    @property
    def about(self) -> About:
        """The session's filter values and line of facts, in the reader's language."""
        key = self.row.pk, self._list.language, self._list.stamp.lasting
        return _ABOUT.ask(
            key, lambda: About(filters.values(self.row, self._list.summit), session_facts.facts(self.row))
        )

    @property
    def facts(self) -> str:
        """The session's line of facts on a reader's page; "" on a public page."""
        return self.about.facts if self._list.personal else ""

    @property
    def level(self) -> str:
        """The label of the level at which the reader's party takes part, or ""."""
        return str(Attendance(self._level).label) if self._level else ""

    @property
    def html(self) -> SafeString:
        """The session's rendered line in the list, from the cache if possible."""
        session_list = self._list
        is_own = self.mine and session_list.everything
        variant = (
            session_list.language,
            session_list.personal,
            session_list.everything,
            is_own,
            self.state,
            self.fresh,
            self.late,
            self._level,
        )
        line = _LINES.ask((self.row.pk, session_list.stamp.lasting, variant, tuple(session_list.notes)), self._render)
        session_list.notes.add(line.notes)
        return line.html

    def _render(self) -> _Line:
        session_list = self._list
        notes = session_list.notes.copy()
        context = {
            "row": self,
            "summit": session_list.summit,
            "personal": session_list.personal,
            "lang_query": lang_query(),
            "everything": session_list.everything,
            "names": session_list.names,
            "notes": notes,
        }
        return _Line(render_to_string("components/session.html", context), notes.beyond(session_list.notes))
