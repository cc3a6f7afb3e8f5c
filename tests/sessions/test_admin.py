"""The agenda's desk: times in the venue's zone, decisions that ask first, the page of a release."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from delegations.models import Party
from sessions.domain import releases
from sessions.models import Participant, Release, Session, Visibility
from summit.domain import seen
from summit.models import AuditEntry, Person, Role, Summit, User
from summit.outbox.models import Message
from tests.delegations.helpers import sign_in, signed_in
from tests.factories import (
    START,
    ParticipantFactory,
    PartyFactory,
    PersonFactory,
    RoomFactory,
    SessionFactory,
    SlotFactory,
    SummitFactory,
    UserFactory,
    VenueFactory,
)
from tests.sessions.conftest import fill, session

pytestmark = pytest.mark.django_db
LIST = "/admin/programme/session/"


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
    summit = SummitFactory(time_zone=zone, place="Here")
    client = sign_in(summit, Role.PROGRAMME)
    sent = values(summit=summit.pk, starts_at_0=day, ends_at_0=day)
    response = client.post(f"{LIST}add/?summit={summit.slug}", sent)
    assert response.status_code == 302, response.context["errors"]
    made = Session.objects.get()
    assert (made.starts_at, made.ends_at) == (moment, moment + timedelta(hours=1))
    page = client.get(f"{LIST}{made.pk}/change/").content.decode()
    assert f'All times on this page are <bdi lang="en">Here</bdi> time ({zone})' in page
    assert f'value="{day}"' in page
    assert 'value="09:00"' in page
    listed = client.get(LIST).content.decode()
    assert ">09:00–\u206010:00</td>" in listed
    arabic = client.get(LIST, {"lang": "ar"}, follow=True).content.decode()
    assert ">09:00 إلى\u00a0\u206010:00</td>" in arabic
    assert re.findall(r'scope="rowgroup"[^>]*>([^<]+)<', listed) == [f"{made.starts_at:%A %-d %B %Y}, Here time"]


def test_a_time_that_the_clocks_skip_is_refused(summit: Summit) -> None:
    sent = values(summit=summit.pk, starts_at_0="2025-03-30", starts_at_1="01:30", ends_at_0="2025-03-30")
    response = sign_in(summit, Role.PROGRAMME).post(f"{LIST}add/?summit={summit.slug}", sent)
    assert response.status_code == 200
    assert "starts_at" in response.context["adminform"].form.errors
    assert not Session.objects.exists()


def test_only_what_belongs_to_the_summit_can_be_chosen(summit: Summit) -> None:
    other = SummitFactory()
    user = UserFactory.with_role(Role.PROGRAMME, summit)
    other.roles.create(user=user, role=Role.PROGRAMME)
    client = signed_in(user)
    made = session(summit)
    foreign_room = RoomFactory(venue=VenueFactory(summit=other), name="Foreign room")
    foreign, own = PartyFactory(summit=other, name="Foreignland"), PartyFactory(summit=summit, name="Ownland")
    PersonFactory(summit=other, office="Foreign minister")
    page = client.get(f"{LIST}{made.pk}/change/").content.decode()
    assert "Ownland" in page
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


def test_a_participant_is_a_party_or_a_person(summit: Summit) -> None:
    made = session(summit)
    client = sign_in(summit, Role.PROGRAMME)
    party, person = PartyFactory(summit=summit), PersonFactory(summit=summit)
    for wrong in (_participant(), _participant(party=party.pk, person=person.pk, role="chair")):
        response = client.post(f"{LIST}{made.pk}/change/", values(summit=summit.pk) | wrong)
        if wrong["participants-0-party"]:
            assert b"Choose a party, a person or a category: one of the three." in response.content
    assert not Participant.objects.exists()


def test_every_edit_is_recorded_by_names_of_fields(summit: Summit) -> None:
    made = session(summit, title="Before", kind="plenary", visibility="public", ends_at=START + timedelta(hours=1))
    party = PartyFactory(summit=summit)
    client = sign_in(summit, Role.PROGRAMME)
    client.post(f"{LIST}{made.pk}/change/", values(summit=summit.pk, title="After") | _participant(party=party.pk))
    found = list(AuditEntry.objects.order_by("id").values_list("action", "object_key", "fields", "detail"))
    assert found == [
        ("sessions.session.change", made.public_id, ["title"], {}),
        ("sessions.participants", made.public_id, [], {"added": 1, "changed": 0, "removed": 0}),
    ]


def test_a_session_is_cancelled_after_asking_and_can_be_reinstated(summit: Summit) -> None:
    made = session(summit, title="Talks")
    client = sign_in(summit, Role.PROGRAMME)
    assert f'href="{LIST}{made.pk}/cancel/"' in client.get(f"{LIST}{made.pk}/change/").content.decode()
    assert b"Cancel session" in client.get(f"{LIST}{made.pk}/cancel/").content
    made.refresh_from_db()
    assert made.cancelled_at is None
    assert client.post(f"{LIST}{made.pk}/cancel/").status_code == 302
    made.refresh_from_db()
    assert made.cancelled_at is not None
    assert f'href="{LIST}{made.pk}/reinstate/"' in client.get(f"{LIST}{made.pk}/change/").content.decode()
    assert client.post(f"{LIST}{made.pk}/reinstate/").status_code == 302
    made.refresh_from_db()
    assert made.cancelled_at is None
    assert list(AuditEntry.objects.order_by("id").values_list("action", flat=True)) == [
        "sessions.cancel",
        "sessions.reinstate",
    ]


def test_who_may_look_cancel_and_release(summit: Summit) -> None:
    made = session(summit)
    prepare = f"/admin/programme/release/prepare/{summit.slug}/"

    def asked(client: Client) -> list[int]:
        page, cancel = f"{LIST}{made.pk}/change/", f"{LIST}{made.pk}/cancel/"
        return [answer.status_code for answer in (client.get(page), client.post(cancel), client.get(prepare))]

    # With a role in another summit nothing of this one is there.
    stranger = sign_in(SummitFactory(), Role.ORGANISER)
    assert asked(stranger) == asked(sign_in(summit, Role.VETTING)) == [404, 404, 404]
    assert asked(sign_in(summit, Role.VIEWER)) == [200, 403, 403]
    assert asked(sign_in(summit, Role.DELEGATE)) == [302, 302, 302]
    made.refresh_from_db()
    assert made.cancelled_at is None
    assert asked(sign_in(summit, Role.PROGRAMME)) == [200, 302, 403]
    made.refresh_from_db()
    assert made.cancelled_at is not None


def test_a_release_is_previewed_and_made(summit: Summit, parties: dict[str, Party]) -> None:
    room = RoomFactory(venue=VenueFactory(summit=summit, name="House"), name="Blue Room")
    talks = session(summit, parties["Aland"], title="Talks", room=room)
    person = PersonFactory(summit=summit, office="Minister")
    ParticipantFactory(session=talks, person=person)
    client = sign_in(summit, Role.ORGANISER)
    path = f"/admin/programme/release/prepare/{summit.slug}/"
    assert "Release agenda 1" in client.get(path).content.decode()
    first = client.get(path).context["form"].initial["expected"]
    assert client.post(path, {"note": "", "expected": first}).status_code == 302
    assert "nothing to release" in client.get(path).content.decode()

    Session.objects.filter(pk=talks.pk).update(ends_at=START + timedelta(hours=2))
    clash = session(summit, title="Clash", room=room, visibility=Visibility.ORGANISERS)
    ParticipantFactory(session=clash, person=person)
    page = client.get(path).content.decode()
    for words in (
        "Release agenda 2",
        "Room taken twice",
        "Blue Room, House",
        "Person in two places",
        "aland@mission.example",
        "Longer",
        "09:00–\u206010:00 London time (60 minutes)",
        "09:00–\u206011:00 London time (120 minutes)",
        "1 mailbox is written to at once.",
    ):
        assert words in page, words
    # The mission's mailbox is an office's; whoever saw a person's is recorded.
    seen_by = AuditEntry.objects.filter(action=seen.SEEN, object_type="summit.person")
    assert not seen_by.exists()
    Person.objects.filter(pk=person.pk).update(email="minister@aland.example")
    assert "minister@aland.example" in client.get(path).content.decode()
    assert seen_by.get().detail == {"number": 1, "keys": [person.public_id]}
    Person.objects.filter(pk=person.pk).update(email="")
    answer = client.post(path, {"note": "x", "expected": first}, follow=True)
    assert "The draft has changed since this page was shown" in answer.content.decode()
    expected = client.get(path).context["form"].initial["expected"]
    answer = client.post(path, {"note": "Longer talks", "expected": expected}, follow=True)
    assert "Release 2 is out." in answer.content.decode()
    assert list(Release.objects.order_by("number").values_list("number", "note")) == [(1, ""), (2, "Longer talks")]
    assert Message.objects.filter(kind="agenda_change").count() == 1


def test_what_more_people_may_know_stands_above_the_changes(summit: Summit, organiser: User) -> None:
    def made(title: str, visibility: str, **more: str) -> Session:
        return SessionFactory(summit=summit, title=title, visibility=visibility, **more)

    wider, part = made("Wider", "organisers"), made("Part", "public", room_to="participants")
    fewer, opened = made("Fewer", "public"), made("Opened", "participants", times_to="organisers")
    client = signed_in(organiser)
    path = f"/admin/programme/release/prepare/{summit.slug}/"
    # What is new was visible to nobody: the first release widens nothing.
    assert client.get(path).context["widened"] == 0
    first = releases.release(summit=summit, by=organiser)
    Session.objects.filter(pk=wider.pk).update(visibility="public")
    few = _queries(client, path)
    Session.objects.filter(pk=part.pk).update(room_to="")
    Session.objects.filter(pk=fewer.pk).update(visibility="organisers", summary="More")
    # The session is for more, and its times are not.
    Session.objects.filter(pk=opened.pk).update(visibility="public")
    made("New", "public")
    assert _queries(client, path) == few
    answer = client.get(path)
    assert sorted(title for _url, title in answer.context["widened_named"]) == ["Opened", "Part", "Wider"]
    page = answer.content.decode()
    said = page.index("3 sessions become visible to more people, as a whole or in part:")
    assert page.index('id="changes"') < said < page.index("How changes are shown")
    assert f'<a href="{LIST}{wider.pk}/change/">' in page[said : said + 700]
    # The way back says it of the session that it shows to more again.
    back = client.get(f"/admin/programme/release/{first.pk}/restore/")
    assert [title for _url, title in back.context["widened_named"]] == ["Fewer"]
    assert "1 session becomes visible to more people" in back.content.decode()


def test_the_list_filters_by_the_venues_day(summit: Summit) -> None:
    late = datetime(2025, 3, 31, 23, 30, tzinfo=UTC)  # 00:30 in London on the first of April
    session(summit, title="Nightcap", starts_at=late, ends_at=late + timedelta(minutes=20))
    session(summit, title="Breakfast")
    client = sign_in(summit, Role.VIEWER)
    first = client.get(f"{LIST}?day=2025-03-31").content.decode()
    second = client.get(f"{LIST}?day=2025-04-01").content.decode()
    assert ("Breakfast" in first, "Nightcap" in first) == (True, False)
    assert ("Breakfast" in second, "Nightcap" in second) == (False, True)
    assert client.get(f"{LIST}?day=nonsense").status_code == 200
    Session.objects.filter(title="Breakfast").update(cancelled_at=late)
    cancelled = client.get(f"{LIST}?state=cancelled").content.decode()
    assert ("Breakfast" in cancelled, "Nightcap" in cancelled) == (True, False)


def test_the_home_of_the_desk_says_how_far_the_draft_is(summit: Summit, organiser: User) -> None:
    made = session(summit)
    releases.release(summit=summit, by=organiser)
    client = signed_in(organiser)
    assert "released as it stands" in client.get("/admin/").content.decode()
    Session.objects.filter(pk=made.pk).update(title="Another")
    page = client.get("/admin/").content.decode()
    assert "differs from what is released in 1 session" in page
    assert f"/admin/programme/release/prepare/{summit.slug}/" in page


def _queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


def test_the_number_of_queries_does_not_grow(summit: Summit, organiser: User, parties: dict[str, Party]) -> None:
    client = signed_in(organiser)
    fill(summit, 2, *parties.values())
    releases.release(summit=summit, by=organiser)
    Session.objects.update(title="Changed")
    made = Session.objects.order_by("id")[0]
    lists = [LIST, f"{LIST}?q=session&kind=working_session"]
    paths = [*lists, f"{LIST}{made.pk}/change/", f"/admin/programme/release/prepare/{summit.slug}/", "/admin/"]
    # Who looks at people for the first time is recorded.
    client.get(paths[2])
    few = {path: _queries(client, path) for path in paths}
    fill(summit, 4, *parties.values())
    for _ in range(3):
        SlotFactory(session=made, speaker=PersonFactory(summit=summit))
        ParticipantFactory(session=made, person=PersonFactory(summit=summit))
    assert {path: _queries(client, path) for path in paths} == few


def test_a_place_is_no_markup_below_a_moment() -> None:
    summit = SummitFactory(place="<b>Hall</b>")
    page = sign_in(summit, Role.PROGRAMME).get(f"{LIST}add/").content.decode()
    assert "&lt;b&gt;Hall&lt;/b&gt;</bdi> time (" in page
    assert "<b>Hall</b>" not in page
