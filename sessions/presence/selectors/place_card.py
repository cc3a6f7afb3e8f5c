"""Collects the contents of the place card of whoever represents a delegation in a session."""

from dataclasses import dataclass

from delegations.parties.models.parties import Party
from delegations.parties.selectors import party_names
from sessions.draft.models.sessions import Session
from sessions.draft.permissions import check_can_run_day
from sessions.presence.selectors import attendance
from summit.audit import access_log
from summit.core.database_clock import db_now
from summit.users.models import User

FIELDS = ("card_name", "name", "office")


@dataclass(frozen=True)
class PlaceCard:
    """The contents of a place card, in the summit's first language.

    `language` is the language of the delegation's name and of its footnote. `flag` is "" for none (NamedParty).
    `head` is the head on whose behalf the person sits there, or "" if the person is the head.
    """

    summit: str
    summit_language: str
    session: str
    name: str
    office: str
    party: str
    language: str
    head: str = ""
    flag: str = ""
    footnote: str = ""


def place_card(*, session: Session, party: Party, by: User) -> PlaceCard | None:
    """Return the card of the person who represents a party in a session: its head, or who takes the head's place.

    Return None if the delegation isn't in the session as a whole, or has named nobody. The access log records that
    `by` saw the name. Raises PermissionDenied.
    """
    summit = session.summit
    check_can_run_day(by, summit)
    line = attendance.of_party(session, party, db_now())
    if line is None or line.person is None:
        return None
    person = line.person
    access_log.record_list(by=by, label="summit.person", rows=[(summit.pk, person.public_id)], fields=FIELDS)
    named = party_names.book(summit, summit.language).of(party.pk)
    # A person without a name is called by their office.
    name = person.card_name or person.name or person.office
    return PlaceCard(
        summit=summit.name,
        summit_language=summit.language,
        session=session.title,
        name=name,
        office=person.office if name != person.office else "",
        party=named.name if named else "",
        language=named.language if named else summit.language,
        head=line.head.label if line.replaces and line.head else "",
        flag=named.flag if named else "",
        footnote=" ".join(named.footnote.split()) if named else "",
    )
