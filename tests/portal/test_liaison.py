"""What a liaison officer sees in the portal: the delegations looked after, and never a passport or a visa letter."""

from typing import Any

import pytest
from django.test import Client

from delegations.liaison import selectors
from delegations.members.models.particulars import Particulars
from delegations.parties.models.parties import Party
from delegations.portal_access.services import portal_sessions
from portal import visitor_identity
from sessions.releases.services import releases
from sessions.visibility.models import Visibility
from summit.audit.models import AuditEntry
from summit.users.models import User
from tests import factories as f
from tests.clients import signed_in
from tests.delegations.helpers import queries

pytestmark = pytest.mark.django_db
# What stands in a passport and in a visa letter; none of it may reach an officer.
SECRET: dict[str, Any] = {
    "passport_name": "SECRET NAME",
    "passport_number": "SECRET4821",
    "birth_place": "SECRET PLACE",
    "passport_issuer": "SECRET ISSUER",
    "diet": "SECRET DIET",
    "access": "SECRET ACCESS",
}


class World:
    """An officer with an account, who looks after one of two parties, each with a member."""

    def __init__(self) -> None:
        self.party: Party = f.PartyFactory(name="Aland")
        self.other: Party = f.PartyFactory(name="Bland", summit=self.party.summit)
        self.user: User = f.UserFactory()
        self.officer = f.LiaisonOfficerFactory(
            summit=self.party.summit, person__user=self.user, person__phone="+44 7", hours="7 to 22"
        )
        self.officer.parties.add(self.party)
        self.client: Client = signed_in(self.user)
        for party in (self.party, self.other):
            person = f.MembershipFactory(party=party, person__name=f"Ada of {party.name}").person
            travel = {"hotel": "Grand Hotel", "arrives_at": f.START, "arrival_flight": "AF 1"}
            Particulars.objects.create(person=person, entered_for=party, **travel, **SECRET)
            letter = f.VisaLetterFactory(party=party, person=person)
            f.DeclarationFactory(
                party=party, person=person, details="SECRET SERIAL", kind__name=f"Radio of {party.name}"
            )
            type(letter).objects.filter(pk=letter.pk).update(embassy="SECRET EMBASSY")
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


def test_the_home_lists_the_delegations_and_each_has_a_page(world: World) -> None:
    home = world.client.get("/portal/").content.decode()
    assert world.page() in home
    assert "Bland" not in home
    content = world.client.get(world.page()).content.decode()
    for said in ("Ada of Aland", "AF 1", "Grand Hotel", "Radio", "Bea", 'href="tel:+332"'):
        assert said in content
    assert world.client.get(world.page(world.other)).status_code == 404


def test_passports_visas_and_needs_never_leave_to_an_officer(world: World) -> None:
    content = world.pages()
    assert "Ada of Aland" in content
    assert "SECRET" not in content


def test_control_a_column_more_would_be_seen(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selectors, "SHOWN", (*selectors.SHOWN, "passport_number"))
    assert "SECRET4821" in world.pages()


def test_control_whoever_acts_for_the_delegation_reads_them(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Were the delegations looked after among those acted for, the officer would read passports."""

    def act(by_summit: dict[int, Any]) -> None:
        for entry in by_summit.values():
            entry.act_for(world.party, world.user)

    monkeypatch.setattr(visitor_identity, "_gather_assisted", act)
    monkeypatch.setattr("delegations.members.person_field_groups.FieldReader._own", lambda *_args: True)
    assert "SECRET4821" in world.pages()


def test_the_agenda_is_what_the_members_see(world: World) -> None:
    summit, by = world.party.summit, f.UserFactory(is_superuser=True)
    for party, title in ((world.party, "Working lunch"), (world.other, "Bilateral of others")):
        session = f.SessionFactory(summit=summit, title=title, visibility=Visibility.PARTICIPANTS)
        f.ParticipantFactory(session=session, party=party)
    releases.release(summit=summit, by=by, tell=False)
    content = world.client.get(world.page()).content.decode()
    assert "Working lunch" in content
    assert "Bilateral of others" not in content


def test_whoever_opens_it_is_recorded(world: World) -> None:
    world.client.get(world.page())
    entry = AuditEntry.objects.get(action="summit.person.seen")
    assert (entry.by, entry.object_key) == (world.user, world.party.public_id)
    assert {"arrives_at", "hotel", "declarations"} <= set(entry.fields)
    assert entry.detail["people"] == [world.party.memberships.get().person.public_id]


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


def test_a_party_that_left_the_summit_is_gone(world: World) -> None:
    f.InvitationFactory(party=world.party, state="revoked")
    assert world.client.get(world.page()).status_code == 404


def test_the_delegation_sees_its_officers_on_its_home(world: World) -> None:
    user = f.UserFactory()
    f.MembershipFactory(party=world.party, person__user=user)
    content = signed_in(user).get("/portal/").content.decode()
    assert "Your liaison officer at the host" in content
    assert 'href="tel:+447"' in content
    assert "7 to 22" in content


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
