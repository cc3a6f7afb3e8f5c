"""Load the Border Security Summit of 2025: its facts, parties, agenda, and drafts of the press office.

Only the dates differ from the real summit (`portal.demo.days`).
"""

from dataclasses import dataclass, field
from pathlib import Path

from delegations.members.models.categories import Capacity, Category
from delegations.members.models.focal_points import FocalPoint
from delegations.members.models.members import Membership
from delegations.parties.models.parties import Party, PartyName
from portal.demo import (
    agenda,
    agenda_translations,
    bilaterals,
    first_day,
    liaison,
    parties,
    protocol,
    speakers,
    texts,
)
from portal.demo.accounts import DOMAIN, make_accounts
from portal.demo.batches import complete, stored
from portal.demo.days import ZONE, Act, Days, days_of
from portal.demo.ids import Ids
from portal.demo.names import APPROVED, LOCAL, SUMMIT, Approved
from portal.demo.parties import PartyRow
from press.search import services as search_services
from press.subscriptions.models import Subscriber
from press.texts.models.editions import Edition
from press.texts.models.embargoes import Embargo
from press.texts.models.texts import Text, TextVersion
from sessions.draft.models.participants import Participant, ParticipantRole, Slot
from sessions.draft.models.sessions import Session
from summit.core.database_clock import db_now
from summit.people.models import Person
from summit.summits import emblem
from summit.summits import services as summits_services
from summit.summits.models import Room, Summit, Venue
from summit.users.models import User

SLUG = "border-security-2025"
# A neutral picture, made for the demonstration: an arch in a circle, the sign of no state.
EMBLEM = Path(__file__).with_name("emblem.png")
# Days before the summit: the deadline for answers, the deadline for floor requests, and when subscribers subscribed.
ANSWERS_DUE, FLOOR_ASKED, SUBSCRIBED = 14, 3, 30


@dataclass
class Loading:
    """The objects created so far. The dicts are from the names that the data uses."""

    summit: Summit
    ids: Ids
    days: Days
    users: dict[str, User] = field(default_factory=dict)
    categories: dict[str, Category] = field(default_factory=dict)
    parties: dict[str, Party] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    slots: dict[str, Slot] = field(default_factory=dict)
    sessions: list[Session] = field(default_factory=list)


def load(act: Act = Act.AHEAD) -> Summit:
    """Load an act of the summit and return the summit. Raises IntegrityError if it exists already."""
    documents = agenda_translations.documents()
    with stored():
        ids, now = Ids(slug=SLUG), db_now()
        days = days_of(act, now)
        loading = Loading(_summit(ids, days), ids, days)
        loading.users = make_accounts(summit=loading.summit, domain=DOMAIN, ids=ids)
        loading.categories = Category.objects.of(loading.summit)
        for row in (parties.HOST, *parties.INVITED):
            _party(loading, row)
        _host_people(loading)
        _french_accounts(loading)
        _sessions(loading)
        _texts(loading)
        _subscribers(loading)
        created = (loading.summit, days, loading.ids, loading.users, loading.categories, loading.parties)
        protocol.load(protocol.CreatedObjects(*created))
        agenda_translations.load(
            loading.sessions, loading.users["organiser"], [ids() for _document in documents], documents
        )
        liaison.load(loading.summit, loading.parties)
        speakers.load(loading.sessions, loading.parties, days.evening(FLOOR_ASKED), ids)
        bilaterals.load(loading.parties, now, ids)
        if act == Act.DAY:
            first_day.load(loading.summit, days, loading.users, now=now)
        complete(loading.summit, counts(loading.summit))
    emblem.store(summit=loading.summit, content=EMBLEM.read_bytes(), by=loading.users["organiser"])
    return loading.summit


def counts(summit: Summit) -> dict[str, int]:
    """Return a dict with the numbers of a summit's parties, people, sessions, texts and subscribers."""
    return {
        "parties": summit.parties.count(),
        "people": summit.people.count(),
        "sessions": summit.sessions.count(),
        "texts": summit.texts.count(),
        "subscribers": summit.subscribers.count(),
    }


def _summit(ids: Ids, days: Days) -> Summit:
    summit = Summit.objects.create(
        public_id=ids(),
        slug=SLUG,
        name="Border Security Summit: Organised Immigration Crime 2025",
        short_name="Border Security Summit 2025",
        host="United Kingdom (Home Office)",
        starts_on=days.at(agenda.FIRST, agenda.AGENDA[0].starts).date(),
        ends_on=days.at(agenda.SECOND, agenda.AGENDA[-1].ends).date(),
        time_zone=str(ZONE),
        place="London",
        names=SUMMIT,
        contact_email=f"protocol@{DOMAIN}",
        answer_by=days.evening(ANSWERS_DUE),
        public=False,
        public_changes=True,
        illustrative=True,
    )
    summits_services.begin(summit)
    return summit


def _party(loading: Loading, row: PartyRow) -> None:
    host = row is parties.HOST
    approved = APPROVED.get(row.name, Approved(""))
    party = loading.parties[row.name] = Party.objects.create(
        public_id=loading.ids(),
        summit=loading.summit,
        kind=row.kind,
        is_host=host,
        name=row.name,
        formal_name=row.formal_name,
        sort_key=row.key,
        footnote=approved.footnote,
        recognised=approved.recognised,
        flag=approved.flag,
        level="" if host else row.level,
        iso_code=row.iso_code,
        language=row.language,
        mission_email=row.mission_email,
        mission_name=row.mission_name,
        # From a block of numbers reserved for drama, which aren't in use.
        mission_phone="" if host else f"+44 20 7946 {len(loading.parties):04}",
        illustrative=row.illustrative,
    )
    _names(party)
    if not host:
        capacity = Capacity.HEAD if party.is_delegation else Capacity.REPRESENTATIVE
        _member(loading, party, row.head, capacity, 0)
        if party.is_delegation and row.kind == "country":
            _member(loading, party, "Director for Border Security", Capacity.DELEGATE, 2)
    focal = Person.objects.create(
        public_id=loading.ids(),
        summit=loading.summit,
        office=f"Focal point for {row.name}",
        email=row.focal,
        # Ofcom keeps these numbers for drama.
        phone=f"+44 7700 9{len(loading.parties):05}",
        language=row.language,
        user=loading.users["focal"] if row.name == "France" else None,
    )
    FocalPoint.objects.create(party=party, person=focal)


def _names(party: Party) -> None:
    """Create a party's names in the other languages. Companies have the same name in all of them."""
    PartyName.objects.bulk_create(
        PartyName(
            party=party,
            language=language,
            name=local_name.name,
            formal_name=local_name.formal_name,
            sort_key=local_name.key or local_name.name,
            footnote=local_name.footnote,
        )
        for language, names in LOCAL.items()
        if (local_name := names.get(party.name))
    )


def _member(
    loading: Loading, party: Party, office: str, capacity: Capacity, position: int, *, user: User | None = None
) -> Person:
    person = Person.objects.create(
        public_id=loading.ids(),
        summit=loading.summit,
        office=office if office.endswith(party.name) else f"{office}, {party.name}",
        email=user.email if user else "",
        language=party.language,
        user=user,
    )
    Membership.objects.create(
        party=party, person=person, category=loading.categories[capacity.value], position=position
    )
    return person


def _host_people(loading: Loading) -> None:
    host = loading.parties[parties.HOST.name]
    for position, (key, office) in enumerate(agenda.HOST_PEOPLE.items()):
        capacity = Capacity.HEAD if key == "home_secretary" else Capacity.DELEGATE
        loading.people[key] = _member(loading, host, office, capacity, position)


def _french_accounts(loading: Loading) -> None:
    """Create an alternate head of delegation for France with an account. France's focal point has an account too."""
    france = loading.parties["France"]
    _member(loading, france, "Deputy Minister of the Interior", Capacity.ALTERNATE, 1, user=loading.users["delegate"])


def _rooms(loading: Loading) -> dict[str, Room]:
    """Create the venue, and return its rooms by name."""
    name, address = agenda.VENUE
    # A demonstration that is loaded at night has a venue without opening hours.
    opens_at, closes_at = (None, None) if loading.days.later else agenda.HOURS
    venue = Venue.objects.create(
        public_id=loading.ids(),
        summit=loading.summit,
        name=name,
        address=address,
        opens_at=opens_at,
        closes_at=closes_at,
    )
    return {
        room: Room.objects.create(
            public_id=loading.ids(),
            venue=venue,
            name=room,
            capacity=capacity,
            position=position,
            directions=agenda.DIRECTIONS.get(room, {}),
        )
        for position, (room, capacity) in enumerate(agenda.ROOMS)
    }


def _sessions(loading: Loading) -> None:
    rooms = _rooms(loading)
    participants: list[Participant] = []
    for entry in agenda.AGENDA:
        session = Session.objects.create(
            public_id=loading.ids(),
            summit=loading.summit,
            kind=entry.kind,
            title=entry.title,
            summary=entry.summary,
            starts_at=loading.days.at(entry.day, entry.starts),
            ends_at=loading.days.at(entry.day, entry.ends),
            room=rooms[entry.room],
            **{"visibility": entry.visibility, **agenda_translations.values_of(entry.title)},
        )
        loading.sessions.append(session)
        participants += _participants(loading, entry, session)
        for position, speech in enumerate(entry.speeches):
            loading.slots[speech.speaker] = Slot.objects.create(
                public_id=loading.ids(),
                session=session,
                party=loading.parties[parties.HOST.name],
                speaker=loading.people[speech.speaker],
                title=speech.title,
                position=position,
                minutes=speech.minutes,
            )
    Participant.objects.bulk_create(participants)


def _participants(loading: Loading, entry: agenda.DemoSession, session: Session) -> list[Participant]:
    """Return the participants of a session: the chair, people and parties. "*" means all delegations."""
    delegations = [party.name for party in loading.parties.values() if party.is_delegation]
    names = delegations if entry.parties == agenda.ALL else list(entry.parties)
    people = [(loading.people[key], ParticipantRole.PARTICIPANT) for key in entry.people]
    if entry.chair:
        people.insert(0, (loading.people[entry.chair], ParticipantRole.CHAIR))
    rows = [Participant(session=session, person=person, role=role) for person, role in people]
    rows += [
        Participant(session=session, party=loading.parties[name], level=agenda_translations.level_of(entry.kind))
        for name in names
    ]
    for position, row in enumerate(rows):
        row.position = position
    return rows


def _texts(loading: Loading) -> None:
    embargoes = {
        key: Embargo.objects.create(public_id=loading.ids(), summit=loading.summit, mode=mode)
        for key, mode in texts.EMBARGOES.items()
    }
    for row in texts.TEXTS:
        text = Text.objects.create(
            public_id=loading.ids(),
            summit=loading.summit,
            kind=row.kind,
            slug=row.slug,
            slot=loading.slots[row.speaker] if row.speaker else None,
            wording=row.wording,
            embargo=embargoes[row.embargo],
            contact=texts.CONTACT,
        )
        version = TextVersion.objects.create(public_id=loading.ids(), text=text, language="en", authoritative=True)
        body = texts.unfolded(texts.dated(row.body, loading.days))
        content = {"title": row.title, "summary": row.summary, "body": body}
        by = loading.users["press"]
        edition = Edition.objects.create(public_id=loading.ids(), version=version, number=1, author=by, **content)
        search_services.index_edition(edition)


def _subscribers(loading: Loading) -> None:
    asked_at = loading.days.evening(SUBSCRIBED)
    Subscriber.objects.bulk_create(
        Subscriber(
            public_id=loading.ids(),
            summit=loading.summit,
            address=address,
            language=language,
            asked_at=asked_at,
            confirmed_at=asked_at,
        )
        for address, language in texts.SUBSCRIBERS
    )
