"""The page that runs the speakers' list: what it shows, what a press does, and that two pages agree."""

from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from sessions.draft.models.sessions import Session
from sessions.speakers.models import SpeechRun
from summit.core.database_clock import db_now
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.undo.models import UndoOffer
from tests.delegations.helpers import sign_in
from tests.factories import PersonFactory, SlotFactory
from tests.sessions.conftest import Parties, session
from tests.sessions.speakers.test_speech_clock import MINUTE, shift

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(summit: Summit, parties: Parties) -> Session:
    made = session(summit, *parties.values())
    for position, name in enumerate("ABC"):
        SlotFactory(session=made, speaker=PersonFactory(summit=summit, name=name, office=""), position=position)
    return made


@pytest.fixture
def tablet(summit: Summit) -> Client:
    """The tablet of a conference officer."""
    return sign_in(summit, Role.CONFERENCE_OFFICER)


def page(row: Session) -> str:
    return f"/admin/agenda/session/{row.pk}/speaking/"


def press(client: Client, row: Session, act: str, name: str = "A", more: str = "", **fields: str) -> list[str]:
    """Press a button of a speech, and return what the page says."""
    key = row.slots.get(speaker__name=name).pk
    response = client.post(page(row), {"do": f"{act}:{key}:{more}", **fields})
    assert (response.status_code, response["Location"]) == (302, f"{page(row)}?acted=1")
    return [str(message) for message in get_messages(response.wsgi_request)]


def said(client: Client, row: Session, act: str, **more: str) -> str:
    """Press a button of the page and return the sentence on the page that follows."""
    press(client, row, act, **more)
    return client.get(page(row)).content.decode()


def test_a_speech_from_the_floor_to_its_end(tablet: Client, row: Session, parties: Parties) -> None:
    shown = tablet.get(page(row)).content.decode()
    assert "No one has the floor" in shown
    assert "3 speeches waiting, 15 minutes." in shown
    key = row.slots.get(speaker__name="A").pk
    assert f'name="do" value="give_floor:{key}"' in shown
    shown = said(tablet, row, "give_floor")
    assert "A has the floor. The clock is running." in shown
    assert 'data-limit="300" data-runs' in shown
    assert "A already has the floor: the clock is running." in said(tablet, row, "give_floor")
    assert "A has the floor. End that speech first." in said(tablet, row, "give_floor", name="B")
    shift(6 * MINUTE + timedelta(seconds=10))
    shown = tablet.get(page(row)).content.decode()
    assert '<span data-time>6:10</span> <span class="muted">of 5:00</span>' in shown
    assert ">1:10 over</span>" in shown
    shown = said(tablet, row, "point_of_order")
    assert "Point of order: the clock has stopped." in shown
    assert "data-runs" not in shown
    raised = said(tablet, row, "raised_by", party=str(parties["Beland"].pk))
    assert f'<option value="{parties["Beland"].pk}" selected>Beland</option>' in raised
    shown = said(tablet, row, "end")
    assert "The speech of A has ended." in shown
    assert "6:10 of 5:00" in shown
    assert shown.count('scope="row" data-label="Delegation"') == 2
    # It goes on from the same page.
    act = UndoOffer.objects.latest("pk").public_id
    tablet.post("/admin/undo/", {"act": act, "next": page(row)})
    assert SpeechRun.objects.get(slot=key).state == "interrupted"


def test_the_order_the_limits_and_the_list(tablet: Client, row: Session) -> None:
    last = row.slots.get(speaker__name="C").pk
    assert "A speaks later." in said(tablet, row, "postpone", more=str(last))
    shown = tablet.get(page(row)).content.decode()
    places = [shown.index(f'<strong><bdi lang="en">{name}</bdi></strong>') for name in "BCA"]
    assert places == sorted(places)
    assert "B: marked as not delivered." in said(tablet, row, "skip", name="B")
    Session.objects.filter(pk=row.pk).update(requests_until=db_now() + timedelta(hours=1))
    assert "Close list" in tablet.get(page(row)).content.decode()
    tablet.post(page(row), {"do": "close"})
    shown = tablet.get(page(row)).content.decode()
    assert "List closed: delegations can no longer ask to speak." in shown
    assert "Close list" not in shown
    assert "To 3 minutes, wins 4 minutes" in shown
    tablet.post(page(row), {"do": "shorten:3"})
    shown = tablet.get(page(row)).content.decode()
    assert "Remaining speeches shortened: 4 minutes won." in shown
    assert dict(row.slots.values_list("speaker__name", "minutes")) == {"A": 3, "B": 5, "C": 3}


def test_the_version_is_asked_with_an_etag(tablet: Client, row: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    # The minute in which the page is looked at is part of the version.
    now = db_now()
    monkeypatch.setattr("sessions.speakers.selectors.db_now", lambda: now)
    address = f"{page(row)}version/"
    first = tablet.get(address)
    assert f'data-version="{first.content.decode()}"' in tablet.get(page(row)).content.decode()
    again = tablet.get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    press(tablet, row, "give_floor")
    changed = tablet.get(address, headers={"If-None-Match": first["ETag"]})
    assert (changed.status_code, changed["ETag"]) == (200, f'"{changed.content.decode()}"')
    assert changed["ETag"] != first["ETag"]


def test_who_reads_the_draft_sees_it_and_only_who_runs_the_day_presses(summit: Summit, row: Session) -> None:
    viewer = sign_in(summit, Role.VIEWER)
    shown = viewer.get(page(row)).content.decode()
    assert "Next speakers" in shown
    assert 'name="do"' not in shown
    key = row.slots.get(speaker__name="A").pk
    assert viewer.post(page(row), {"do": f"give_floor:{key}"}).status_code == 403
    assert sign_in(summit, Role.ACCREDITATION).get(page(row)).status_code == 404
    assert not SpeechRun.objects.exists()


def test_what_isnt_on_the_list_is_refused_in_words(tablet: Client, row: Session) -> None:
    tablet.post(page(row), {"do": "give_floor:0"})
    assert "Someone has removed this speech from the list." in tablet.get(page(row)).content.decode()
    assert "Choose what to do with the speech." in said(tablet, row, "sing")
