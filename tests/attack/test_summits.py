"""Roles of one summit at the doors of another."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.admin.sites import site
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from delegations.models import Category, FocalPoint, Membership
from sessions.models import Participant, Session, Slot
from summit.models import AuditEntry, Role
from summit.outbox.models import Message
from tests.factories import (
    EditionFactory,
    InvitationFactory,
    InvitationLinkFactory,
    MessageFactory,
    PartyFactory,
    PersonFactory,
    ReleaseFactory,
    RoomFactory,
    SessionFactory,
    SlotFactory,
    SubscriberFactory,
    SummitFactory,
    UserFactory,
)

# Alike whatever the database.
pytestmark = [pytest.mark.django_db, pytest.mark.once]


def admin_routes() -> Iterator[tuple[str, list[str]]]:
    """Yield the name and the arguments' names of every route of the admin."""
    [(_prefix, admin)] = [
        (str(entry.pattern), entry)
        for entry in get_resolver().url_patterns
        if isinstance(entry, URLResolver) and entry.namespace == "admin"
    ]

    def walk(patterns: list[Any]) -> Iterator[tuple[str, list[str]]]:
        for entry in patterns:
            if isinstance(entry, URLResolver):
                yield from walk(entry.url_patterns)
            elif isinstance(entry, URLPattern) and entry.name:
                yield f"admin:{entry.name}", re.findall(r"<(?:\w+:)?(\w+)>", str(entry.pattern))

    yield from walk(admin.url_patterns)


def everything(summit: Any) -> dict[str, Any]:
    """Make a row of each model that has pages in the admin; return them by "app_model"."""
    party = PartyFactory(summit=summit, name="Canary land")
    edition = EditionFactory(title="Canary text", version__text__summit=summit)
    invitation = InvitationFactory(party=party, state="sent", sent_at="2025-03-01T00:00Z")
    rows = [
        summit,
        party,
        edition,
        edition.version.text,
        invitation,
        InvitationLinkFactory(invitation=invitation, address="canary-link@x.example"),
        MessageFactory(summit=summit, address="canary-box@x.example", state="failed", problem="550"),
        PersonFactory(summit=summit, name="Canary person"),
        ReleaseFactory(summit=summit),
        RoomFactory(venue__summit=summit, name="Canary room").venue,
        SessionFactory(summit=summit, title="Canary session"),
        SubscriberFactory(summit=summit, address="canary-reader@x.example"),
        UserFactory.with_role(Role.VIEWER, summit, email="canary-user@x.example"),
    ]
    rows += [rows[-1].roles.get()]
    return {f"{row._meta.app_label}_{row._meta.model_name}": row for row in rows}


@pytest.mark.parametrize("role", list(Role))
def test_no_route_of_the_admin_opens_for_a_role_of_another_summit(role: Role) -> None:
    rows = everything(SummitFactory(slug="canary-there", name="Canary summit"))
    client = Client(raise_request_exception=True)
    client.force_login(UserFactory.with_role(role, SummitFactory(slug="here")))
    crossed = []
    for name, arguments in admin_routes():
        model = next((key for key in rows if name.startswith(f"admin:{key}_")), None)
        if model is None or len(arguments) != 1:
            continue
        keys = {str(rows[model].pk), str(getattr(rows[model], "public_id", rows[model].pk))}
        for key in sorted(keys):
            try:
                address = reverse(name, args=[key])
            except NoReverseMatch:
                continue
            crossed.append(name)
            for answer in (client.get(address), client.post(address, {"post": "yes", "confirm": "yes"})):
                assert answer.status_code in (302, 403, 404, 405), (name, answer.status_code)
                assert b"anary" not in answer.content.replace(address.encode(), b""), name
    assert len(set(crossed)) > 30
    assert AuditEntry.objects.count() == 0
    assert set(Message.objects.values_list("state", flat=True)) == {"failed"}


@pytest.mark.parametrize("role", list(Role))
def test_no_list_of_the_admin_shows_rows_of_another_summit(role: Role) -> None:
    everything(SummitFactory(slug="canary-there", name="Canary summit"))
    client = Client()
    client.force_login(UserFactory.with_role(role, SummitFactory(slug="here")))
    seen = set()
    for model in site._registry:
        for page in ("changelist", "add"):
            address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}")
            answer = client.get(address)
            seen.add(answer.status_code)
            assert b"anary" not in answer.content, (address, answer.status_code)
    assert seen <= {200, 302, 403, 404}
    assert b"anary" not in client.get("/admin/").content


def test_control_the_roles_of_the_same_summit_see_them() -> None:
    there = SummitFactory(slug="canary-there", name="Canary summit")
    everything(there)
    client = Client()
    client.force_login(UserFactory.with_role(Role.ORGANISER, there))
    assert b"Canary session" in client.get("/admin/programme/session/").content
    assert b"Canary land" in client.get("/admin/delegations/party/").content


def test_rows_of_two_summits_are_not_joined() -> None:
    session = SessionFactory()
    room, party, person = RoomFactory(), PartyFactory(), PersonFactory()
    own = PartyFactory(summit=session.summit)
    refused: list[tuple[Any, str]] = [
        (
            Session(
                summit=session.summit, title="x", starts_at=session.starts_at, ends_at=session.ends_at, room=room
            ),
            "room",
        ),
        (Participant(session=session, party=party), "party"),
        (Participant(session=session, person=person), "person"),
        (Slot(session=session, speaker=person), "speaker"),
        (Slot(session=session, speaker=PersonFactory(summit=session.summit), party=party), "party"),
        (Membership(party=own, person=person, category=Category.objects.of(own.summit)["head"]), "person"),
        (FocalPoint(party=own, person=person), "person"),
    ]
    for row, field in refused:
        with pytest.raises(ValidationError) as problem:
            row.full_clean()
        assert list(problem.value.message_dict) == [field]
    SlotFactory(session=session, party=own).full_clean()
    Participant(session=session, party=own).full_clean()
