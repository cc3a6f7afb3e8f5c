"""Roles of one summit at the pages of another, and rows of two summits that are not joined."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.admin.sites import site
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, reverse

from delegations.models import Category, FocalPoint, Membership
from sessions.models import Participant, Session, Slot
from summit.models import AuditEntry, Role
from summit.outbox.models import Message
from tests import factories as f
from tests.rows import once_a_module

# Alike whatever the database.
pytestmark = [pytest.mark.django_db, pytest.mark.once]


def admin_routes() -> Iterator[tuple[str, list[str]]]:
    """Yield the name and the arguments' names of every route of the admin."""

    def walk(patterns: list[Any]) -> Iterator[tuple[str, list[str]]]:
        for entry in patterns:
            if isinstance(entry, URLResolver):
                yield from walk(entry.url_patterns)
            elif isinstance(entry, URLPattern) and entry.name:
                yield f"admin:{entry.name}", re.findall(r"<(?:\w+:)?(\w+)>", str(entry.pattern))

    yield from walk(site.get_urls())


def everything(summit: Any) -> dict[str, Any]:
    """Make a row of each model that has pages in the admin; return them by "app_model"."""
    party = f.PartyFactory(summit=summit, name="Canary land")
    edition = f.EditionFactory(title="Canary text", version__text__summit=summit)
    invitation = f.InvitationFactory(party=party, state="sent", sent_at="2025-03-01T00:00Z")
    rows = [
        summit,
        party,
        edition,
        edition.version.text,
        invitation,
        f.InvitationLinkFactory(invitation=invitation, address="canary-link@x.example"),
        f.MessageFactory(summit=summit, address="canary-box@x.example", state="failed", problem="550"),
        f.PersonFactory(summit=summit, name="Canary person"),
        f.ReleaseFactory(summit=summit),
        f.RoomFactory(venue__summit=summit, name="Canary room").venue,
        f.SessionFactory(summit=summit, title="Canary session"),
        f.SubscriberFactory(summit=summit, address="canary-reader@x.example"),
        f.UserFactory.with_role(Role.VIEWER, summit, email="canary-user@x.example"),
    ]
    rows += [rows[-1].roles.get()]
    return {f"{row._meta.app_label}_{row._meta.model_name}": row for row in rows}


@once_a_module
def rows() -> dict[str, Any]:
    """Return the rows of a summit in which nobody of these tests has a role."""
    return everything(f.SummitFactory(slug="canary-there", name="Canary summit"))


def from_elsewhere(role: Role) -> Client:
    """Return the browser of somebody with a role at another summit."""
    client = Client(raise_request_exception=True)
    client.force_login(f.UserFactory.with_role(role, f.SummitFactory(slug="here")))
    return client


OTHERS = [role for role in Role if role != Role.ORGANISER]
# Organisers may most: what is closed to them is closed by the summit, not by the role.
ROLES = [Role.ORGANISER, *(pytest.param(role, marks=pytest.mark.broad("each page, each role")) for role in OTHERS)]


@pytest.mark.parametrize("role", ROLES)
def test_no_page_of_the_admin_opens_for_a_role_of_another_summit(role: Role, rows: dict[str, Any]) -> None:
    client, crossed = from_elsewhere(role), set()
    for name, arguments in admin_routes():
        model = next((key for key in rows if name.startswith(f"admin:{key}_")), None)
        if model is None or len(arguments) != 1:
            continue
        for key in sorted({str(rows[model].pk), str(getattr(rows[model], "public_id", rows[model].pk))}):
            try:
                address = reverse(name, args=[key])
            except NoReverseMatch:
                continue
            crossed.add(name)
            for answer in (client.get(address), client.post(address, {"post": "yes", "confirm": "yes"})):
                assert answer.status_code in (302, 403, 404, 405), (name, answer.status_code)
                assert b"anary" not in answer.content.replace(address.encode(), b""), name
    assert len(crossed) > 30
    assert AuditEntry.objects.count() == 0
    assert set(Message.objects.values_list("state", flat=True)) == {"failed"}


@pytest.mark.parametrize("role", ROLES)
def test_no_list_of_the_admin_shows_rows_of_another_summit(role: Role, rows: dict[str, Any]) -> None:
    client, statuses = from_elsewhere(role), set()
    names = {f"{model._meta.app_label}_{model._meta.model_name}" for model in site._registry}
    for name in sorted(rows.keys() & names if role == Role.ORGANISER else names):
        for page in ("changelist", "add"):
            address = reverse(f"admin:{name}_{page}")
            answer = client.get(address)
            statuses.add(answer.status_code)
            assert b"anary" not in answer.content, (address, answer.status_code)
    assert statuses <= {200, 302, 403, 404}
    assert b"anary" not in client.get("/admin/").content


def test_control_the_roles_of_the_same_summit_see_them(rows: dict[str, Any]) -> None:
    client = Client()
    client.force_login(f.UserFactory.with_role(Role.ORGANISER, rows["summit_summit"]))
    assert b"Canary session" in client.get("/admin/programme/session/").content
    assert b"Canary land" in client.get("/admin/delegations/party/").content


def test_rows_of_two_summits_are_not_joined() -> None:
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
        (Membership(party=own, person=person, category=Category.objects.of(own.summit)["head"]), "person"),
        (FocalPoint(party=own, person=person), "person"),
    ]
    for row, field in refused:
        with pytest.raises(ValidationError) as problem:
            row.full_clean()
        assert list(problem.value.message_dict) == [field]
    f.SlotFactory(session=session, party=own).full_clean()
    Participant(session=session, party=own).full_clean()
