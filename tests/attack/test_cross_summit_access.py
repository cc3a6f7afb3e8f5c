"""Roles of one summit at the pages of another, and rows of two summits that are not joined."""

from itertools import cycle
from typing import Any

import pytest
from django.contrib.admin.sites import site
from django.contrib.admin.templatetags.admin_urls import admin_urlname
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from sessions.draft.models.participants import Participant, Slot
from sessions.draft.models.sessions import Session
from summit.audit.models import AuditEntry
from summit.outbox.models import Message
from summit.people.models import Person
from summit.permissions.models import Role, RoleAssignment
from summit.permissions.route_access import Gate
from summit.permissions.route_table import declared
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.clients import signed_in
from tests.module_fixtures import once_a_module
from tests.routes.access_matrix import fill
from tests.routes.world import row

pytestmark = pytest.mark.django_db


@once_a_module
def rows() -> list[Any]:
    """Return a row of each model that has pages in the admin, of a summit in which nobody of these tests has a role;
    the first one is the summit."""
    summit = f.SummitFactory(slug="canary-there", name="Canary summit")
    party = f.PartyFactory(summit=summit, name="Canary land")
    text = f.EditionFactory(title="Canary text", version__text__summit=summit).version.text
    invitation = f.InvitationFactory(party=party, state="sent", sent_at="2025-03-01T00:00Z")
    viewer = f.UserFactory.with_role(Role.VIEWER, summit, email="canary-user@x.example")
    return [
        summit,
        party,
        text,
        invitation,
        f.InvitationLinkFactory(invitation=invitation, address="canary-link@x.example"),
        f.MessageFactory(summit=summit, address="canary-box@x.example", state="failed", problem="550"),
        f.PersonFactory(summit=summit, name="Canary person"),
        f.ReleaseFactory(summit=summit),
        f.RoomFactory(venue__summit=summit, name="Canary room").venue,
        f.SessionFactory(summit=summit, title="Canary session"),
        f.SubscriberFactory(summit=summit, address="canary-reader@x.example"),
        viewer,
        viewer.roles.get(),
    ]


def from_elsewhere(role: Role) -> Client:
    """Return the browser of somebody with a role at another summit."""
    return signed_in(f.UserFactory.with_role(role, f.SummitFactory()))


@pytest.mark.slow("opens every page of the admin")
def test_no_page_of_the_admin_opens_for_a_role_of_another_summit(rows: list[Any]) -> None:
    """Organisers may most: what is closed to them is closed by the summit. Of other roles: tests/routes."""
    client = from_elsewhere(Role.ORGANISER)
    kinds = {each._meta.label_lower: each for each in rows}
    pages = [route for route in declared().values() if route.gate == Gate.DESK and route.kind in kinds]
    for route in pages:
        address = fill(route, row(kinds[route.kind]))
        # What writes is asked to write.
        writes = "POST" in route.methods
        answer = client.post(address, {"post": "yes", "confirm": "yes"}) if writes else client.get(address)
        assert answer.status_code in (302, 403, 404, 405), (route.name, answer.status_code)
        assert b"anary" not in answer.content.replace(address.encode(), b""), route.name
    assert len(pages) > 30
    assert AuditEntry.objects.count() == 0
    assert set(Message.objects.values_list("state", flat=True)) == {"failed"}


@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.broad("each list, by roles in turn"))])
def test_no_list_of_the_admin_shows_rows_of_another_summit(every: bool, rows: list[Any]) -> None:
    """Organisers see every list; each is opened by one of the others, too."""
    organiser, *others = (from_elsewhere(role) for role in sorted(Role, key=lambda role: role != Role.ORGANISER))
    asked = [(organiser, type(each), "changelist") for each in rows]
    if every:
        asked = [(organiser, model, page) for model in site._registry for page in ("changelist", "add")]
        asked += [(other, model, "changelist") for model, other in zip(site._registry, cycle(others), strict=False)]
    for client, model, page in asked:
        answer = client.get(reverse(admin_urlname(model._meta, page)))
        assert answer.status_code in (200, 302, 403, 404)
        assert b"anary" not in answer.content, (model, page)
    for client in (organiser, *others) if every else (organiser,):
        assert b"anary" not in client.get("/admin/").content


def test_control_the_roles_of_the_same_summit_see_them(rows: list[Any]) -> None:
    client = signed_in(f.UserFactory.with_role(Role.ORGANISER, rows[0]))
    assert b"Canary session" in client.get("/admin/agenda/session/").content
    assert b"Canary land" in client.get("/admin/delegations/party/").content


def test_rows_of_two_summits_are_not_joined() -> None:
    """In an agenda; who belongs to a party is asked in tests/delegations/test_constraints.py."""
    session = f.SessionFactory()
    room, party, person = f.RoomFactory(), f.PartyFactory(), f.PersonFactory()
    own = f.PartyFactory(summit=session.summit)
    times = {"starts_at": session.starts_at, "ends_at": session.ends_at}
    refused: list[tuple[Any, str]] = [
        (Session(summit=session.summit, title="x", room=room, **times), "room"),
        (Participant(session=session, party=party), "party"),
        (Participant(session=session, person=person), "person"),
        (Slot(session=session, speaker=person), "speaker"),
        (Slot(session=session, speaker=f.PersonFactory(summit=session.summit), party=party), "party"),
    ]
    for each, field in refused:
        with pytest.raises(ValidationError) as problem:
            each.full_clean()
        assert list(problem.value.message_dict) == [field]
    f.SlotFactory(session=session, party=own).full_clean()
    Participant(session=session, party=own).full_clean()


ROLE = "/admin/summit/roleassignment/add/"


@pytest.fixture
def known(summit: Summit) -> User:
    return f.UserFactory.with_role(Role.VIEWER, summit)


@pytest.fixture
def stranger() -> User:
    return f.UserFactory.with_role(Role.PRESS_OFFICER, f.SummitFactory())


def give(client: Client, person: Person, account: User) -> str:
    """Choose whose account a person is, and call the person Zoe; return the page that answers."""
    data = {"summit": person.summit_id, "name": "Zoe", "office": "Minister", "email": "", "language": "en"}
    page = client.post(f"/admin/summit/person/{person.pk}/change/", {**data, "user": account.pk})
    person.refresh_from_db()
    return page.content.decode()


def test_passwords_are_no_filter(desk: Client) -> None:
    """Else whoever sees the list of accounts reads a password’s hash, a character at a time."""
    for lookup in ("password__startswith", "password", "password__regex"):
        assert desk.get("/admin/summit/user/", {lookup: "md5$"}).status_code == 400, lookup


def test_no_role_for_the_key_of_an_account(desk: Client, summit: Summit, known: User, stranger: User) -> None:
    """Else the keys 1, 2, 3 … would bring every account's name and address into the list."""
    given = {"summit": summit.pk, "role": Role.PROGRAMME}
    for account in (stranger, known):
        page = desk.post(ROLE, {"user": account.pk, **given})
        assert "email" in page.context["adminform"].form.errors
        assert stranger.email not in page.content.decode()
    assert not RoleAssignment.objects.filter(**given).exists()
    # The control: by an address, which one has to know, it is given.
    assert desk.post(ROLE, {"email": known.email, **given}).status_code == 302
    assert known.roles.filter(**given).exists()


def test_no_person_for_an_account_of_another_summit(
    desk: Client, summit: Summit, known: User, stranger: User
) -> None:
    person = f.PersonFactory(summit=summit)
    assert stranger.email not in give(desk, person, stranger)
    assert person.user is None
    give(desk, person, known)
    assert person.user == known


def test_protocol_gives_no_account_a_persons_powers(summit: Summit) -> None:
    """Whose account a person is decides who acts for a party: that is for organisers."""
    protocol, owner = f.UserFactory.with_role(Role.PROTOCOL, summit), f.UserFactory()
    person = f.FocalPointFactory(party__summit=summit, person__user=owner).person
    give(signed_in(protocol), person, protocol)
    # The control: the rest of the form is saved.
    assert (person.name, person.user) == ("Zoe", owner)
