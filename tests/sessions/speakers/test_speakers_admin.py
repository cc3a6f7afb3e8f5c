"""The speakers' list at the desk: a press moves a speech, what is typed is saved together, requests are decided."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from sessions.draft.models.participants import FloorRequest
from sessions.draft.models.sessions import Session
from sessions.speakers.services import speakers_list
from summit.summits.models import Summit
from tests.factories import MembershipFactory, PersonFactory, SlotFactory, UserFactory
from tests.sessions.conftest import Parties, session

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(summit: Summit, parties: Parties) -> Session:
    made = session(summit, *parties.values())
    for position, name in enumerate("ABC"):
        SlotFactory(session=made, speaker=PersonFactory(summit=summit, name=name, office=""), position=position)
    return made


def page(row: Session) -> str:
    return f"/admin/agenda/session/{row.pk}/speakers/"


def order(row: Session) -> str:
    return "".join(slot.speaker.name for slot in speakers_list.slots(row))


def test_a_press_moves_one_speech_and_keeps_the_focus(desk: Client, row: Session) -> None:
    key = row.slots.get(speaker__name="C").pk
    for _press in range(2):
        response = desk.post(page(row), {"move": f"up:{key}:2", "was": "", f"place-{key}": "9"})
        assert (response.status_code, response["Location"]) == (302, f"{page(row)}?focus=up-{key}")
        assert order(row) == "ACB"
    shown = desk.get(response["Location"]).content.decode()
    assert f'value="up:{key}:1" autofocus aria-describedby="moved"' in shown
    assert '<bdi lang="en">C</bdi> is now number 2 of 3, at about 09:05.' in shown
    # At the top the button that is left has it.
    desk.post(page(row), {"move": f"up:{key}:1"})
    assert f'value="down:{key}:2" autofocus' in desk.get(response["Location"]).content.decode()


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
    added = desk.post(page(row), {"do": "add", "speaker": speaker.pk, "party": parties["Aland"].pk}, follow=True)
    assert f"{speaker.label} added to the end of the list." in added.content.decode()
    until = timezone.now() + timedelta(days=3)
    values = {"do": "times", "opening": "50", "speech_minutes": "4"}
    values |= {"requests_until_0": f"{until:%Y-%m-%d}", "requests_until_1": "10:00"}
    shown = desk.post(page(row), values, follow=True).content.decode()
    assert "Times saved; 4 speeches changed." in shown
    assert "16 of 10 minutes allocated." in shown
    assert "6 minutes over" in shown
    wrong = desk.post(page(row), {**values, "opening": "60"}).content.decode()
    assert "The opening can’t be as long as the session. Enter fewer minutes." in wrong
    asked = [FloorRequest.objects.create(session=row, party=party, speaker=speaker) for party in parties.values()]
    unsaid = desk.post(page(row), {"do": f"decline:{asked[0].pk}", "reason": ""}).content.decode()
    assert "Enter a reason. The delegation will see it." in unsaid
    desk.post(page(row), {"do": f"decline:{asked[0].pk}", "reason": "No time is left."})
    shown = desk.post(page(row), {"do": "grant:all"}, follow=True).content.decode()
    assert "2 requests added to the list. The delegations are notified." in shown
    assert [each.state for each in FloorRequest.objects.order_by("pk")] == ["declined", "granted", "granted"]
    late = desk.post(page(row), {"do": f"grant:{asked[0].pk}"}, follow=True).content.decode()
    assert "This request has already been decided or withdrawn." in late
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
