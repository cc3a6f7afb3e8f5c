"""A button pressed twice, or in two tabs: one effect, and a sentence for the second."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.utils import timezone

from delegations.invitations.models.invitations import Invitation
from press.texts.models.editions import Edition, EditionState
from press.texts.models.embargoes import Embargo
from press.texts.models.texts import Text
from sessions.agenda.models.releases import Release
from sessions.draft.models.sessions import Session
from summit.admin_base import form_idempotency
from summit.audit.models import AuditEntry
from summit.outbox.models import Message
from summit.people.models import Person
from summit.permissions.models import Role, RoleAssignment
from summit.summits.models import Summit
from tests import factories as f
from tests.clients import signed_in
from tests.press.helpers import approver, make_text, officer

pytestmark = pytest.mark.django_db
NO_ROWS = {
    f"{name}-{form}_FORMS": "0"
    for name in ("texts", "interpretation", "participants", "slots")
    for form in ("TOTAL", "INITIAL")
}


def said(answer: Any) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


def twice(client: Client, path: str, data: dict[str, Any]) -> list[str]:
    """Post the same twice; return what the second answer says."""
    first, second = client.post(path, data), client.post(path, data)
    assert (first.status_code, second.status_code in (200, 302, 400, 409, 422)) == (302, True)
    # What the first said stands before it, since no page was opened between them.
    return said(second)[len(said(first)) :]


def form(client: Client, path: str, **values: Any) -> dict[str, Any]:
    """Return what a form sends: its mark, and the given values."""
    [mark] = re.findall(r'name="once" value="(\w+)"', client.get(path).content.decode())
    return {**values, "once": mark}


def test_invitations(desk: Client, summit: Summit) -> None:
    parties = [f.PartyFactory(summit=summit, mission_email=f"box{number}@land.example") for number in range(2)]
    keys = [party.pk for party in parties]
    assert twice(desk, "/admin/delegations/party/invite/", {"row": keys}) != []
    assert (Invitation.objects.count(), Message.objects.count()) == (2, 2)


def test_a_release(desk: Client, summit: Summit) -> None:
    f.SessionFactory(summit=summit)
    path = f"/admin/agenda/release/prepare/{summit.slug}/"
    expected = desk.get(path).context["form"].initial["expected"]
    assert len(twice(desk, path, {"note": "", "expected": expected})) == 1
    assert Release.objects.count() == 1


def test_a_session_is_cancelled(desk: Client, summit: Summit) -> None:
    session = f.SessionFactory(summit=summit)
    assert len(twice(desk, f"/admin/agenda/session/{session.pk}/cancel/", {"reason": "Illness"})) == 1
    assert AuditEntry.objects.filter(action__startswith="agenda.").count() == 1


@pytest.mark.parametrize(("name", "records"), [("approve", 1), ("set_moment", 2)])
def test_a_text_is_decided(name: str, records: int, summit: Summit) -> None:
    """A moment that is set again is the same moment, said once more."""
    state = EditionState.IN_REVIEW if name == "approve" else EditionState.APPROVED
    edition = make_text(summit=summit, state=state)
    client = signed_in(approver(summit) if name == "approve" else officer(summit))
    when = timezone.localtime(timezone.now() + timedelta(days=2), summit.zone)
    given = {"version": "en", "number": edition.number, "when": "at", "moment": f"{when:%Y-%m-%dT%H:%M}"}
    before = AuditEntry.objects.count()
    assert len(twice(client, f"/admin/press/text/{edition.version.text_id}/decide/{name}/", given)) == 1
    assert AuditEntry.objects.count() - before == records
    assert Embargo.objects.count() == 1


def test_an_edition_is_saved(summit: Summit) -> None:
    edition = make_text(summit=summit, state=EditionState.DRAFT)
    client = signed_in(officer(summit))
    given = {"title": "T", "summary": "", "body": "Other words.", "change_note": "", "based_on": edition.number}
    path = f"/admin/press/text/{edition.version.text_id}/change/"
    assert twice(client, path, given)[-1] == "Edition 2 saved as a draft."
    assert Edition.objects.count() == 2
    # Others' words are still kept apart.
    assert client.post(path, {**given, "body": "Further words."}).status_code == 409


def test_a_text_is_entered(summit: Summit) -> None:
    client = signed_in(officer(summit))
    path = f"/admin/press/text/add/?summit={summit.slug}"
    given = form(client, path, kind="statement", wording="prepared", language="en", title="Words", body="One.")
    assert twice(client, path, given) == ["This was sent twice but added only once."]
    assert Text.objects.count() == 1
    assert client.post(path, {**given, "title": "Other words"}).status_code == 302
    assert Text.objects.count() == 2


PERSON = {"name": "Zoe", "office": "Minister", "email": "", "language": "en"}
SESSION = {
    **{"kind": "plenary", "title": "Opening", "summary": "", "room": "", "visibility": "public", **NO_ROWS},
    **{"starts_at_0": "2027-03-01", "starts_at_1": "09:00", "ends_at_0": "2027-03-01", "ends_at_1": "10:00"},
}


@pytest.mark.parametrize(("name", "values"), [("summit/person", PERSON), ("agenda/session", SESSION)])
def test_a_row_is_added(name: str, values: dict[str, Any], desk: Client, summit: Summit) -> None:
    model, path = {"summit/person": Person, "agenda/session": Session}[name], f"/admin/{name}/add/"
    given = form(desk, path, summit=summit.pk, **values)
    assert twice(desk, path, given) == ["This was sent twice but added only once."]
    assert model.objects.count() == 1


def test_control_without_the_mark_two_sessions_are_added_and_a_person_once_all_the_same(
    desk: Client, summit: Summit
) -> None:
    for _ in range(2):
        desk.post("/admin/agenda/session/add/", {**SESSION, "summit": summit.pk})
    assert Session.objects.count() == 2
    path, given = "/admin/summit/person/add/", {**PERSON, "summit": summit.pk}
    assert desk.post(path, given).status_code == 302
    (problem,) = desk.post(path, given).context["adminform"].form.errors["another"]
    assert problem.startswith("Someone similar is already recorded. Tick those who are different people")
    assert Person.objects.count() == 1


def test_what_is_still_being_added_is_not_added_by_another_but_a_mark_is_ones_own(
    desk: Client, summit: Summit, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = "/admin/agenda/session/add/"
    given = form(desk, path, summit=summit.pk, **SESSION)
    monkeypatch.setattr(form_idempotency, "store", lambda request, row: None)
    assert twice(desk, path, given) == ["This was sent twice but added only once."]
    assert Session.objects.count() == 1
    other = signed_in(f.UserFactory.with_role(Role.ORGANISER, summit))
    assert (other.post(path, given).status_code, Session.objects.count()) == (302, 2)


def test_what_was_refused_is_added_once_it_is_right(desk: Client, summit: Summit) -> None:
    path = "/admin/summit/person/add/"
    given = form(desk, path, summit=summit.pk, **{**PERSON, "email": "no address"})
    assert desk.post(path, given).status_code == 200
    assert desk.post(path, {**given, "email": "zoe@host.example"}).status_code == 302
    assert Person.objects.get().email == "zoe@host.example"


def test_a_team(desk: Client, summit: Summit) -> None:
    row = {"team-0-email": "ann@ministry.example", "team-0-name": "Ann", "team-0-role": "protocol"}
    data = {"team-TOTAL_FORMS": "1", "team-INITIAL_FORMS": "0", **row}
    assert len(twice(desk, f"/admin/setup/{summit.slug}/team/", data)) == 1
    assert RoleAssignment.objects.filter(user__email="ann@ministry.example").count() == 1
    assert Message.objects.count() == 1
