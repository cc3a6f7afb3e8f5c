"""The pocket programme: what is printed is what its reader may know, on pages that go into a pocket."""

import io
from datetime import timedelta

import pytest
from django.test import Client
from pypdf import PdfReader

from delegations.parties.models.parties import Party
from sessions.visibility.models import Visibility
from summit.summits.models import Summit
from tests.factories import START, PersonFactory, SlotFactory
from tests.portal.test_agenda import client
from tests.sessions.conftest import release, session

__all__ = ["client"]

pytestmark = pytest.mark.django_db
ADDRESS = "/portal/agenda/programme.pdf"


def lines(client: Client, address: str = ADDRESS) -> list[str]:
    """Return the lines of the document, whose pages are of the size A6."""
    response = client.get(address)
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    pages = PdfReader(io.BytesIO(response.content)).pages
    assert {(round(page.mediabox.width * 0.3528), round(page.mediabox.height * 0.3528)) for page in pages} == {
        (105, 148)
    }
    return [line.strip() for page in pages for line in page.extract_text().splitlines()]


@pytest.fixture
def agenda(summit: Summit, party: Party) -> Summit:
    talks = session(summit, party, title="Talks", starts_at=START, ends_at=START + timedelta(minutes=45))
    SlotFactory(session=talks, speaker=PersonFactory(summit=summit, office="Minister"), title="Address", minutes=10)
    hours = {"starts_at": START + timedelta(days=1), "ends_at": START + timedelta(days=1, hours=1)}
    session(summit, title="Dinner", visibility=Visibility.ACCREDITED, room_to=Visibility.PARTICIPANTS, **hours)
    session(summit, title="Secret", visibility=Visibility.ORGANISERS)
    release(summit)
    return summit


def test_ones_own_sessions_are_printed(client: Client, agenda: Summit) -> None:
    *_summit, whose, about, day, start, end, title, where, speech, _release, zone, page = lines(client)
    assert whose.endswith(", Aland")
    assert [about, day] == ["1 session in your agenda", "Monday 31 March 2025"]
    assert [start, end, title, where, speech] == [
        "09:00",
        "09:45",
        "Talks",
        "Working session",
        "Minister, speaker, 09:00",
    ]
    assert [zone, page] == ["All times are London time.", "1 / 1"]


def test_or_all_that_one_may_know_of_in_ones_language_and_the_same_bytes(client: Client, agenda: Summit) -> None:
    found = lines(client, f"{ADDRESS}?show=all")
    assert [title in found for title in ("Talks", "Dinner", "Secret")] == [True, True, False]
    response, again = (client.get(f"{ADDRESS}?lang=ar") for _time in range(2))
    assert response.content == again.content
    reader = PdfReader(io.BytesIO(response.content))
    assert reader.metadata is not None
    assert (reader.metadata.title, reader.trailer["/Root"]["/Lang"]) == ("برنامج الجيب", "ar")


def test_before_the_first_release_there_is_nothing_to_print(client: Client, summit: Summit) -> None:
    response = client.get(ADDRESS, follow=True)
    assert response.redirect_chain == [(f"/portal/agenda/?summit={summit.slug}", 302)]
    assert "The agenda is not released yet." in response.content.decode()
