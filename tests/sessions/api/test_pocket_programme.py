"""The pocket programme by the API: the same as the portal prints, for whoever may know of it."""

import io
from base64 import b64decode
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from pypdf import PdfReader

from summit.pdf.fonts import MissingFontError
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests.clients import signed_in
from tests.factories import START, InvitationFactory, ParticipantFactory, SessionFactory, UserFactory
from tests.sessions.api.conftest import Land
from tests.sessions.api.test_release_workflow import DESK
from tests.sessions.conftest import release
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
    release(here, tell=False)
    return here


def printed(who: Program, **values: Any) -> bytes:
    answer = who.post(PROGRAMME, values)
    assert answer.status_code == 200, answer.content
    found = answer.json()
    assert (found["file_name"], found["content_type"]) == (name_of_file(), "application/pdf")
    return b64decode(found["content"])


def name_of_file() -> str:
    return f"Pocket programme – {Summit.objects.get(slug='here').short_name}.pdf"


def lines(content: bytes) -> list[str]:
    reader = PdfReader(io.BytesIO(content))
    return [line.strip() for page in reader.pages for line in page.extract_text().splitlines()]


def titles(who: Program, **values: Any) -> list[str]:
    found = lines(printed(who, **values))
    return [title for title in TITLES if title in found]


def test_it_is_the_portals_to_the_byte(own: Land, agenda: Summit) -> None:
    """What the portal prints of one's own and of all that one may know of: tests/portal/test_pocket_programme.py."""
    for user, everything in ((own.focal, False), (own.user, True)):
        portal = signed_in(user)
        page = portal.get("/portal/agenda/programme.pdf", {"show": "all"} if everything else {})
        assert (page.status_code, page["Content-Type"]) == (200, "application/pdf")
        assert printed(program(user), everything=everything) == page.content
        assert page["Content-Disposition"] == f"inline; filename*=utf-8''{quote(name_of_file())}"


def test_only_whoever_reads_the_whole_agenda_is_given_all_of_it(here: Summit, own: Land, agenda: Summit) -> None:
    whole, mine = program(UserFactory(is_superuser=True)), program(own.user)
    assert titles(whole) == list(TITLES)
    assert (titles(mine), titles(mine, everything=True)) == (["Ours"], ["Open", "Ours"])
    missing = mine.post("summits/nowhere/desk/agenda/programme/", {})
    InvitationFactory(party=own.party, state="revoked", sent_at=START)
    for user in (own.user, UserFactory.with_role(Role.ORGANISER, here)):
        answer = program(user).post(PROGRAMME, {"everything": True})
        assert (answer.status_code, answer.content) == (404, missing.content)


def test_before_the_first_release_there_is_nothing_to_print(own: Land) -> None:
    answer = program(own.user).post(PROGRAMME, {})
    assert (answer.status_code, answer.json()["detail"]) == (409, "The agenda is not released yet.")


def test_where_a_font_is_missing_one_is_told(own: Land, agenda: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
    def lacks(*args: object) -> bytes:
        raise MissingFontError("字", ("fonts-noto-cjk",))

    monkeypatch.setattr("sessions.public.pocket_programme_pdf.print_pdf", lacks)
    answer = program(own.user).post(PROGRAMME, {})
    assert answer.status_code == 409
    assert answer.json()["detail"].startswith("No font on this machine can print “字”.")


def test_its_bytes_are_kept_with_no_key(own: Land, agenda: Summit) -> None:
    who = program(own.user)
    first, again = (who.post(PROGRAMME, {}, Idempotency_Key="k-1").json() for _number in range(2))
    assert first["content"] is not None
    assert again == {**first, "content": None}


def test_a_reader_in_several_parties_is_named_by_all(here: Summit, own: Land, agenda: Summit) -> None:
    Land(here, "Secondland").party.focal_points.create(person=own.head)
    portal = signed_in(own.user)
    assert printed(program(own.user)) == portal.get("/portal/agenda/programme.pdf").content
