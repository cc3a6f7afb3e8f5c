"""The speakers' list at the desk, as it is made and as it runs: what the pages show, and what a press does."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from sessions.draft.models.participants import FloorRequest
from sessions.draft.models.sessions import Session
from sessions.speakers.models import SpeechRun
from sessions.speakers.services import speakers_list
from summit.core.database_clock import db_now
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.undo.models import UndoOffer
from tests.delegations.helpers import said, sign_in
from tests.factories import MembershipFactory, PersonFactory, SlotFactory, SummitFactory, UserFactory
from tests.module_fixtures import once_a_module
from tests.sessions.conftest import Parties, parties_of, session
from tests.sessions.speakers.test_speech_clock import MINUTE, shift

pytestmark = pytest.mark.django_db


@once_a_module
def row() -> Session:
    summit = SummitFactory()
    made = session(summit, *parties_of(summit).values())
    for position, name in enumerate("ABC"):
        SlotFactory(session=made, speaker=PersonFactory(summit=summit, name=name, office=""), position=position)
    return made


@pytest.fixture
def summit(row: Session) -> Summit:
    return row.summit


@pytest.fixture
def parties(summit: Summit) -> Parties:
    return {party.name: party for party in summit.parties.order_by("name")}


def page(row: Session, name: str = "speakers") -> str:
    return f"/admin/agenda/session/{row.pk}/{name}/"


def order(row: Session) -> str:
    return "".join(slot.speaker.name for slot in speakers_list.slots(row))


def test_what_is_typed_is_saved_together_beside_what_somebody_else_has_moved(desk: Client, row: Session) -> None:
    keys = dict(row.slots.values_list("speaker__name", "pk"))
    typed = {f"place-{keys[name]}": str(place) for place, name in enumerate("ABC", start=1)}
    typed |= {f"minutes-{key}": "5" for key in keys.values()}
    typed["was"] = " ".join(f"{keys[name]}:{place}:5" for place, name in enumerate("ABC", start=1))
    # Somebody else moves C to the top meanwhile.
    desk.post(page(row), {"move": f"up:{keys['C']}:1"})
    typed |= {f"place-{keys['A']}": "3", f"minutes-{keys['B']}": "8", "do": "save"}
    assert desk.post(page(row), typed).status_code == 302
    assert order(row) == "CBA"
    assert row.slots.get(speaker__name="B").minutes == 8


def test_a_move_saves_what_was_typed_with_it(desk: Client, row: Session) -> None:
    keys = dict(row.slots.values_list("speaker__name", "pk"))
    typed = {"was": " ".join(f"{keys[name]}:{place}:5" for place, name in enumerate("ABC", start=1))}
    typed |= {f"minutes-{keys['A']}": "8", "move": f"to:{keys['C']}:1"}
    response = desk.post(page(row), typed)
    assert response["Location"] == f"{page(row)}?focus=to-{keys['C']}"
    assert (order(row), row.slots.get(speaker__name="A").minutes) == ("CAB", 8)
    # What is no number stops it, and stays on the page.
    for wrong in ({"move": f"to:{keys['C']}:3"}, {"move": "", "do": "save", f"place-{keys['A']}": "3"}):
        response = desk.post(page(row), {**typed, f"minutes-{keys['A']}": "ten", **wrong})
        shown = response.content.decode()
        assert (response.status_code, order(row)) == (200, "CAB")
        assert "“ten” is not a number. Enter positions and minutes in digits." in shown
        assert f'name="minutes-{keys["A"]}" value="ten"' in shown
    assert f'name="place-{keys["A"]}" value="3"' in shown


def test_times_a_speech_and_requests(desk: Client, row: Session, summit: Summit, parties: Parties) -> None:
    speaker = MembershipFactory(party=parties["Aland"], person__summit=summit, person__name="D", code="head").person
    added = desk.post(page(row), {"do": "add", "speaker": speaker.pk, "party": parties["Aland"].pk})
    assert said(added) == [f"{speaker.label} added to the end of the list."]
    until = timezone.now() + timedelta(days=3)
    values = {"do": "times", "opening": "50", "speech_minutes": "4"}
    values |= {"requests_until_0": f"{until:%Y-%m-%d}", "requests_until_1": "10:00"}
    shown = desk.post(page(row), values, follow=True).content.decode()
    for words in ("Times saved; 4 speeches changed.", "16 of 10 minutes allocated.", "6 minutes over"):
        assert words in shown
    wrong = desk.post(page(row), {**values, "opening": "60"}).content.decode()
    assert "The opening can’t be as long as the session. Enter fewer minutes." in wrong
    asked = [FloorRequest.objects.create(session=row, party=party, speaker=speaker) for party in parties.values()]
    unsaid = desk.post(page(row), {"do": f"decline:{asked[0].pk}", "reason": ""}).content.decode()
    assert "Enter a reason. The delegation will see it." in unsaid
    desk.post(page(row), {"do": f"decline:{asked[0].pk}", "reason": "No time is left."})
    granted = desk.post(page(row), {"do": "grant:all"})
    assert "2 requests added to the list. The delegations are notified." in said(granted)
    assert [each.state for each in FloorRequest.objects.order_by("pk")] == ["declined", "granted", "granted"]
    late = desk.post(page(row), {"do": f"grant:{asked[0].pk}"})
    assert "This request has already been decided or withdrawn. Reload the list." in said(late)
    assert row.slots.count() == 6


def test_the_protocol_order_is_shown_then_made(desk: Client, row: Session, summit: Summit, parties: Parties) -> None:
    MembershipFactory(party=parties["Beland"], person__summit=summit, person__name="D", code="head")
    path = f"{page(row)}protocol-order/"
    response = desk.get(path)
    shown = response.content.decode()
    assert "1 new speech." in shown
    assert shown.count("has no head or alternate head") == 2
    plan = response.context["plan"]
    speakers_list.remove(slot=row.slots.get(speaker__name="A"), by=UserFactory(is_superuser=True))
    late = desk.post(path, {"expected": plan.digest}).content.decode()
    assert "The list changed after you opened this page." in late
    assert desk.post(path, {"expected": desk.get(path).context["plan"].digest}).status_code == 302
    assert order(row) == "BCD"


# --- While the session runs ---------------------------------------------------------------------------------------
@pytest.fixture
def tablet(summit: Summit) -> Client:
    """The tablet of a conference officer."""
    return sign_in(summit, Role.CONFERENCE_OFFICER)


def running(client: Client, row: Session) -> str:
    return client.get(page(row, "speaking")).content.decode()


def press(client: Client, row: Session, act: str, name: str = "A", more: str = "", **fields: str) -> str:
    """Press a button of a speech, and return what the page says."""
    key = row.slots.get(speaker__name=name).pk
    response = client.post(page(row, "speaking"), {"do": f"{act}:{key}:{more}", **fields})
    assert (response.status_code, response["Location"]) == (302, f"{page(row, 'speaking')}?acted=1")
    return said(response)[-1]


def test_a_speech_from_the_floor_to_its_end(tablet: Client, row: Session, parties: Parties) -> None:
    key, party = row.slots.get(speaker__name="A").pk, parties["Beland"].pk
    shown = running(tablet, row)
    for words in ("No one has the floor", "3 speeches waiting, 15 minutes.", f'name="do" value="give_floor:{key}"'):
        assert words in shown
    assert press(tablet, row, "give_floor") == "A has the floor. The clock is running."
    assert press(tablet, row, "give_floor") == "A already has the floor: the clock is running."
    assert press(tablet, row, "give_floor", name="B") == "A has the floor. End that speech first."
    shift(6 * MINUTE + timedelta(seconds=10))
    shown = running(tablet, row)
    assert 'data-limit="300" data-runs' in shown
    assert '<span data-time>6:10</span> <span class="muted">of 5:00</span>' in shown
    assert ">1:10 over</span>" in shown
    assert press(tablet, row, "point_of_order") == "Point of order: the clock has stopped."
    press(tablet, row, "raised_by", party=str(party))
    shown = running(tablet, row)
    assert f'<option value="{party}" selected>Beland</option>' in shown
    assert press(tablet, row, "end") == "The speech of A has ended."
    shown = running(tablet, row)
    assert "6:10 of 5:00" in shown
    # It goes on from the same page.
    act = UndoOffer.objects.latest("pk").public_id
    tablet.post("/admin/undo/", {"act": act, "next": page(row, "speaking")})
    assert SpeechRun.objects.get(slot=key).state == "interrupted"


def test_the_order_the_limits_and_the_list(tablet: Client, row: Session) -> None:
    last = row.slots.get(speaker__name="C").pk
    assert press(tablet, row, "postpone", more=str(last)) == "A speaks later."
    shown = running(tablet, row)
    places = [shown.index(f'<strong><bdi lang="en">{name}</bdi></strong>') for name in "BCA"]
    assert places == sorted(places)
    assert press(tablet, row, "skip", name="B") == "B: marked as not delivered."
    Session.objects.filter(pk=row.pk).update(requests_until=db_now() + timedelta(hours=1))
    shown = running(tablet, row)
    assert ("Close list" in shown, "To 3 minutes, wins 4 minutes" in shown) == (True, True)
    for act in ("close", "shorten:3"):
        tablet.post(page(row, "speaking"), {"do": act})
    shown = running(tablet, row)
    assert "List closed: delegations can no longer ask to speak." in shown
    assert "Close list" not in shown
    assert "Remaining speeches shortened: 4 minutes won." in shown
    assert dict(row.slots.values_list("speaker__name", "minutes")) == {"A": 3, "B": 5, "C": 3}


def test_the_version_is_asked_with_an_etag(tablet: Client, row: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    # The minute in which the page is looked at is part of the version.
    now = db_now()
    monkeypatch.setattr("sessions.speakers.selectors.db_now", lambda: now)
    address = f"{page(row, 'speaking')}version/"
    first = tablet.get(address)
    assert f'data-version="{first.content.decode()}"' in running(tablet, row)
    again = tablet.get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    press(tablet, row, "give_floor")
    changed = tablet.get(address, headers={"If-None-Match": first["ETag"]})
    assert (changed.status_code, changed["ETag"]) == (200, f'"{changed.content.decode()}"')
    assert changed["ETag"] != first["ETag"]


def test_what_isnt_on_the_list_is_refused_in_words(tablet: Client, row: Session) -> None:
    gone = tablet.post(page(row, "speaking"), {"do": "give_floor:0"})
    assert said(gone) == ["Someone has removed this speech from the list. Reload the list."]
    assert press(tablet, row, "sing") == "Choose what to do with the speech."
