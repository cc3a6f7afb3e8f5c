"""Who learns what: the demonstration's two days are released, then changed in six ways at once and released again.

Every mailbox of a dozen parties stands in one table beside every change, and what went out is equal to it: a message
too many fails as one too few does. The portal shows the same to whoever signs in, the public learns what is public.
"""

from collections.abc import Iterable
from datetime import timedelta

import pytest

from delegations.members.models.focal_points import FocalPoint
from delegations.parties.models.parties import Party
from portal.demo import border_security
from sessions.agenda.selectors import release_changes
from sessions.agenda.selectors.differences import Nature, SessionChange
from sessions.draft.models.participants import Participant, ParticipantRole, Slot
from sessions.draft.models.sessions import Session
from sessions.draft.models.signups import SignUpState
from sessions.draft.services import cancel_and_move
from sessions.notifications.selectors.change_serialization import from_facts
from sessions.releases.services import releases
from sessions.visibility.models import Visibility
from sessions.visibility.viewers import Members
from summit.outbox.models import Message
from summit.people.models import Person
from summit.summits.models import Room, Summit
from summit.users.models import User
from tests.factories import PersonFactory, SignUpFactory
from tests.module_fixtures import once_a_module
from tests.sessions.conftest import SILENTLY

pytestmark = [pytest.mark.django_db, pytest.mark.slow("loads the demonstration and releases it twice")]

OPENING, CHAINS, FINANCES = "Opening", "Supply chains and enablers", "Criminal finances"
ONLINE, IRAQ, AUSTRIA = "Countering promotion online", "Tunisia and Iraq", "Tunisia and Austria"
COLUMNS = (OPENING, CHAINS, FINANCES, ONLINE, IRAQ, AUSTRIA)
# Who reads it, for whom, and what they learn of: the opening (another speaker), supply chains (longer), criminal
# finances (moved), promotion online (organisers alone may know of it), Tunisia and Iraq (cancelled), Tunisia and
# Austria (another room).
TABLE = """
london@albania.example          Albania                        speakers  longer  -      gone          -          -
missions@benelux.example        Belgium                        speakers  -       -      -             -          -
london@canada.example           Canada                         speakers  -       -      -             -          -
london@cyprus.example           Cyprus                         speakers  -       moved  -             -          -
london@iraq.example             Iraq                           speakers  longer  moved  -             cancelled  -
missions@benelux.example        Luxembourg                     speakers  -       -      -             -          -
london@malta.example            Malta                          speakers  -       moved  waiting:gone  -          -
director@malta.example          Malta                          -         -       -      waiting:gone  -          -
public-policy@meta.example      Meta                           -         -       -      gone          -          -
london@spain.example            Spain                          speakers  -       moved  gone          -          -
director@spain.example          Spain                          -         -       -      gone          -          -
focal@tunisia.example           Tunisia                        speakers  -       moved  gone          cancelled  room
delegation@homeoffice.example   United Kingdom                 speakers  longer  moved  gone          -          -
chair@crime.example             United Kingdom                 -         -       moved  -             -          -
booth@interpreters.example      people                         -         -       moved  -             -          -
"""
Learnt = dict[str, str]


def expected() -> dict[tuple[str, str], Learnt]:
    """Return the table: by address and party, what is learnt of each session."""
    found = {}
    for line in TABLE.strip().splitlines():
        address, party, *cells = (cell.strip() for cell in line.split("  ") if cell.strip())
        found[address, party] = {title: cell for title, cell in zip(COLUMNS, cells, strict=True) if cell != "-"}
    return found


def learnt(changes: Iterable[SessionChange]) -> Learnt:
    """Return what changes say of each session: what became of it, or which of its parts changed."""
    found = {}
    for change in changes:
        parts = [aspect.what.value for aspect in change.aspects()]
        word = " ".join(parts) if change.nature == Nature.CHANGED else change.nature.value
        found[change.session.title] = f"waiting:{word}" if change.waiting else word
    return found


def named(title: str) -> Session:
    return Session.objects.get(title=title)


def held(office: str) -> Person:
    return Person.objects.get(office__startswith=office)


@once_a_module
def summit() -> Summit:
    """The demonstration with a chair who has an address, an interpreter of no party, a sign-up and one who waits."""
    found = border_security.load()
    Summit.objects.update(agenda_readers="all")
    unread = Party.objects.exclude(name__in={party for _address, party in expected()})
    FocalPoint.objects.filter(party__in=unread).delete()
    Person.objects.filter(membership__party__in=unread).update(email="")
    unread.update(mission_email="")
    Person.objects.filter(pk=held("Official of the National Crime Agency").pk).update(email="chair@crime.example")
    booth = PersonFactory(summit=found, email="booth@interpreters.example")
    Participant.objects.create(session=named(FINANCES), person=booth, role=ParticipantRole.INTERPRETER, position=99)
    # There is one place, so that whoever waits goes on waiting.
    Session.objects.filter(title=ONLINE).update(capacity=1)
    for party, state in (("Spain", SignUpState.PLACE), ("Malta", SignUpState.WAITING)):
        director = held(f"Director for Border Security, {party}")
        Person.objects.filter(pk=director.pk).update(email=f"director@{party.lower()}.example")
        SignUpFactory(session=named(ONLINE), person=director, state=state)
    by = User.objects.get(email="organiser@summit.example")
    releases.release(summit=found, by=by, tell=False)
    ten = timedelta(minutes=10)
    finances, chains, austria = named(FINANCES), named(CHAINS), named(AUSTRIA)
    starts, ends = finances.starts_at + ten, finances.ends_at + ten
    cancel_and_move.move(session=finances, starts_at=starts, ends_at=ends, room=finances.room, by=by)
    cancel_and_move.cancel(session=named(IRAQ), by=by)
    cancel_and_move.move(
        session=chains, starts_at=chains.starts_at, ends_at=chains.ends_at + ten, room=chains.room, by=by
    )
    gold = Room.objects.get(name="Gold Room")
    cancel_and_move.move(session=austria, starts_at=austria.starts_at, ends_at=austria.ends_at, room=gold, by=by)
    Slot.objects.filter(title="Address of the host").update(speaker=held("Minister for Border Security"))
    Session.objects.filter(title=ONLINE).update(visibility=Visibility.ORGANISERS, sign_up=False)
    releases.release(summit=found, by=by, decisions=SILENTLY)
    return found


def test_each_mailbox_learns_what_concerns_it_and_nothing_else(summit: Summit) -> None:
    names = {f"party:{party.public_id}": party.name for party in Party.objects.all()}
    messages = Message.objects.filter(kind="agenda_change", version=2)
    assert {
        (row.address, names.get(row.recipient_key, row.recipient_key)): learnt(
            from_facts(change) for change in row.facts["changes"]
        )
        for row in messages
    } == expected()
    assert messages.count() == len(expected())
    booth = Person.objects.get(email="booth@interpreters.example")
    assert messages.get(address=booth.email).facts["name"] == booth.label


def test_the_portal_shows_the_same(summit: Summit) -> None:
    table = expected()

    def shown(parties: Iterable[str], people: Iterable[Person] = ()) -> Learnt:
        members = Members.of(Party.objects.filter(name__in=parties), people)
        return {
            title: word
            for entry in release_changes.changes(summit=summit, members=members)
            for title, word in learnt(entry.changes).items()
        }

    assert shown(["Tunisia"]) == table["focal@tunisia.example", "Tunisia"]
    assert shown(["Meta"]) == table["public-policy@meta.example", "Meta"]
    director = held("Director for Border Security, Spain")
    assert shown([], [director]) == table["director@spain.example", "Spain"]
    assert shown([], [held("Director for Border Security, Canada")]) == {}


def test_the_public_learns_what_is_public(summit: Summit) -> None:
    (entry,) = release_changes.public_changes(summit=summit)
    assert learnt(entry.changes) == {OPENING: "speakers", CHAINS: "longer", FINANCES: "moved"}
