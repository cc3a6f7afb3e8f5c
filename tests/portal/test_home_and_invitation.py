"""The portal's home, the invitation and answering it; what a liaison officer sees, and never a passport."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from delegations.invitations.models.invitations import Invitation, InvitationLink
from delegations.liaison import selectors
from delegations.members.models.particulars import Particulars
from delegations.parties.models.parties import Party
from delegations.portal_access.services import portal_sessions
from portal import visitor_identity
from sessions.draft.models.participants import Slot
from sessions.draft.services import cancel_and_move
from sessions.releases.services import releases
from sessions.visibility.models import Visibility
from summit.audit.models import AuditEntry
from summit.core.database_clock import db_now
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.clients import signed_in
from tests.delegations.helpers import queries
from tests.portal.test_visitor_identity import follow
from tests.press.helpers import ago, make_text

pytestmark = pytest.mark.django_db
ANSWER = {"answer": "attending", "name": "A. Example, First Secretary", "note": "With pleasure"}


def page_of(link: InvitationLink) -> str:
    return f"/portal/invitation/{link.invitation.public_id}/"


def due(seconds: int) -> None:
    Summit.objects.update(answer_by=db_now() + timedelta(seconds=seconds))


class TestInvitation:
    def test_answering_leads_to_the_answer_and_it_is_changed(self) -> None:
        link = f.InvitationLinkFactory(invitation__party__name="Aland")
        due(3600)
        client = follow(link)
        response = client.post(page_of(link), ANSWER)
        assert (response.status_code, response["Location"]) == (303, page_of(link))
        row = Invitation.objects.get()
        assert (row.state, row.answer, row.answered_by, row.note) == ("answered", *[ANSWER[k] for k in ANSWER])
        assert AuditEntry.objects.get().by_label == f"link:{link.public_id}"
        content = client.get(page_of(link)).content.decode()
        for text in ("Accepted", "With pleasure", "can change the answer here until", ">Change answer</a>"):
            assert text in content
        assert 'name="answer"' not in content
        home = client.get("/portal/").content.decode()
        answered = 'Answered by <bdi><bdi lang="">A. Example, First Secretary</bdi></bdi>'
        assert [text in home for text in ("Accepted", answered, "Read or change answer")] == [True] * 3
        form = client.get(f"{page_of(link)}?change=1").content.decode()
        assert 'value="attending" id="answer" checked' in form
        assert 'value="A. Example, First Secretary"' in form
        client.post(page_of(link), {**ANSWER, "answer": "regrets"})
        assert Invitation.objects.get().answer == "regrets"
        assert "Declined" in client.get(page_of(link)).content.decode()

    def test_errors_stand_on_top_and_lead_to_their_field(self) -> None:
        link = f.InvitationLinkFactory()
        client = follow(link)
        for values, field, said in (
            ({"answer": ""}, "answer", "Choose whether the delegation will attend."),
            ({"name": ""}, "name", "Enter the name of the person who answered."),
            ({"note": "x" * 2001}, "note", "Shorten this text to 2000 characters. It has 2001."),
        ):
            response = client.post(page_of(link), {**ANSWER, "name": "A <b>", **values})
            content = response.content.decode()
            assert response.status_code == 422
            assert f'<a href="#{field}">{said}</a>' in content
            assert f'id="{field}-error"' in content
            assert "<b>" not in content
        for query in ("", "?answer=attending&name=A", "?change=1"):
            client.get(page_of(link) + query)
        assert Invitation.objects.get().state == "sent"

    def test_late_answers_are_refused_with_who_can(self) -> None:
        link = f.InvitationLinkFactory()
        due(-1)
        client = follow(link)
        content = client.get(page_of(link)).content.decode()
        assert "Protocol can still record or change your answer" in content
        home = client.get("/portal/").content.decode()
        assert 'Protocol can still record it: write to <a href="mailto:protocol@host.example">' in home
        assert 'name="answer"' not in content
        response = client.post(page_of(link), ANSWER)
        assert response.status_code == 409
        assert "The deadline for answers has passed. Protocol can still change yours" in response.content.decode()
        assert Invitation.objects.get().state == "sent"

    def test_a_focal_point_answers_with_their_account_and_a_delegate_reads(self) -> None:
        invitation = f.InvitationFactory(sent=True, party__name="Aland")
        address = f"/portal/invitation/{invitation.public_id}/"
        delegate = signed_in(f.MembershipFactory(party=invitation.party, person__user=f.UserFactory()).person.user)
        content = delegate.get(address).content.decode()
        assert 'Only focal points of <bdi><bdi lang="en">Aland</bdi></bdi> can answer.' in content
        assert 'name="answer"' not in content
        refused = delegate.post(address, ANSWER)
        assert refused.status_code == 403
        assert "Ask a focal point of Aland to answer" in refused.content.decode()
        assert Invitation.objects.get().state == "sent"
        person = f.FocalPointFactory(party=invitation.party, person__user=f.UserFactory()).person
        client = signed_in(person.user)
        assert f'value="{person.label}"' in client.get(address).content.decode()
        assert client.post(address, ANSWER).status_code == 303
        assert AuditEntry.objects.get().by == person.user


class TestHome:
    def test_the_host_is_not_asked_and_other_summits_are_one_step_away(self) -> None:
        user = f.UserFactory()
        parties = [f.MembershipFactory(party__is_host=True, person__user=user).party for _number in range(2)]
        content = signed_in(user).get("/portal/").content.decode()
        assert "You are the host." in content
        for party in parties:
            assert f'href="/portal/?summit={party.summit.slug}"' in content

    @pytest.mark.slow("opens the home after each release")
    def test_changes_are_told_until_they_were_seen_here(self) -> None:
        link = f.InvitationLinkFactory()
        summit, begins = link.invitation.party.summit, db_now() + timedelta(hours=2)
        by = f.UserFactory.with_role(Role.ORGANISER, summit)
        session = f.SessionFactory(summit=summit, starts_at=begins, ends_at=begins + timedelta(minutes=30))
        f.ParticipantFactory(session=session, party=link.invitation.party)
        releases.release(summit=summit, by=by)
        client = follow(link)
        told = "1 change since your last visit"
        assert "since your last visit" not in client.get("/portal/").content.decode()
        room = f.RoomFactory(venue__summit=summit, name="Music Room")
        cancel_and_move.move(session=session, starts_at=session.starts_at, ends_at=session.ends_at, room=room, by=by)
        releases.release(summit=summit, by=by)
        for _time in range(2):
            content = client.get("/portal/").content.decode()
            assert told in content
        assert re.search(r"Room: <del[^>]*>[^<]*</del> <ins[^>]*>[^<]*Music Room[^<]*</ins>", content)
        assert client.get("/portal/changes/").status_code == 200
        assert "since your last visit" not in client.get("/portal/").content.decode()
        assert told in follow(link).get("/portal/").content.decode()


def test_what_the_delegation_said_is_told_when_it_is_published() -> None:
    link = f.InvitationLinkFactory()
    party = link.invitation.party
    for title, moment, ours in (("Ours", ago(1), True), ("To come", ago(-1), True), ("Another", ago(1), False)):
        text = make_text(summit=party.summit, moment=moment, speech=True, title=title).version.text
        Slot.objects.filter(texts=text).update(**{"party": party} if ours else {})
    page = follow(link).get("/portal/?lang=en").content.decode()
    assert "Published speeches of your delegation" in page
    assert [f">{title}</a>" in page for title in ("Ours", "To come", "Another")] == [True, False, False]


# What stands in a passport and in a visa letter; none of it may reach an officer.
NAMES = ("passport_name", "passport_number", "birth_place", "passport_issuer", "diet", "access")
SECRET: dict[str, Any] = {name: f"SECRET {name}" for name in NAMES}


class World:
    """An officer with an account, who looks after one of two parties, each with a member."""

    def __init__(self) -> None:
        self.party: Party = f.PartyFactory(name="Aland")
        self.other: Party = f.PartyFactory(name="Bland", summit=self.party.summit)
        self.user: User = f.UserFactory()
        of = {"person__user": self.user, "person__phone": "+44 7"}
        self.officer = f.LiaisonOfficerFactory(summit=self.party.summit, hours="7 to 22", **of)
        self.officer.parties.add(self.party)
        self.client: Client = signed_in(self.user)
        for party in (self.party, self.other):
            person = f.MembershipFactory(party=party, person__name=f"Ada of {party.name}").person
            travel = {"hotel": "Grand Hotel", "arrives_at": f.START, "arrival_flight": "AF 1"}
            Particulars.objects.create(person=person, entered_for=party, **travel, **SECRET)
            f.VisaLetterFactory(party=party, person=person, embassy="SECRET EMBASSY")
            declared = {"details": "SECRET SERIAL", "kind__name": f"Radio of {party.name}"}
            f.DeclarationFactory(party=party, person=person, **declared)
        f.ContactFactory(party=self.party, name="Bea", phone="+33 2")

    def page(self, party: Party | None = None) -> str:
        return f"/portal/liaison/{(party or self.party).public_id}/"

    def pages(self) -> str:
        """Return all that the officer gets: what the portal and the API answer about the delegation."""
        key, person = self.party.public_id, self.party.memberships.get().person.public_id
        summit = self.party.summit.slug
        paths = (
            *("/portal/", "/portal/agenda/", "/portal/changes/", "/portal/calendars/", "/portal/held/", self.page()),
            *(f"/portal/delegation/{key}/{rest}" for rest in ("", "people/", "people/export/", "visas/")),
            *(f"/portal/delegation/{key}/people/{person}/{rest}" for rest in ("", "edit/passport/", "declarations/")),
            *(f"/api/v1/summits/{summit}/desk/{name}/" for name in ("people", "travel", "needs", "visa-letters")),
            f"/api/v1/summits/{summit}/desk/passports/{person}/",
        )
        return "".join(self.client.get(path).content.decode(errors="replace") for path in paths)


@pytest.fixture
def world() -> World:
    return World()


def test_the_home_lists_the_delegations_and_whoever_opens_their_page_is_recorded(world: World) -> None:
    home = world.client.get("/portal/").content.decode()
    assert (world.page() in home, "Bland" in home) == (True, False)
    content = world.client.get(world.page()).content.decode()
    for said in ("Ada of Aland", "AF 1", "Grand Hotel", "Radio", "Bea", 'href="tel:+332"'):
        assert said in content
    entry = AuditEntry.objects.get(action="summit.person.seen")
    assert (entry.by, entry.object_key) == (world.user, world.party.public_id)
    assert {"arrives_at", "hotel", "declarations"} <= set(entry.fields)
    assert entry.detail["people"] == [world.party.memberships.get().person.public_id]
    assert world.client.get(world.page(world.other)).status_code == 404
    f.InvitationFactory(party=world.party, state="revoked")
    assert world.client.get(world.page()).status_code == 404


@pytest.mark.slow("opens every page that may show something of a delegation")
def test_passports_visas_and_needs_never_leave_to_an_officer(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    content = world.pages()
    assert ("Ada of Aland" in content, "SECRET" in content) == (True, False)
    # The control: a column more would be seen.
    with monkeypatch.context() as patch:
        patch.setattr(selectors, "SHOWN", (*selectors.SHOWN, "passport_number"))
        assert SECRET["passport_number"] in world.client.get(world.page()).content.decode()

    # And were the delegations looked after among those acted for, the officer would read passports.
    def act(by_summit: dict[int, Any]) -> None:
        for entry in by_summit.values():
            entry.act_for(world.party, world.user)

    monkeypatch.setattr(visitor_identity, "_gather_assisted", act)
    monkeypatch.setattr("delegations.members.person_field_groups.FieldReader._own", lambda *_args: True)
    person = world.party.memberships.get().person.public_id
    passport = f"/portal/delegation/{world.party.public_id}/people/{person}/edit/passport/"
    assert SECRET["passport_number"] in world.client.get(passport).content.decode()


def test_the_agenda_is_what_the_members_see(world: World) -> None:
    summit, by = world.party.summit, f.UserFactory(is_superuser=True)
    for party, title in ((world.party, "Working lunch"), (world.other, "Bilateral of others")):
        session = f.SessionFactory(summit=summit, title=title, visibility=Visibility.PARTICIPANTS)
        f.ParticipantFactory(session=session, party=party)
    releases.release(summit=summit, by=by, tell=False)
    content = world.client.get(world.page()).content.decode()
    assert "Working lunch" in content
    assert "Bilateral of others" not in content


def test_by_a_code_and_no_more_once_it_is_taken_away(world: World) -> None:
    client, person = Client(), world.officer.person
    sign_in = portal_sessions.open_by_code(mailbox=person.email, person=person, agent="")
    session = client.session
    session["portal_sessions"] = [sign_in.public_id]
    session.save()
    client.cookies["sessionid"] = session.session_key
    assert client.get(world.page()).status_code == 200
    world.officer.parties.clear()
    assert client.get(world.page()).status_code == 404


def test_queries_do_not_grow_with_the_people(world: World) -> None:
    counts = []
    for _each in range(2):
        for _row in range(2):
            person = f.MembershipFactory(party=world.party).person
            Particulars.objects.create(person=person, arrives_at=f.START)
            f.DeclarationFactory(party=world.party, person=person)
        world.client.get(world.page())
        counts.append(queries(lambda: world.client.get(world.page())))
    assert counts[0] == counts[1]
