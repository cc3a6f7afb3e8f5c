"""What a mailbox is told of a release: of each change what it may read, for whom, and what its calendar is told."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import override

from delegations.parties.selectors.footnotes import Footnotes
from delegations.parties.selectors.party_names import Book, Books, Named
from sessions.agenda.models.releases import ReleasedRole
from sessions.agenda.selectors import changed_lines
from sessions.agenda.selectors.differences import ROLES, Change, Nature, Programme, read_by
from sessions.agenda.selectors.participant_names import RAISED, called, raised
from sessions.agenda.selectors.sequences import Highest, gone
from sessions.agenda.selectors.snapshots import Place, Snapshot
from sessions.notifications.selectors.message_facts import to_facts
from sessions.notifications.selectors.recipients import DELEGATION, Reader
from sessions.notifications.selectors.speech_changes import SpeechNews
from sessions.visibility.models import TAKING_PART
from summit.core.languages import spoken
from summit.summits.models import Summit

# What a session that stays in a programme became for one of those who read it, who came into it or left it.
CAME, LEFT, SPEAKS, SILENT = "came", "left", "speaks", "silent"
# Behind the name of the party to which a mail is written, as in letters.
STAR = "*"


@dataclass(frozen=True)
class Told:
    """A change as a mailbox is told it.

    `sequence` is the SEQUENCE of its calendar part (`sessions.agenda.selectors.sequences`); `calendar` says whether
    there is such a part. `whom` are those whom it concerns and what the session became for each (a `Nature`, or
    `CAME` and so on), where the mailbox stands for several: people by primary key, or `DELEGATION`.
    """

    change: Change
    sequence: int
    calendar: bool = True
    whom: tuple[tuple[int, str], ...] = ()


def tell(changes: Iterable[Change], reader: Reader, *, highest: Highest, beside: Sequence[Reader] = ()) -> list[Told]:
    """Return what a reader is told of changes, in the reader's language. `highest` are the sequences that sessions
    have had which those who take part know no more.

    `beside` are those who read another programme at the same address. Both programmes' entries are one in a calendar,
    since a session has one UID: what leaves one of them and stays in the other is not taken out of it.
    """
    found = []
    for change in changes:
        seen = read_by(change, reader.programme)
        if seen is None or not seen.says_something(reader.mailbox.language):
            continue
        kept = seen.after is None and any(other.programme.rank_in(change.after) == TAKING_PART for other in beside)
        found.append(
            Told(
                change=seen,
                sequence=seen.after.sequence if seen.after else _left(change, highest),
                calendar=not seen.waiting and not kept and _is_in_calendar(seen),
                whom=_whom(change, seen, reader),
            )
        )
    several = {key for told in found for key, _nature in told.whom}
    return found if len(several) > 1 else [replace(told, whom=()) for told in found]


def _left(change: Change, highest: Highest) -> int:
    """Return the sequence by which somebody is told that a session left their programme: for who left a session that
    stays that of the session, so that theirs is not above it, were they to come back to it as it is."""
    if change.after and change.after.seen_at(TAKING_PART):
        return change.after.sequence_at(TAKING_PART)
    return gone(highest, change.session.session_id, TAKING_PART)


def _is_in_calendar(seen: Change) -> bool:
    """Return whether a calendar has something to learn of a change: not that a session is shown to others."""
    return seen.before is None or seen.after is None or seen.before.to_attend != seen.after.to_attend


def folded(told: list[Told], whole: list[Told], *, beside: Sequence[Reader]) -> list[Told]:
    """Return what a message says that stands for unsent ones too: `whole`, all since the last that went out, instead
    of what its own release has `told`.

    Where others read at the address, what came and went within it may be in the calendar through them, who left it to
    this reader: what has left is told nevertheless.
    """
    if not beside:
        return whole
    said = {entry.change.session.session_id for entry in whole}
    left = [entry for entry in told if entry.change.after is None and entry.change.session.session_id not in said]
    return whole + left


def _whom(change: Change, seen: Change, reader: Reader) -> tuple[tuple[int, str], ...]:
    """Return whom a change concerns that a mailbox reads as `seen`, and what the session became for each."""
    if len(reader.parts) < 2:
        return ()
    each = ((key, part, read_by(change, part)) for key, part in sorted(reader.parts.items()))
    return tuple((key, _became(theirs, part, seen)) for key, part, theirs in each if theirs)


def _became(theirs: Change, part: Programme, seen: Change) -> str:
    """Return what a session became for one of those who read it together. Who leaves what the others still have, or
    comes into what they had, is told so by role, as far as the readers may know it."""
    if seen.nature != Nature.CHANGED or theirs.waiting or theirs.nature not in (Nature.ADDED, Nature.GONE):
        return theirs.nature.value
    if theirs.nature == Nature.ADDED:
        return SPEAKS if _speaks(part, seen.after) else CAME
    return SILENT if _speaks(part, seen.before) else LEFT


def _speaks(part: Programme, session: Snapshot | None) -> bool:
    speeches = session.by_role(ReleasedRole.SPEAKER) if session else ()
    return any(speech.party_id in part.parties or speech.person_id in part.people for speech in speeches)


class Facts:
    """Writes changes as a message keeps them: parties by the names that are approved in its language."""

    def __init__(self, summit: Summit, people: Mapping[int, str]) -> None:
        self._books = Books(summit)
        self._people = people
        # Most mailboxes are told the same of a session; the snapshots live as long as the messages are being made.
        self._plain: dict[tuple[int, int, str, bool], dict[str, Any]] = {}
        self._called: dict[tuple[str, Place], tuple[str, Named | None]] = {}
        self._differ: dict[tuple[int, int], dict[str, changed_lines.Differ]] = {}
        self._news: dict[tuple[int, int], SpeechNews] = {}
        self._with_names: dict[Any, tuple[dict[str, Any], tuple[tuple[str, str], ...]]] = {}

    def own(self, reader: Reader) -> Named | None:
        """Return how the party of a mailbox is named in its language."""
        return self._books.of(reader.mailbox.party_id, spoken(reader.mailbox.language))

    def of(self, told: Sequence[Told], reader: Reader) -> dict[str, Any]:
        """Return what a mailbox is told, and the footnotes of the parties that are named in it."""
        language = spoken(reader.mailbox.language)
        notes, own = Footnotes(), self.own(reader)
        book = self._books.book(language)
        changes = [
            {**self._change(entry, book, own, notes), "speeches": self._speeches(entry.change, reader, book)}
            for entry in told
        ]
        return {"changes": changes, "notes": [[mark.translate(RAISED), words] for mark, words, _language in notes]}

    def _change(self, told: Told, book: Book, own: Named | None, notes: Footnotes) -> dict[str, Any]:
        roles = self._roles(told.change)
        facts = self._as_named(told.change, roles, book, own, notes) if roles else self._same(told.change)
        return {
            **facts,
            "sequence": told.sequence,
            "calendar": told.calendar,
            "whom": [["" if key == DELEGATION else self._people.get(key, ""), nature] for key, nature in told.whom],
        }

    def _speeches(self, change: Change, reader: Reader, book: Book) -> list[list[Any]]:
        """Return the name of whoever gives each speech of the reader's that changed, its place and when it begins."""
        key = (id(change.before), id(change.after))
        if key not in self._news:
            self._news[key] = SpeechNews(change)
        return [
            [called(each.speech, book)[0], each.place, each.begins.isoformat() if each.begins else ""]
            for each in self._news[key].of(reader.programme)
        ]

    def _same(self, change: Change) -> dict[str, Any]:
        key = (id(change.before), id(change.after), change.nature.value, change.waiting)
        if key not in self._plain:
            self._plain[key] = to_facts(_with_places(change, lambda place: None))
        return self._plain[key]

    def _roles(self, change: Change) -> dict[str, changed_lines.Differ]:
        """Return the roles in which others take part than before, with who differs."""
        key = (id(change.before), id(change.after))
        if key not in self._differ:
            self._differ[key] = {
                ROLES[aspect.what].value: changed_lines.differ(aspect)
                for aspect in change.aspects()
                if aspect.what in ROLES
            }
        return self._differ[key]

    def _as_named(
        self, change: Change, roles: dict[str, changed_lines.Differ], book: Book, own: Named | None, notes: Footnotes
    ) -> dict[str, Any]:
        """Return a change with the names in it. The same for whoever has the same language, the same footnotes before
        it, and no star of their own in it."""
        star = own if own is not None and own.footnote else None
        key = (id(change.before), id(change.after), change.nature, change.waiting, book.language, star, tuple(notes))
        if key not in self._with_names:
            beside = notes.copy()
            # Only who is named has a footnote; the others are there so that it can be said who moved.
            shown = {(place.role, *place.name) for differ in roles.values() for place in differ.named}

            def named(place: Place) -> Place | None:
                if place.role not in roles:
                    return None
                name, party = self._named(place, book)
                mark = ""
                if (place.role, *place.name) in shown:
                    mark = STAR if party is not None and party == star else raised(party, beside)
                return replace(place, label=f"{name}{mark}", party_label="")

            facts = to_facts(_with_places(change, named))
            self._with_names[key] = facts, beside.beyond(notes)
        facts, added = self._with_names[key]
        notes.add(added)
        return facts

    def _named(self, place: Place, book: Book) -> tuple[str, Named | None]:
        if (book.language, place) not in self._called:
            with override(book.language):
                self._called[book.language, place] = called(place, book)
        return self._called[book.language, place]


def _with_places(change: Change, named: Callable[[Place], Place | None]) -> Change:
    """Return a change with the places that are told, as `named` returns them; only what was and still is has any."""
    if change.before is None or change.after is None:
        return change
    return replace(change, before=_placed(change.before, named), after=_placed(change.after, named))


def _placed(session: Snapshot, named: Callable[[Place], Place | None]) -> Snapshot:
    return replace(session, places=tuple(place for each in session.places if (place := named(each)) is not None))
