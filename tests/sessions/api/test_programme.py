"""The pocket programme by the API: the same as the portal prints, for whoever may know of it."""

import io
from base64 import b64decode
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from sessions.domain import releases
from sessions.models import Session
from summit.models import Role, Summit, User
from summit.paper.fonts import MissingFontError
from tests.factories import START, InvitationFactory, ParticipantFactory, SessionFactory, UserFactory
from tests.sessions.api.conftest import Land
from tests.sessions.api.test_main_job import DESK
from tests.summit.api.conftest import Program, program

pytestmark = pytest.mark.django_db
PROGRAMME = f"{DESK}agenda/programme/"
TITLES = ("Open", "Ours", "Theirs", "Desk")


@pytest.fixture
def agenda(here: Summit, own: Land) -> Summit:
    """A released agenda with a session for each sort of reader."""
    other = Land(here, "Otherland")
    rows = {}
    for number, (title, visibility) in enumerate(
        zip(TITLES, ("accredited", "participants", "participants", "organisers"), strict=True)
    ):
        start = START + timedelta(hours=number)
        rows[title] = SessionFactory(
            summit=here, title=title, visibility=visibility, starts_at=start, ends_at=start + timedelta(hours=1)
        )
    ParticipantFactory(session=rows["Ours"], party=own.party)
    ParticipantFactory(session=rows["Theirs"], party=other.party)
    releases.release(summit=here, by=UserFactory.with_role(Role.ORGANISER, here), tell=False)
    return here


def printed(who: Program, **values: Any) -> bytes:
    answer = who.post(PROGRAMME, values)
    assert answer.status_code == 200, answer.content
    found = answer.json()
    assert (found["file_name"], found["content_type"]) == ("here-programme-1.pdf", "application/pdf")
    return b64decode(found["content"])


def lines(content: bytes) -> list[str]:
    reader = PdfReader(io.BytesIO(content))
    return [line.strip() for page in reader.pages for line in page.extract_text().splitlines()]


def titles(who: Program, **values: Any) -> list[str]:
    found = lines(printed(who, **values))
    return [title for title in TITLES if title in found]


def test_ones_own_sessions_are_printed_or_all_that_one_may_know_of(own: Land, agenda: Summit) -> None:
    for user in (own.focal, own.user):
        who = program(user)
        assert titles(who) == titles(who, everything=False) == ["Ours"]
        assert titles(who, everything=True) == ["Open", "Ours"]
        assert "1 session in your programme" in lines(printed(who))
        assert "2 sessions that you may see" in lines(printed(who, everything=True))


def test_control_without_the_predicate_all_would_be_printed(
    own: Land, agenda: Summit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sessions.models.releases.EntryQuerySet.for_members", lambda self, members: self.at(3))
    assert titles(program(own.user), everything=True) == list(TITLES)


@pytest.mark.parametrize("everything", [False, True])
def test_it_is_the_portals_to_the_byte(everything: bool, own: Land, agenda: Summit) -> None:
    for user in (own.focal, own.user):
        portal = Client()
        portal.force_login(user)
        page = portal.get("/portal/agenda/programme.pdf", {"show": "all"} if everything else {})
        assert (page.status_code, page["Content-Type"]) == (200, "application/pdf")
        assert printed(program(user), everything=everything) == page.content
        assert 'filename="here-programme-1.pdf"' in page["Content-Disposition"]


def test_whoever_reads_the_whole_agenda_is_given_all_of_it(agenda: Summit) -> None:
    who = program(UserFactory(is_superuser=True))
    assert titles(who) == titles(who, everything=True) == list(TITLES)
    assert "4 sessions that you may see" in lines(printed(who))


def test_whoever_is_nobody_there_is_given_nothing(here: Summit, own: Land, agenda: Summit) -> None:
    missing = program(own.user).post("summits/nowhere/desk/agenda/programme/", {})
    users = [UserFactory(), *(UserFactory.with_role(role, here) for role in (Role.ORGANISER, Role.VIEWER))]
    InvitationFactory(party=own.party, state="revoked", sent_at=START)
    for user in (*users, own.user, own.focal):
        answer = program(user).post(PROGRAMME, {"everything": True})
        assert (answer.status_code, answer.content) == (404, missing.content)


def test_before_the_first_release_there_is_nothing_to_print(own: Land) -> None:
    answer = program(own.user).post(PROGRAMME, {})
    assert (answer.status_code, answer.json()["detail"]) == (409, "The agenda has not been released yet.")


def test_where_a_font_is_missing_one_is_told(own: Land, agenda: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
    def lacks(*args: object) -> bytes:
        raise MissingFontError("字", ("fonts-noto-cjk",))

    monkeypatch.setattr("sessions.printed.pocket.print_pdf", lacks)
    answer = program(own.user).post(PROGRAMME, {})
    assert answer.status_code == 409
    assert answer.json()["detail"].startswith("No font on this machine prints “字”.")


def test_its_bytes_are_kept_with_no_key(own: Land, agenda: Summit) -> None:
    who = program(own.user)
    first, again = (who.post(PROGRAMME, {}, Idempotency_Key="k-1").json() for _number in range(2))
    assert first["content"] is not None
    assert again == {**first, "content": None}


def test_queries_do_not_grow(here: Summit, own: Land) -> None:
    who, organiser = program(own.user), UserFactory.with_role(Role.ORGANISER, here)
    numbers = []
    for wanted in (2, 6):
        for _number in range(wanted - Session.objects.count()):
            ParticipantFactory(session=SessionFactory(summit=here, visibility="accredited"), party=own.party)
        releases.release(summit=here, by=organiser, tell=False)
        who.post(PROGRAMME, {})
        with CaptureQueriesContext(connection) as queries:
            found = who.post(PROGRAMME, {}).json()
        about = f"{wanted} sessions in your programme"
        numbers.append((len(queries), about in lines(b64decode(found["content"]))))
    assert numbers[0] == numbers[1] == (numbers[0][0], True)


def test_a_reader_in_several_parties_is_named_by_all(here: Summit, own: Land, agenda: Summit) -> None:
    other: User = own.user
    second = Land(here, "Secondland")
    second.party.focal_points.create(person=own.head)
    portal = Client()
    portal.force_login(other)
    assert printed(program(other)) == portal.get("/portal/agenda/programme.pdf").content
