"""The list of the draft: what it is narrowed to, what is found in it, and kinds of a summit's own."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.html import strip_tags

from delegations.parties.models.parties import PartyName
from sessions.delays.models import SessionRun
from sessions.draft.models.sessions import Session, SessionText
from summit.admin_base.search import matching
from summit.core.database_clock import db_now
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.delegations.helpers import sign_in, text
from tests.sessions.overview import test_admin

pytestmark = pytest.mark.django_db
LIST = "/admin/agenda/session/"
KINDS = "/admin/agenda/customkind/"


def titles(client: Client, **asked: Any) -> list[str]:
    response = client.get(LIST, asked)
    assert response.status_code == 200
    return sorted(row.title for row in response.context["cl"].result_list)


def test_a_list_is_narrowed_by_what_a_session_is(desk: Client, summit: Summit) -> None:
    own = f.CustomKindFactory(summit=summit, name="Fireside talk", like="retreat")
    room = f.RoomFactory(venue=f.VenueFactory(summit=summit))
    f.SessionFactory(summit=summit, title="Talk", custom_kind=own, kind="retreat", room=room, media="open")
    f.SessionFactory(summit=summit, title="Plenary", kind="plenary", visibility="public", sign_up=True)
    here = {"summit__id__exact": summit.pk}
    assert titles(desk, kind=f"own:{own.pk}", **here) == ["Talk"]
    assert titles(desk, kind="plenary", room="none", sign_up__exact="1") == ["Plenary"]
    assert titles(desk, kind="plenary", room=room.pk) == []
    assert titles(desk, media__exact="open", visibility__exact="participants", room=room.pk) == ["Talk"]
    # What is nonsense is no error.
    assert titles(desk, kind="own:x", room="x", day="nonsense") == []
    assert desk.get(LIST, {"kind": "nonsense", "room": "9" * 40}).status_code == 302


def test_a_list_is_narrowed_by_the_venues_day_and_what_was_cancelled(summit: Summit) -> None:
    late = datetime(2025, 3, 31, 23, 30, tzinfo=UTC)  # 00:30 in London on the first of April
    f.SessionFactory(summit=summit, title="Nightcap", starts_at=late, ends_at=late + timedelta(minutes=20))
    f.SessionFactory(summit=summit, title="Breakfast", cancelled_at=late)
    client = sign_in(summit, Role.VIEWER)
    assert titles(client, day="2025-03-31") == ["Breakfast"]
    assert titles(client, day="2025-04-01") == ["Nightcap"]
    assert titles(client, state="cancelled") == ["Breakfast"]


def test_the_list_says_what_is_in_progress_and_what_is_over(desk: Client, summit: Summit, organiser: User) -> None:
    now, minute, day = db_now(), timedelta(minutes=1), timedelta(days=1)
    # Without the conflict that a session lies outside the summit's days.
    Summit.objects.filter(pk=summit.pk).update(starts_on=now - 3 * day, ends_on=now + 3 * day)
    planned: dict[str, tuple[int, int]] = {
        "Ahead": (10, 70), "Now": (-10, 50), "Past": (-90, -30),
        "Early": (5, 60), "Short": (-60, 10), "Long": (-90, -5), "Forgotten": (-24 * 60, -23 * 60),
    }  # fmt: skip
    rows = {
        title: f.SessionFactory(
            summit=summit, title=title, starts_at=now + start * minute, ends_at=now + end * minute
        )
        for title, (start, end) in planned.items()
    }
    f.SessionFactory(summit=summit, title="Off", starts_at=now, ends_at=now + minute, cancelled_at=now)
    for title in ("Early", "Short", "Long", "Forgotten"):
        ended = {"ended_at": now, "ended_by": organiser} if title == "Short" else {}
        SessionRun.objects.create(
            session=rows[title], started_at=now - 25 * 60 * minute, started_by=organiser, **ended
        )
    words = {"scheduled": "scheduled", "running": "in progress", "over": "over", "cancelled": "cancelled"}
    found: dict[str, list[str]] = {}
    for value, word in words.items():
        response = desk.get(LIST, {"state": value})
        shown = re.findall(r">(\w+)</a></bdi>.*?data-label=\"State\"[^>]*>(.*?)</td>", text(response))
        assert {strip_tags(state) for _title, state in shown} == {word}
        found[value] = sorted(title for title, _state in shown)
    assert found == {
        "scheduled": ["Ahead"],
        "running": ["Early", "Long", "Now"],
        "over": ["Forgotten", "Past", "Short"],
        "cancelled": ["Off"],
    }
    assert titles(desk, state="stands") == sorted(rows)


def test_a_search_finds_titles_in_all_languages_parties_and_people(desk: Client, summit: Summit) -> None:
    row = f.SessionFactory(summit=summit, title="Supply chains")
    f.SessionFactory(summit=summit, title="Other")
    SessionText.objects.create(session=row, language="fr", title="Chaînes d’approvisionnement")
    party = f.PartyFactory(summit=summit, name="Aland")
    PartyName.objects.create(party=party, language="ar", name="جزيرة")
    f.ParticipantFactory(session=row, party=party)
    f.ParticipantFactory(session=row, person=f.PersonFactory(summit=summit, name="Ada Example", office="Envoy"))
    f.SlotFactory(
        session=row, speaker=f.PersonFactory(summit=summit, name="", office="Commissioner"), title="Keynote"
    )
    for wanted in ("supply", "chaines", "جزيرة", "envoy", "commissioner", "keynote", "aland chaines"):
        assert list(matching(Session, Session.objects.all(), wanted)) == [row], wanted
    assert list(matching(Session, Session.objects.all(), "aland other")) == []
    assert titles(desk, q="aland") == ["Supply chains"]
    assert titles(sign_in(f.SummitFactory(), Role.PROGRAMME), q="aland") == []


class TestKinds:
    def values(self, summit: Summit, **changed: str) -> dict[str, Any]:
        given = {"summit": summit.pk, "name": "Fireside talk", "like": "retreat"}
        return {**given, "name_en": "", "name_fr": "Coin du feu", "name_ar": "حديث", **changed}

    def test_a_session_of_a_kind_is_what_the_kind_works_like(self, desk: Client, summit: Summit) -> None:
        own = f.CustomKindFactory(summit=summit, name="Fireside talk", like="retreat")
        f.CustomKindFactory(name="Of another summit")
        sent = test_admin.values(summit=summit.pk, kind=f"own:{own.pk}")
        assert desk.post(f"{LIST}add/?summit={summit.slug}", sent).status_code == 302
        made = Session.objects.get()
        assert (made.kind, made.custom_kind) == ("retreat", own)
        page = desk.get(f"{LIST}{made.pk}/change/").content.decode()
        assert (f'value="own:{own.pk}" selected' in page, "Of another summit" in page) == (True, False)
        assert desk.post(f"{KINDS}{own.pk}/change/", self.values(summit, like="reception")).status_code == 302
        made.refresh_from_db()
        assert (made.kind, made.revision) == ("reception", 1)
        sent = test_admin.values(summit=summit.pk, kind="plenary")
        assert desk.post(f"{LIST}{made.pk}/change/", sent).status_code == 302
        made.refresh_from_db()
        assert (made.kind, made.custom_kind) == ("plenary", None)


def test_texts_interpretation_and_who_takes_part_are_rows_of_the_page(summit: Summit) -> None:
    client, party = sign_in(summit, Role.PROGRAMME), f.PartyFactory(summit=summit)
    sent = test_admin.values(
        summit=summit.pk, set_up="30", clear_down="", capacity="40", visibility="accredited", sign_up="on"
    )
    # A part may be shown to the same as the session.
    sent |= {"title_to": "accredited", "room_to": "participants", "media": "pooled", "pinned": "on"}
    rows: dict[str, dict[str, Any]] = {
        "texts": {"language": "fr", "title": "Ouverture", "summary": ""},
        "interpretation": {"source": "en", "target": "zh", "booth": "3"},
        "participants": {"position": "0", "role": "participant", "party": party.pk, "level": "head1", "person": ""},
    }
    for prefix, row in rows.items():
        sent |= {f"{prefix}-TOTAL_FORMS": "1", **{f"{prefix}-0-{name}": value for name, value in row.items()}}
    response = client.post(f"{LIST}add/?summit={summit.slug}", sent)
    assert response.status_code == 302, response.context["errors"]
    made = Session.objects.get()
    stood = (made.set_up, made.clear_down, made.capacity, made.room_to, made.media, made.pinned, made.sign_up)
    assert stood == (30, 0, 40, "participants", "pooled", True, True)
    assert [str(row) for row in (*made.texts.all(), *made.interpretation.all())] == ["Ouverture", "en → zh"]
    page = client.get(f"{LIST}{made.pk}/change/").content.decode()
    six = [page.index(f'value="{code}"', page.index("Official languages")) for code in ("ar", "zh", "en", "fr", "ru")]
    assert six == sorted(six)
