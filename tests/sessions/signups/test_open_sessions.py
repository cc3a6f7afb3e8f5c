"""The desk's list of sessions that are open for sign-up, and the page that opens one."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from sessions.draft.models.sessions import Session
from sessions.signups import permissions
from sessions.signups.selectors import open_sessions
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests import factories as f
from tests.delegations.helpers import queries, sign_in, text
from tests.sessions.conftest import SOON, open_session, release, session

pytestmark = pytest.mark.django_db
NOW = SOON - timedelta(days=1)


def listed(summit: Summit) -> list[tuple[str, int | None, int, int, bool, bool]]:
    return [
        (each.session.title, each.places.total, each.places.taken, each.places.waiting, each.released, each.drafted)
        for each in open_sessions(summit, NOW)
    ]


def test_open_sessions_say_what_is_taken_and_what_the_next_release_changes(summit: Summit) -> None:
    room = f.RoomFactory(venue__summit=summit, capacity=40)
    first = open_session(summit, places=2, title="First")
    open_session(summit, places=None, room=room, starts_at=SOON + timedelta(minutes=1), title="In the room")
    closing = open_session(summit, places=None, starts_at=SOON + timedelta(minutes=2), title="Closing")
    open_session(summit, starts_at=NOW - timedelta(hours=1), title="Begun")
    session(summit, starts_at=SOON, ends_at=SOON + timedelta(hours=1), title="Of nobody")
    release(summit)
    for state in ("place", "place", "waiting"):
        f.SignUpFactory(session=first, state=state)
    Session.objects.filter(pk=closing.pk).update(sign_up=False)
    open_session(summit, places=7, starts_at=SOON + timedelta(minutes=3), title="Drafted")
    assert listed(summit) == [
        ("First", 2, 2, 1, True, True),
        ("In the room", 40, 0, 0, True, True),
        ("Closing", None, 0, 0, True, False),
        ("Drafted", 7, 0, 0, False, True),
    ]
    assert queries(lambda: open_sessions(summit, NOW)) == 4


def test_the_list_begins_with_them_and_leads_to_each(desk: Client, summit: Summit) -> None:
    row = open_session(summit, places=3, title="Side event")
    release(summit)
    f.SignUpFactory(session=row, state="place")
    path = f"{reverse('admin:agenda_signup_changelist')}?session__summit__id__exact={summit.pk}"
    own = reverse("admin:agenda_session_sign_ups", args=[row.pk])
    shown = desk.get(path)
    assert f'<a href="{own}">' in shown.content.decode()
    assert [each.session for each in shown.context_data["open_sessions"]] == [row]
    # Accreditation reads all sign-ups, and opens no session of the draft.
    accreditation = sign_in(summit, Role.ACCREDITATION).get(path)
    assert [each.session for each in accreditation.context_data["open_sessions"]] == [row]
    assert own not in accreditation.content.decode()


def test_a_session_is_opened_in_one_place(desk: Client, summit: Summit) -> None:
    room = f.RoomFactory(venue__summit=summit, capacity=40)
    row = open_session(summit, places=None, sign_up=False, room=room, title="Side event")
    session(summit, starts_at=SOON, ends_at=SOON + timedelta(hours=1), title="Side event of few")
    path = f"{reverse('admin:agenda_signup_open')}?summit={summit.slug}"
    asked = {"app_label": "agenda", "model_name": "signup", "field_name": "session", "term": "side"}
    found = desk.get(reverse("admin:autocomplete"), {**asked, "summit": summit.slug})
    assert [each["id"] for each in found.json()["results"]] == [str(row.pk)]
    answer = desk.post(path, {"session": row.pk, "capacity": "12"}, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("admin:agenda_session_sign_ups", args=[row.pk])
    assert "“Side event” opens for sign-up with the next release." in text(answer)
    assert "0 of 12 places taken." in text(answer)
    assert "Sign-up opens with the next release." in text(answer)
    row.refresh_from_db()
    assert (row.sign_up, row.capacity) == (True, 12)
    again = desk.post(path, {"session": row.pk})
    assert again.context["form"].errors == {"session": ["Choose a session."]}
    assert sign_in(summit, Role.PROTOCOL).get(path).status_code == 403


def test_whom_the_sign_ups_refuse_sees_no_link_to_them(summit: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
    row = open_session(summit)
    release(summit)
    own = reverse("admin:agenda_session_sign_ups", args=[row.pk])
    page = reverse("admin:agenda_session_detail", args=[row.pk])

    def links(role: Role) -> tuple[bool, int]:
        client = sign_in(summit, role)
        return f"{own}" in client.get(page).content.decode(), client.get(own).status_code

    assert links(Role.PROTOCOL) == (True, 200)
    for role in (Role.CONFERENCE_OFFICER, Role.VIEWER, Role.PRESS_OFFICER):
        assert links(role) == (False, 403)
    # The control: without the question the link leads to a refusal.
    monkeypatch.setattr(f"{permissions.__name__}.allows", lambda *_asked: True)
    assert links(Role.VIEWER) == (True, 403)
