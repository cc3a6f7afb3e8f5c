"""Somebody of whom everything is known that can be, with a canary in each column that takes a text."""

import json
from datetime import date
from typing import Any

from allauth.account.models import EmailAddress

from delegations.members.models.particulars import Particulars, Photo
from delegations.participants.services import revisions
from delegations.portal_access.models import PortalSubject
from delegations.travel.models.declarations import Declaration
from delegations.travel.models.visas import VisaLetter
from sessions.calendars.models import CalendarFeed
from sessions.releases.services import releases
from sessions.visibility.models import Visibility
from summit.people.models import Person
from summit.permissions.models import Role
from summit.users.models import User
from tests import canaries
from tests import factories as f
from tests.canaries import MARK
from tests.delegations.participants.test_revisions import delegation

NAME = f"{MARK} Ünal"


def known_person() -> tuple[Person, User]:
    """Make somebody of whom everything is known that can be, and an organiser."""
    summit = f.SummitFactory(ends_on=date(2025, 4, 1))
    organiser = f.UserFactory.with_role(Role.ORGANISER, summit)
    account = f.UserFactory(email=f"{MARK}-account@land.example", name=NAME)
    EmailAddress.objects.create(user=account, email=account.email, verified=True, primary=True)
    person = canaries.fill(f.PersonFactory.build(summit=summit, user=account), MARK, name=NAME)
    assert isinstance(person, Person)
    party = delegation(summit, "Aland", mission_contact=NAME, notes=f"Ask {NAME}")
    party.invitations.update(answered_by=NAME, note=f"{NAME} comes")
    f.MembershipFactory(party=party, person=person, code="head", confirmed_at=f.START)
    f.FocalPointFactory(party=party, person=person)
    _papers(person, party)
    _mentions(person, party, organiser)
    session = f.SessionFactory(summit=summit, visibility=Visibility.PUBLIC)
    f.SlotFactory(session=session, speaker=person, party=party)
    f.ParticipantFactory(session=session, person=person)
    releases.release(summit=summit, by=organiser, tell=False)
    revisions.freeze(summit=summit, by=organiser)
    return person, organiser


def _papers(person: Person, party: Any) -> None:
    summit, days = party.summit, {"birth_date": "1970-01-02", "passport_expiry": "2030-01-02"}
    canaries.fill(Particulars(person=person), MARK, nationality="FR", sex="F", passport_type="ordinary", **days)
    canaries.fill(Photo(person=person, width=3, height=4), MARK)
    kind = f.DeclarationKindFactory(summit=summit)
    canaries.fill(Declaration(kind=kind, party=party, person=person), MARK)
    canaries.fill(VisaLetter(party=party, person=person, summit=summit), MARK)
    canaries.fill(f.ExternalIdFactory.build(summit=summit, party=None, person=person), MARK)
    canaries.fill(f.LiaisonOfficerFactory.build(summit=summit, person=person), MARK).parties.add(party)
    f.BadgeFactory(party=party, person=person)
    f.BadgeFactory(party=party, person=person, ended_at=f.START, why=f"{NAME} gave it back")
    f.DuplicateCandidateFactory(person__summit=summit, other=person)
    f.HandoverFactory(party=party, giver=person, what="chair", key="1", session=None)
    f.FormerMemberFactory(party=party, person=person)


def _mentions(person: Person, party: Any, by: User) -> None:
    invitation = party.invitations.get()
    f.ReplyFactory(invitation=invitation, name=NAME, note=f"{NAME} will come")
    f.CallNoteFactory(invitation=invitation, by=by, note=f"Asked for {NAME}")
    asked = f.FocalPointRequestFactory.build(party=party)
    canaries.fill(asked, MARK, name=NAME, email=f"{MARK}@land.example", asked_by=NAME, language="en")
    canaries.fill(f.ContactFactory.build(party=party), MARK, name=NAME, role="press", email=f"{MARK}@land.example")
    f.ContactFactory(party=party, name="Somebody Else", note=f"Ask {NAME} first")
    CalendarFeed.objects.create(person=person, holder=person, mailbox=person.email, digest="0" * 64)
    f.DelegationImportFileFactory(
        summit=party.summit, content=f"name\n{NAME}".encode(), report=json.dumps([NAME]), uploaded_by=by
    )
    link = f.InvitationLinkFactory(invitation=invitation, person=person, address=person.email)
    f.InvitationLinkFactory(invitation=invitation, person=person, address="office@land.example")
    PortalSubject.objects.create(person=person, issuer="https://idp.example", subject=MARK)
    f.PortalSessionFactory(person=person, mailbox=person.email, user_agent=MARK)
    f.PortalSessionFactory(link=link, user_agent=MARK)
    f.SubscriberFactory(summit=party.summit, address=person.email)
    facts = {"address": person.email, "names": [NAME]}
    sent = {"summit": party.summit, "state": "sent", "sent_at": f.START, "rendered": NAME.encode()}
    back = {"problem": f"{NAME} is away", "returned_at": f.START, "returned_why": f"no mailbox {person.email}"}
    key = f"mailbox:{person.email}"
    f.MessageFactory(
        person=person, address=person.email, recipient_key=key, facts=facts, rendered_subject=NAME, **sent, **back
    )
    f.MessageFactory(facts={"changes": [{"label": NAME}]}, **sent)
