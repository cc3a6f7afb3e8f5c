"""The agenda's desk: times in the venue's zone, decisions that ask first, the page of a release."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from delegations.parties.models.parties import Party
from sessions.agenda.models.releases import Release
from sessions.draft.models.participants import Participant
from sessions.draft.models.sessions import Session
from sessions.releases.services import releases
from sessions.visibility.models import Visibility
from summit.audit import access_log
from summit.audit.models import AuditEntry
from summit.outbox.models import Message
from summit.people.models import Person
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.undo.models import UndoOffer
from summit.users.models import User
from tests import factories as f
from tests.clients import signed_in
from tests.delegations.helpers import sign_in
from tests.sessions.conftest import session

pytestmark = pytest.mark.django_db
LIST = "/admin/agenda/session/"


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


@pytest.mark.parametrize(
    ("zone", "day", "moment"),
    [
        ("Europe/London", "2025-03-29", datetime(2025, 3, 29, 9, tzinfo=UTC)),
        ("Asia/Tokyo", "2025-03-31", datetime(2025, 3, 31, 0, tzinfo=UTC)),
    ],
)
def test_times_are_read_and_shown_in_the_venues_zone(zone: str, day: str, moment: datetime) -> None:
    summit = f.SummitFactory(time_zone=zone, place="Here")
    desk = sign_in(summit, Role.PROGRAMME)
    sent = values(summit=summit.pk, starts_at_0=day, ends_at_0=day)
    response = desk.post(f"{LIST}add/?summit={summit.slug}", sent)
    assert response.status_code == 302, response.context["errors"]
    made = Session.objects.get()
    assert (made.starts_at, made.ends_at) == (moment, moment + timedelta(hours=1))
    page = desk.get(f"{LIST}{made.pk}/change/").content.decode()
    assert f'All times on this page are <bdi lang="en">Here</bdi> time ({zone})' in page
    assert f'value="{made.starts_at.astimezone(summit.zone):%d/%m/%Y}"' in page
    assert 'value="09:00"' in page
    listed = desk.get(LIST).content.decode()
    assert ">09:00–\u206010:00</td>" in listed
    assert re.findall(r'scope="rowgroup"[^>]*>([^<]+)<', listed) == [f"{made.starts_at:%A %-d %B %Y}, Here time"]


def test_a_time_that_the_clocks_skip_is_refused(summit: Summit) -> None:
    sent = values(summit=summit.pk, starts_at_0="2025-03-30", starts_at_1="01:30", ends_at_0="2025-03-30")
    response = sign_in(summit, Role.PROGRAMME).post(f"{LIST}add/?summit={summit.slug}", sent)
    assert response.status_code == 200
    assert "starts_at" in response.context["adminform"].form.errors
    assert not Session.objects.exists()


def test_only_what_belongs_to_the_summit_can_be_chosen(summit: Summit) -> None:
    other = f.SummitFactory()
    user = f.UserFactory.with_role(Role.PROGRAMME, summit)
    other.roles.create(user=user, role=Role.PROGRAMME)
    client = signed_in(user)
    made = session(summit)
    foreign_room = f.RoomFactory(venue=f.VenueFactory(summit=other), name="Foreign room")
    foreign, own = f.PartyFactory(summit=other, name="Foreignland"), f.PartyFactory(summit=summit, name="Ownland")
    f.PersonFactory(summit=other, office="Foreign minister")
    page = client.get(f"{LIST}{made.pk}/change/").content.decode()
    found = client.get(
        "/admin/autocomplete/",
        {"app_label": "agenda", "model_name": "participant", "field_name": "party", "summit": summit.slug},
    )
    assert [entry["text"] for entry in found.json()["results"]] == ["Ownland"]
    for name in ("Foreign room", "Foreignland", "Foreign minister"):
        assert name not in page
    for wrong in (
        values(summit=summit.pk, room=foreign_room.pk),
        values(summit=other.pk),
        values(summit=summit.pk) | _participant(party=foreign.pk),
    ):
        assert client.post(f"{LIST}{made.pk}/change/", wrong).status_code == 200
    assert not Participant.objects.exists()
    right = values(summit=summit.pk) | _participant(party=own.pk)
    assert client.post(f"{LIST}{made.pk}/change/", right).status_code == 302
    assert Participant.objects.get().party == own


def _participant(**kwargs: Any) -> dict[str, Any]:
    found = {"position": "0", "role": "participant", "party": "", "level": "", "person": "", "category": "", **kwargs}
    return {"participants-TOTAL_FORMS": "1", **{f"participants-0-{key}": value for key, value in found.items()}}


def test_every_edit_is_recorded_by_names_of_fields(desk: Client, summit: Summit) -> None:
    made = session(summit, title="Before", kind="plenary", visibility="public", ends_at=f.START + timedelta(hours=1))
    party = f.PartyFactory(summit=summit)
    desk.post(f"{LIST}{made.pk}/change/", values(summit=summit.pk, title="After") | _participant(party=party.pk))
    found = list(AuditEntry.objects.order_by("id").values_list("action", "object_key", "fields", "detail"))
    assert found == [
        ("agenda.session.change", made.public_id, ["title"], {}),
        ("agenda.participants", made.public_id, [], {"added": 1, "changed": 0, "removed": 0}),
    ]


def test_a_session_is_cancelled_and_reinstated_at_once_and_undone(summit: Summit) -> None:
    desk, made = sign_in(summit, Role.ORGANISER), session(summit, title="Talks")
    for action, stands in (("cancel", False), ("reinstate", True)):
        path = f"{LIST}{made.pk}/{action}/"
        assert f'action="{path}"' in desk.get(f"{LIST}{made.pk}/").content.decode()
        assert desk.get(path).status_code == 405
        page = desk.post(path, follow=True).content.decode()
        made.refresh_from_db()
        assert (made.cancelled_at is None) is stands
        # Beside the message, and in the history.
        acts = re.findall(r'name="act" value="(\w+)"', page)
        assert acts[0] == UndoOffer.objects.latest("pk").public_id
        assert acts[0] in acts[1:]
    answer = desk.post("/admin/undo/", {"act": acts[0], "next": f"{LIST}{made.pk}/"}, follow=True)
    assert answer.redirect_chain == [(f"{LIST}{made.pk}/", 302)]
    assert "The session is cancelled again." in answer.content.decode()
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


def test_a_release_is_previewed_and_made(summit: Summit, parties: dict[str, Party]) -> None:
    room = f.RoomFactory(venue=f.VenueFactory(summit=summit, name="House"), name="Blue Room")
    talks = session(summit, parties["Aland"], title="Talks", room=room)
    person = f.PersonFactory(summit=summit, office="Minister")
    f.ParticipantFactory(session=talks, person=person)
    client = sign_in(summit, Role.ORGANISER)
    path = f"/admin/agenda/release/prepare/{summit.slug}/"
    first = client.get(path).context["form"].initial["expected"]
    assert client.post(path, {"note": "", "expected": first}).status_code == 302
    assert "No changes since the last release" in client.get(path).content.decode()

    Session.objects.filter(pk=talks.pk).update(ends_at=f.START + timedelta(hours=2))
    clash = session(summit, title="Clash", room=room, visibility=Visibility.ORGANISERS)
    f.ParticipantFactory(session=clash, person=person)
    page = client.get(path).content.decode()
    for words in (
        "Room double-booked",
        "Person in two places",
        "aland@mission.example",
        "09:00–\u206011:00 London time (120 minutes)",
        "Emails 1 address now.",
    ):
        assert words in page, words
    # The mission's mailbox is an office's; whoever saw a person's is recorded.
    seen_by = AuditEntry.objects.filter(action=access_log.SEEN, object_type="summit.person")
    assert not seen_by.exists()
    Person.objects.filter(pk=person.pk).update(email="minister@aland.example")
    assert "minister@aland.example" in client.get(path).content.decode()
    assert seen_by.get().detail == {"number": 1, "keys": [person.public_id]}
    Person.objects.filter(pk=person.pk).update(email="")
    answer = client.post(path, {"note": "x", "expected": first}, follow=True)
    assert "The draft has changed since you opened this page" in answer.content.decode()
    expected = client.get(path).context["form"].initial["expected"]
    answer = client.post(path, {"note": "Longer talks", "expected": expected}, follow=True)
    assert "Release 2 published." in answer.content.decode()
    assert list(Release.objects.order_by("number").values_list("number", "note")) == [(1, ""), (2, "Longer talks")]
    assert Message.objects.filter(kind="agenda_change").count() == 1


def test_what_more_people_may_know_stands_above_the_changes(summit: Summit, organiser: User) -> None:
    def made(title: str, visibility: str, **more: str) -> Session:
        return f.SessionFactory(summit=summit, title=title, visibility=visibility, **more)

    wider, part = made("Wider", "organisers"), made("Part", "public", room_to="participants")
    fewer, opened = made("Fewer", "public"), made("Opened", "participants", times_to="organisers")
    client = signed_in(organiser)
    path = f"/admin/agenda/release/prepare/{summit.slug}/"
    # What is new was visible to nobody: the first release widens nothing.
    assert client.get(path).context["widened"] == 0
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


def test_the_home_of_the_desk_says_how_far_the_draft_is(summit: Summit, organiser: User) -> None:
    made = session(summit)
    releases.release(summit=summit, by=organiser)
    client = signed_in(organiser)
    assert f"/admin/agenda/release/prepare/{summit.slug}/" not in client.get("/admin/").content.decode()
    Session.objects.filter(pk=made.pk).update(title="Another")
    page = client.get("/admin/").content.decode()
    assert "1 session has changed since release 1." in page
    assert f"/admin/agenda/release/prepare/{summit.slug}/" in page


def test_a_place_is_no_markup_below_a_moment() -> None:
    summit = f.SummitFactory(place="<b>Hall</b>")
    page = sign_in(summit, Role.PROGRAMME).get(f"{LIST}add/").content.decode()
    assert "&lt;b&gt;Hall&lt;/b&gt;</bdi> time (" in page
    assert "<b>Hall</b>" not in page
