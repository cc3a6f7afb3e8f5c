"""Roles of one summit at the pages of another, and rows of two summits that are not joined."""

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
from summit.permissions.models import Role
from summit.permissions.route_access import Gate
from summit.permissions.route_table import declared
from tests import factories as f
from tests.clients import signed_in
from tests.module_fixtures import once_a_module
from tests.routes.access_matrix import fill
from tests.routes.world import row

# Alike whatever the database.
pytestmark = [pytest.mark.django_db, pytest.mark.once]


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
    return signed_in(f.UserFactory.with_role(role, f.SummitFactory(slug="here")))


@pytest.mark.slow("opens every page of the admin")
def test_no_page_of_the_admin_opens_for_a_role_of_another_summit(rows: list[Any]) -> None:
    """Organisers may most: what is closed to them is closed by the summit. Of other roles: tests/routes."""
    client = from_elsewhere(Role.ORGANISER)
    kinds = {each._meta.label_lower: each for each in rows}
    pages = [route for route in declared().values() if route.gate == Gate.DESK and route.kind in kinds]
    for route in pages:
        address = fill(route, row(kinds[route.kind]))
        for answer in (client.get(address), client.post(address, {"post": "yes", "confirm": "yes"})):
            assert answer.status_code in (302, 403, 404, 405), (route.name, answer.status_code)
            assert b"anary" not in answer.content.replace(address.encode(), b""), route.name
    assert len(pages) > 30
    assert AuditEntry.objects.count() == 0
    assert set(Message.objects.values_list("state", flat=True)) == {"failed"}


OTHERS = [role for role in Role if role != Role.ORGANISER]
ROLES = [Role.ORGANISER, *(pytest.param(role, marks=pytest.mark.broad("each list, each role")) for role in OTHERS)]


@pytest.mark.slow("opens each list of the desk")
@pytest.mark.parametrize("role", ROLES)
def test_no_list_of_the_admin_shows_rows_of_another_summit(role: Role, rows: list[Any]) -> None:
    client, filled = from_elsewhere(role), {type(each) for each in rows}
    for model in site._registry.keys() & filled if role == Role.ORGANISER else site._registry:
        for page in ("changelist", "add"):
            answer = client.get(reverse(admin_urlname(model._meta, page)))
            assert answer.status_code in (200, 302, 403, 404)
            assert b"anary" not in answer.content, (model, page)
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
