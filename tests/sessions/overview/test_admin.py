"""The agenda's desk: times in the venue's zone, decisions that ask first, the page of a release, the desk's home."""

import re
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.test import RequestFactory

from delegations.parties.models.parties import Party
from sessions.agenda.models.releases import Release
from sessions.draft.models.participants import Participant
from sessions.draft.models.sessions import Session
from sessions.releases.services import releases
from sessions.visibility.models import Visibility
from summit.admin_base import dashboard as admin_base_dashboard
from summit.audit import access_log
from summit.audit.models import AuditEntry
from summit.core.database_clock import db_now
from summit.maintenance.models import Heartbeat
from summit.outbox.models import Message
from summit.people.models import Person
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.undo.models import UndoOffer
from summit.users.models import User
from tests import factories as f
from tests.clients import signed_in
from tests.delegations.helpers import said, sign_in
from tests.sessions.conftest import release, session

pytestmark = pytest.mark.django_db
LIST = "/admin/agenda/session/"
HOUR = timedelta(hours=1)


def values(**changed: Any) -> dict[str, Any]:
    found = {
        "kind": "plenary",
        "title": "Opening",
        "summary": "",
        "starts_at_0": "2025-03-31",
        "starts_at_1": "09:00",
        "ends_at_0": "2025-03-31",
        "ends_at_1": "10:00",
        "room": "",
        "set_up": "0",
        "clear_down": "0",
        "media": "closed",
        "visibility": "public",
    }
    for prefix in ("texts", "interpretation", "participants", "slots"):
        found |= {f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0"}
    return {**found, **changed}


def test_times_are_read_and_shown_in_the_venues_zone() -> None:
    summit = f.SummitFactory(time_zone="Asia/Tokyo", place="<b>Hall</b>")
    desk = sign_in(summit, Role.PROGRAMME)
    response = desk.post(f"{LIST}add/?summit={summit.slug}", values(summit=summit.pk))
    assert response.status_code == 302, response.context["errors"]
    made = Session.objects.get()
    moment = datetime(2025, 3, 31, 0, tzinfo=UTC)
    assert (made.starts_at, made.ends_at) == (moment, moment + timedelta(hours=1))
    page = desk.get(f"{LIST}{made.pk}/change/").content.decode()
    assert 'All times on this page are <bdi lang="en">&lt;b&gt;Hall&lt;/b&gt;</bdi> time (Asia/Tokyo)' in page
    assert "<b>Hall</b>" not in page
    assert ('value="31/03/2025"' in page, 'value="09:00"' in page) == (True, True)


def test_only_what_belongs_to_the_summit_can_be_chosen(summit: Summit) -> None:
    other, made = f.SummitFactory(), session(summit)
    user = f.UserFactory.with_role(Role.PROGRAMME, summit)
    other.roles.create(user=user, role=Role.PROGRAMME)
    client, path = signed_in(user), f"{LIST}{made.pk}/change/"
    room = f.RoomFactory(venue__summit=other, name="Foreign room")
    foreign, own = f.PartyFactory(summit=other, name="Foreignland"), f.PartyFactory(summit=summit, name="Ownland")
    f.PersonFactory(summit=other, office="Foreign minister")
    assert "Foreign" not in client.get(path).content.decode()
    asked = {"app_label": "agenda", "model_name": "participant", "field_name": "party", "summit": summit.slug}
    found = client.get("/admin/autocomplete/", asked)
    assert [entry["text"] for entry in found.json()["results"]] == ["Ownland"]
    wrong = client.post(path, values(summit=summit.pk, room=room.pk) | _participant(party=foreign.pk))
    assert list(wrong.context["adminform"].form.errors) == ["room"]
    assert list(wrong.context["inline_admin_formsets"][2].formset.errors[0]) == ["party"]
    assert client.post(path, values(summit=other.pk)).status_code == 200
    assert not Participant.objects.exists()
    assert client.post(path, values(summit=summit.pk) | _participant(party=own.pk)).status_code == 302
    assert Participant.objects.get().party == own


def _participant(**kwargs: Any) -> dict[str, Any]:
    found = {"position": "0", "role": "participant", "party": "", "level": "", "person": "", "category": "", **kwargs}
    return {"participants-TOTAL_FORMS": "1", **{f"participants-0-{key}": value for key, value in found.items()}}


def test_a_session_is_cancelled_and_reinstated_at_once_and_undone(summit: Summit) -> None:
    desk, made = sign_in(summit, Role.ORGANISER), session(summit, title="Talks")
    page = f"{LIST}{made.pk}/"
    assert f'href="{page}cancel/"' in desk.get(page).content.decode()
    shown = desk.post(f"{page}cancel/", follow=True).content.decode()
    made.refresh_from_db()
    assert (made.cancelled_at is None, f'action="{page}reinstate/"' in shown) == (False, True)
    # Beside the message, and in the history.
    acts = re.findall(r'name="act" value="(\w+)"', shown)
    assert acts == [UndoOffer.objects.latest("pk").public_id] * 2
    desk.post(f"{page}reinstate/")
    made.refresh_from_db()
    assert made.cancelled_at is None
    answer = desk.post("/admin/undo/", {"act": UndoOffer.objects.latest("pk").public_id, "next": page})
    assert (answer["Location"], said(answer)[-1]) == (page, "The session is cancelled again.")
    made.refresh_from_db()
    assert made.cancelled_at is not None


def test_the_first_preview_says_who_will_read_which_parts(summit: Summit) -> None:
    for hour, title in enumerate(("Opening", "Closing")):
        times = {"starts_at": f.START + timedelta(hours=hour), "ends_at": f.START + timedelta(hours=hour + 1)}
        session(summit, title=title, visibility=Visibility.PUBLIC, room_to=Visibility.ACCREDITED, **times)
    session(summit, title="Talks", visibility=Visibility.PARTICIPANTS)
    page = sign_in(summit, Role.ORGANISER).get(f"/admin/agenda/release/prepare/{summit.slug}/")
    found = [(reader, [(line.title, line.parts) for line in lines]) for reader, lines in page.context["audiences"]]
    room = "room: all delegations"
    assert found == [
        ("Everyone", [("Opening", room), ("Closing", room)]),
        ("Participants of the session", [("Talks", "")]),
    ]
    assert "Everyone (2 sessions)" in page.content.decode()
    # What is new was visible to nobody: the first release widens nothing.
    assert page.context["widened"] == 0


def test_a_release_is_previewed_and_made(summit: Summit, parties: dict[str, Party]) -> None:
    room = f.RoomFactory(venue=f.VenueFactory(summit=summit, name="House"), name="Blue Room")
    person = f.PersonFactory(summit=summit, office="Minister")
    talks = session(summit, parties["Aland"], title="Talks", room=room)
    f.ParticipantFactory(session=talks, person=person)
    client, path = sign_in(summit, Role.ORGANISER), f"/admin/agenda/release/prepare/{summit.slug}/"
    release(summit)
    assert "No changes since the last release" in client.get(path).content.decode()

    Session.objects.filter(pk=talks.pk).update(ends_at=f.START + timedelta(hours=2))
    clash = session(summit, title="Clash", room=room, visibility=Visibility.ORGANISERS)
    f.ParticipantFactory(session=clash, person=person)
    page = client.get(path)
    for words in (
        "Room double-booked",
        "Person in two places",
        "aland@mission.example",
        "09:00–\u206011:00 London time (120 minutes)",
        "Emails 1 address now.",
    ):
        assert words in page.content.decode(), words
    # The mission's mailbox is an office's; whoever saw a person's is recorded.
    seen_by = AuditEntry.objects.filter(action=access_log.SEEN, object_type="summit.person")
    assert not seen_by.exists()
    Person.objects.filter(pk=person.pk).update(email="minister@aland.example")
    assert "minister@aland.example" in client.get(path).content.decode()
    assert seen_by.get().detail == {"number": 1, "keys": [person.public_id]}
    Person.objects.filter(pk=person.pk).update(email="")
    client.post(path, {"note": "x", "expected": "another"})
    answer = client.post(path, {"note": "Longer talks", "expected": page.context["form"].initial["expected"]})
    assert [words.split(".")[0] for words in said(answer)] == [
        "The draft has changed since you opened this page",
        "Release 2 published",
    ]
    assert list(Release.objects.order_by("number").values_list("number", "note")) == [(1, ""), (2, "Longer talks")]
    assert Message.objects.filter(kind="agenda_change", version=2).count() == 1


def test_what_more_people_may_know_stands_above_the_changes(summit: Summit, organiser: User) -> None:
    def made(title: str, visibility: str, **more: str) -> Session:
        return f.SessionFactory(summit=summit, title=title, visibility=visibility, **more)

    wider, part = made("Wider", "organisers"), made("Part", "public", room_to="participants")
    fewer, opened = made("Fewer", "public"), made("Opened", "participants", times_to="organisers")
    client = signed_in(organiser)
    path = f"/admin/agenda/release/prepare/{summit.slug}/"
    first = releases.release(summit=summit, by=organiser)
    Session.objects.filter(pk=wider.pk).update(visibility="public")
    Session.objects.filter(pk=part.pk).update(room_to="")
    Session.objects.filter(pk=fewer.pk).update(visibility="organisers", summary="More")
    # The session is for more, and its times are not.
    Session.objects.filter(pk=opened.pk).update(visibility="public")
    made("New", "public")
    answer = client.get(path)
    assert sorted(title for _url, title in answer.context["widened_named"]) == ["Opened", "Part", "Wider"]
    page = answer.content.decode()
    said = page.index("3 sessions become visible to more people, in full or in part:")
    assert page.index('id="changes"') < said < page.index("Display of changes")
    assert f'<a href="{LIST}{wider.pk}/">' in page[said : said + 700]
    # The way back says it of the session that it shows to more again.
    back = client.get(f"/admin/agenda/release/{first.pk}/restore/")
    assert [title for _url, title in back.context["widened_named"]] == ["Fewer"]
    assert "1 session becomes visible to more people" in back.content.decode()


# --- The home of the desk -----------------------------------------------------------------------------------------
def tasks(summit: Summit, role: Role) -> list[admin_base_dashboard.Task]:
    Heartbeat.objects.get_or_create(name="sweep")
    request: Any = RequestFactory().get("/admin/")
    request.user = f.UserFactory.with_role(role, summit)
    return admin_base_dashboard.tasks(request, summit)


def opened(summit: Summit, task: admin_base_dashboard.Task) -> list[str]:
    client = signed_in(f.UserFactory.with_role(Role.PROGRAMME, summit))
    page = client.get(task.address)
    assert page.status_code == 200
    return sorted(row.title for row in page.context["cl"].result_list)


def test_only_who_releases_is_told_to(summit: Summit, organiser: User) -> None:
    f.SessionFactory(summit=summit)
    (task,) = tasks(summit, Role.ORGANISER)
    assert task.sentence == "1 unreleased session. Preview the first release."
    assert task.address == f"/admin/agenda/release/prepare/{summit.slug}/"
    assert tasks(summit, Role.PROGRAMME) == []
    releases.release(summit=summit, by=organiser)
    assert tasks(summit, Role.ORGANISER) == []
    f.SessionFactory.create_batch(2, summit=summit)
    (task,) = tasks(summit, Role.ORGANISER)
    assert task.sentence == "2 sessions have changed since release 1. Preview the next release."


def test_what_starts_within_the_hour_and_later_today(summit: Summit) -> None:
    # A venue where it is morning, so that there is a later; zones end at twelve hours behind UTC.
    now = db_now()
    behind = min(now.hour - 9, 12)
    summit.time_zone = f"Etc/GMT{behind:+d}" if behind else "UTC"
    summit.starts_on = now.date() - timedelta(days=1)
    summit.ends_on = now.date() + timedelta(days=2)
    summit.save()
    midnight = datetime.combine(now.astimezone(summit.zone).date() + timedelta(days=1), time(), summit.zone)
    starts = {"Past": now - HOUR, "Soon": now + HOUR / 2, "Later": now + 2 * HOUR, "Tomorrow": midnight}
    for title, start in starts.items():
        f.SessionFactory(summit=summit, title=title, starts_at=start, ends_at=start + HOUR / 4)
    f.SessionFactory(summit=summit, title="Off", starts_at=now + HOUR / 2, ends_at=now + HOUR, cancelled_at=now)
    hour, later = tasks(summit, Role.PROGRAMME)
    assert (hour.word, hour.sentence) == ("now", "1 session starts within the hour.")
    assert (later.word, later.sentence) == ("next", "1 session starts later today.")
    assert opened(summit, hour) == ["Soon"]
    assert opened(summit, later) == ["Later"]
