"""The content of messages about a release: the changes that a mailbox may read, the people concerned, and calendar
updates."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypedDict

from django.utils.translation import override

from delegations.parties.selectors.footnotes import Footnotes
from delegations.parties.selectors.party_names import Book, Books, NamedParty
from sessions.agenda.models.releases import ReleasedRole
from sessions.agenda.selectors import changed_lines
from sessions.agenda.selectors.differences import ROLES, Nature, Programme, SessionChange, read_by
from sessions.agenda.selectors.participant_names import RAISED, called, raised
from sessions.agenda.selectors.sequence_numbers import Highest, cancellation_sequence
from sessions.agenda.selectors.snapshots import ParticipantSnapshot, Snapshot
from sessions.notifications.selectors.change_serialization import to_facts
from sessions.notifications.selectors.recipients import DELEGATION, Recipient
from sessions.notifications.selectors.speech_changes import SpeechNews
from sessions.visibility.models import TAKING_PART
from summit.core.languages import spoken
from summit.summits.directions import DirectionsByRoom, in_language
from summit.summits.models import Summit

# How a session that stays in a mailbox's programme changed for one of its readers who joined or left it.
CAME, LEFT, SPEAKS, SILENT = "came", "left", "speaks", "silent"
# Added to the name of the party to which a mail is addressed, as in letters.
STAR = "*"


@dataclass(frozen=True)
class NotifiedChange:
    """A change in a message to a mailbox.

    `sequence` is the SEQUENCE of the change's calendar part (`sessions.agenda.selectors.sequence_numbers`);
    `calendar` says whether there is such a part. If several people share the mailbox, `whom` has a pair for each
    person: the primary key (or `DELEGATION`), and how the session changed (a `Nature`, `CAME`, `LEFT`, `SPEAKS` or
    `SILENT`).
    """

    change: SessionChange
    sequence: int
    calendar: bool = True
    whom: tuple[tuple[int, str], ...] = ()


def notified_changes(
    changes: Iterable[SessionChange], reader: Recipient, *, highest: Highest, beside: Sequence[Recipient] = ()
) -> list[NotifiedChange]:
    """Return the changes that concern a reader, for a message in the reader's language.

    `highest` are the previous sequences of sessions that participants no longer know of. `beside` are readers with
    another programme at the same address. Both programmes share one calendar, in which a session has one UID. A
    session that leaves only one of the programmes therefore isn't removed from the calendar.
    """
    found = []
    for change in changes:
        seen = read_by(change, reader.programme)
        if seen is None or not seen.is_noticeable(reader.mailbox.language):
            continue
        shared = seen.after is None and any(other.programme.rank_in(change.after) == TAKING_PART for other in beside)
        found.append(
            NotifiedChange(
                change=seen,
                sequence=seen.after.sequence if seen.after else _removal_sequence(change, highest),
                calendar=not seen.waiting and not shared and _is_in_calendar(seen),
                whom=_whom(change, seen, reader),
            )
        )
    concerned = {key for notified in found for key, _nature in notified.whom}
    return found if len(concerned) > 1 else [replace(notified, whom=()) for notified in found]


def _removal_sequence(change: SessionChange, highest: Highest) -> int:
    """Return the sequence of the cancellation for readers who lose a session.

    If participants still know of the session, the result is the session's own sequence. If the session comes back to
    these readers, its sequence is then no lower.
    """
    if change.after and change.after.seen_at(TAKING_PART):
        return change.after.sequence_at(TAKING_PART)
    return cancellation_sequence(highest, change.session.session_id, TAKING_PART)


def _is_in_calendar(seen: SessionChange) -> bool:
    """Return whether a change affects calendars. A change of the audience alone doesn't."""
    return seen.before is None or seen.after is None or seen.before.to_attend != seen.after.to_attend


def folded(
    told: list[NotifiedChange], whole: list[NotifiedChange], *, beside: Sequence[Recipient]
) -> list[NotifiedChange]:
    """Return the content of a message that replaces unsent messages.

    `whole` are all changes since the last sent message, `told` the changes of the newest release alone. If there are
    other readers at the address (`beside`), the sessions that leave the programme in `told` are added to `whole`. A
    session that came and went since the last sent message isn't in `whole`, but it may be in the shared calendar
    because of the other readers.
    """
    if not beside:
        return whole
    keys = {entry.change.session.session_id for entry in whole}
    leaving = [entry for entry in told if entry.change.after is None and entry.change.session.session_id not in keys]
    return whole + leaving


def _whom(change: SessionChange, seen: SessionChange, reader: Recipient) -> tuple[tuple[int, str], ...]:
    """Return a pair of key and kind of change for each person whom a change concerns.

    The result is empty unless several people share the mailbox.
    """
    if len(reader.parts) < 2:
        return ()
    seen_by = ((key, programme, read_by(change, programme)) for key, programme in sorted(reader.parts.items()))
    return tuple((key, _became(own_change, programme, seen)) for key, programme, own_change in seen_by if own_change)


def _became(own_change: SessionChange, programme: Programme, seen: SessionChange) -> str:
    """Return how a session changed for one of several readers of a mailbox.

    This reader may leave a session that the other readers still have, or join one that they had before. The result
    then depends on whether this reader speaks there, as far as the readers may know it.
    """
    if seen.nature != Nature.CHANGED or own_change.waiting or own_change.nature not in (Nature.ADDED, Nature.GONE):
        return own_change.nature.value
    if own_change.nature == Nature.ADDED:
        return SPEAKS if _speaks(programme, seen.after) else CAME
    return SILENT if _speaks(programme, seen.before) else LEFT


def _speaks(programme: Programme, session: Snapshot | None) -> bool:
    speeches = session.by_role(ReleasedRole.SPEAKER) if session else ()
    return any(speech.party_id in programme.parties or speech.person_id in programme.people for speech in speeches)


class ChangeFacts(TypedDict):
    """The changes that a message tells of, and the footnotes to the names in them."""

    changes: list[dict[str, Any]]
    notes: list[list[str]]


class Facts:
    """Converts changes to the facts stored in a message, with parties named as approved in the message's language.

    `people` is a dict from primary key to name, `reasons` one from a cancelled session's primary key to the reason,
    and `directions` are those to the summit's rooms.
    """

    def __init__(
        self,
        summit: Summit,
        people: Mapping[int, str],
        reasons: Mapping[int, Mapping[str, str]],
        directions: DirectionsByRoom,
    ) -> None:
        self._books = Books(summit)
        self._summit = summit
        self._people = people
        self._reasons = reasons
        self._directions = directions
        # Most mailboxes get the same facts about a session. Keys by id() are safe: the changes outlive this object.
        self._plain: dict[tuple[int, int, str, bool], dict[str, Any]] = {}
        self._called: dict[tuple[str, ParticipantSnapshot], tuple[str, NamedParty | None]] = {}
        self._differ: dict[tuple[int, int], dict[str, changed_lines.Differ]] = {}
        self._news: dict[tuple[int, int], SpeechNews] = {}
        self._with_names: dict[Any, tuple[dict[str, Any], tuple[tuple[str, str], ...]]] = {}

    def own(self, reader: Recipient) -> NamedParty | None:
        """Return the name of a mailbox's party in the mailbox's language; None without a party."""
        return self._books.of(reader.mailbox.party_id, spoken(reader.mailbox.language))

    def of(self, told: Sequence[NotifiedChange], reader: Recipient) -> ChangeFacts:
        """Return the facts of a message to a mailbox, with the footnotes of the parties named in it."""
        language = spoken(reader.mailbox.language)
        notes, own_party = Footnotes(), self.own(reader)
        book = self._books.book(language)
        changes = [
            {**self._change(entry, book, own_party, notes), "speeches": self._speeches(entry.change, reader, book)}
            for entry in told
        ]
        return {"changes": changes, "notes": [[mark.translate(RAISED), text] for mark, text, _language in notes]}

    def _change(self, entry: NotifiedChange, book: Book, own: NamedParty | None, notes: Footnotes) -> dict[str, Any]:
        roles = self._roles(entry.change)
        facts = self._as_named(entry.change, roles, book, own, notes) if roles else self._same(entry.change)
        return {
            **facts,
            "sequence": entry.sequence,
            "calendar": entry.calendar,
            "reason": self._reason(entry.change, book.language),
            "directions": self._way(entry.change, book.language),
            "whom": [["" if key == DELEGATION else self._people.get(key, ""), nature] for key, nature in entry.whom],
        }

    def _reason(self, change: SessionChange, language: str) -> str:
        """Return why a session is cancelled, for readers of a language who learn that it is; "" if it isn't said."""
        reasons = self._reasons.get(change.session.session_id, {}) if change.nature == Nature.CANCELLED else {}
        return reasons.get(language, "")

    def _way(self, change: SessionChange, language: str) -> list[str]:
        """Return [text, language] of how one gets to a session's new room; [] if the room is the same or unknown."""
        before, after = change.before, change.after
        if before is None or after is None or before.room_key == after.room_key:
            return []
        found = in_language(self._directions.get(after.room_key, {}), language, self._summit)
        return [found.text, found.language] if found else []

    def _speeches(self, change: SessionChange, reader: Recipient, book: Book) -> list[list[Any]]:
        """Return a [speaker, position, start] list for each changed speech in the reader's programme."""
        key = (id(change.before), id(change.after))
        if key not in self._news:
            self._news[key] = SpeechNews(change)
        return [
            [called(each.speech, book)[0], each.place, each.begins.isoformat() if each.begins else ""]
            for each in self._news[key].of(reader.programme)
        ]

    def _same(self, change: SessionChange) -> dict[str, Any]:
        key = (id(change.before), id(change.after), change.nature.value, change.waiting)
        if key not in self._plain:
            self._plain[key] = to_facts(_with_places(change, lambda place: None))
        return self._plain[key]

    def _roles(self, change: SessionChange) -> dict[str, changed_lines.Differ]:
        """Return the differences in participants, by role."""
        key = (id(change.before), id(change.after))
        if key not in self._differ:
            self._differ[key] = {
                ROLES[aspect.what].value: changed_lines.differ(aspect)
                for aspect in change.aspects()
                if aspect.what in ROLES
            }
        return self._differ[key]

    def _as_named(
        self,
        change: SessionChange,
        roles: dict[str, changed_lines.Differ],
        book: Book,
        own: NamedParty | None,
        notes: Footnotes,
    ) -> dict[str, Any]:
        """Return the facts of a change, with the names of participants in the language of `book`.

        The facts are cached for mailboxes with the same language, the same earlier footnotes and the same star.
        """
        star = own if own is not None and own.footnote else None
        key = (id(change.before), id(change.after), change.nature, change.waiting, book.language, star, tuple(notes))
        if key not in self._with_names:
            all_notes = notes.copy()
            # Only named places get a footnote. The other places are needed to find who moved.
            named_places = {(place.role, *place.name) for differ in roles.values() for place in differ.named}

            def with_name(place: ParticipantSnapshot) -> ParticipantSnapshot | None:
                if place.role not in roles:
                    return None
                name, party = self._named(place, book)
                mark = ""
                if (place.role, *place.name) in named_places:
                    mark = STAR if party is not None and party == star else raised(party, all_notes)
                return replace(place, label=f"{name}{mark}", party_label="")

            facts = to_facts(_with_places(change, with_name))
            self._with_names[key] = facts, all_notes.beyond(notes)
        facts, added = self._with_names[key]
        notes.add(added)
        return facts

    def _named(self, place: ParticipantSnapshot, book: Book) -> tuple[str, NamedParty | None]:
        if (book.language, place) not in self._called:
            with override(book.language):
                self._called[book.language, place] = called(place, book)
        return self._called[book.language, place]


def _with_places(
    change: SessionChange, rename: Callable[[ParticipantSnapshot], ParticipantSnapshot | None]
) -> SessionChange:
    """Return a change with each place replaced by the result of `rename`; None leaves the place out.

    Only changes with both an old and a new state have places.
    """
    if change.before is None or change.after is None:
        return change
    return replace(change, before=_placed(change.before, rename), after=_placed(change.after, rename))


def _placed(session: Snapshot, rename: Callable[[ParticipantSnapshot], ParticipantSnapshot | None]) -> Snapshot:
    return replace(session, places=tuple(place for each in session.places if (place := rename(each)) is not None))
