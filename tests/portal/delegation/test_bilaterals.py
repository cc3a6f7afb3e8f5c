"""Bilateral meetings in the portal: asking, answering, what becomes of it, and what a third delegation learns."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from delegations.parties.models.parties import Party
from sessions.bilaterals import services
from sessions.bilaterals.models import Bilateral
from sessions.releases.services import releases
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests import factories as f
from tests.clients import read, signed_in
from tests.delegations.helpers import queries_of
from tests.module_fixtures import once_a_module
from tests.sessions.conftest import Parties, focal, parties_of

pytestmark = pytest.mark.django_db
TOMORROW = timezone.now().date() + timedelta(days=1)
FORM = {"purpose": "Trade in timber", "minutes": "30", "level": "head1", "language": "fr", "spray": "on"}


@once_a_module
def parties() -> Parties:
    """Parties that take part in a summit whose zone has half days of twelve hours on each day of the year."""
    found = parties_of(f.SummitFactory(time_zone="Asia/Tokyo", starts_on=TOMORROW, ends_on=TOMORROW))
    for party in found.values():
        f.InvitationFactory(party=party, answered=True)
    return found


@pytest.fixture
def browsers(parties: Parties) -> dict[str, Client]:
    return {name: signed_in(focal(party).user) for name, party in parties.items()}


def path(party: Party, *more: str) -> str:
    return "/".join(["/portal/delegation", party.public_id, "bilaterals", *more, ""])


def asked(parties: Parties, browsers: dict[str, Client]) -> Bilateral:
    sent = {**FORM, "counterpart": parties["Beland"].public_id, "unavailable": [f"{TOMORROW.isoformat()}-am"]}
    response = browsers["Aland"].post(path(parties["Aland"], "ask"), sent)
    assert (response.status_code, response["Location"]) == (303, path(parties["Aland"]))
    return Bilateral.objects.get()


@pytest.mark.slow("opens the pages of three delegations")
def test_a_meeting_is_asked_for_accepted_and_released(parties: Parties, browsers: dict[str, Client]) -> None:
    summit: Summit = parties["Aland"].summit
    row = asked(parties, browsers)
    span = row.unavailable.get()
    assert (span.party, span.ends_at - span.starts_at) == (parties["Aland"], timedelta(hours=12))
    assert "awaiting an answer" in read(browsers["Aland"], path(parties["Aland"]))
    assert "1 bilateral meeting to answer" in read(browsers["Beland"], "/portal/")
    shown = read(browsers["Beland"], path(parties["Beland"]))
    assert ("to answer" in shown, "Trade in timber" in shown) == (True, True)
    # A third delegation doesn't learn of it, nor can it answer.
    assert "Trade in timber" not in read(browsers["Celand"], path(parties["Celand"]))
    assert browsers["Celand"].post(path(parties["Celand"], row.public_id, "accept")).status_code == 404
    accept = path(parties["Beland"], row.public_id, "accept")
    assert "We agree to a media spray" in read(browsers["Beland"], accept)
    assert browsers["Beland"].post(accept, {"language": "", "spray": "on"}).status_code == 303
    row.refresh_from_db()
    assert (row.state, row.sprayable) == ("accepted", True)
    by = f.UserFactory.with_role(Role.ORGANISER, summit)
    starts_at = timezone.now() + timedelta(days=1)
    services.place(bilateral=row, starts_at=starts_at, room=None, by=by)
    shown = read(browsers["Beland"], path(parties["Beland"]))
    assert "The next agenda release says the time and room." in shown
    session = Bilateral.objects.get().session
    assert session is not None
    assert session.public_id not in shown
    releases.release(summit=summit, by=by)
    for name in ("Aland", "Beland"):
        assert f"/portal/agenda/{session.public_id}/" in read(browsers[name], path(parties[name]))
    assert "Aland – Beland" not in read(browsers["Celand"], "/portal/agenda/?all=1")


def test_another_time_is_proposed_and_agreed_to(parties: Parties, browsers: dict[str, Client]) -> None:
    row = asked(parties, browsers)
    propose = path(parties["Beland"], row.public_id, "propose")
    refused = browsers["Beland"].post(propose, {"starts_at_0": "", "starts_at_1": ""})
    assert refused.status_code == 422
    assert "Enter the date and time." in refused.content.decode()
    past = browsers["Beland"].post(propose, {"starts_at_0": "01/02/2020", "starts_at_1": "10:00"})
    assert "Enter a time that is still to come." in past.content.decode()
    sent = {"starts_at_0": TOMORROW.strftime("%d/%m/%Y"), "starts_at_1": "10:15"}
    assert browsers["Beland"].post(propose, sent).status_code == 303
    shown = read(browsers["Aland"], path(parties["Aland"]))
    assert "Agree to this time" in shown
    assert "10:15" in shown
    # The other delegation can't agree to its own proposal.
    own = browsers["Beland"].post(path(parties["Beland"], row.public_id, "agree"))
    assert (own.status_code, "Only the other delegation can do this." in own.content.decode()) == (409, True)
    assert browsers["Aland"].post(path(parties["Aland"], row.public_id, "agree")).status_code == 303
    row.refresh_from_db()
    assert row.state == "accepted"


def test_what_comes_too_late_says_so_and_who_has_not_accepted_is_not_offered_others(
    parties: Parties, browsers: dict[str, Client]
) -> None:
    row = asked(parties, browsers)
    assert browsers["Aland"].post(path(parties["Aland"], row.public_id, "withdraw")).status_code == 303
    late = browsers["Beland"].post(path(parties["Beland"], row.public_id, "decline"))
    assert late.status_code == 409
    assert "This request is now “withdrawn”" in late.content.decode()
    assert browsers["Beland"].get(path(parties["Beland"], row.public_id, "accept")).status_code == 409
    party = f.PartyFactory(summit=parties["Aland"].summit)
    f.InvitationFactory(party=party, sent=True)
    browser = signed_in(focal(party).user)
    assert "once your delegation has accepted" in read(browser, path(party))
    # Nor does it see who has.
    assert "Aland" not in read(browser, path(party, "ask"))


def test_queries_do_not_grow(parties: Parties, browsers: dict[str, Client]) -> None:
    counts = []
    for _time in range(2):
        for _number in range(3):
            other = f.PartyFactory(summit=parties["Aland"].summit)
            f.BilateralFactory(party=other, counterpart=parties["Aland"])
            f.BilateralFactory(party=parties["Aland"], counterpart=other)
        counts.append(queries_of(browsers["Aland"], path(parties["Aland"])))
    assert counts[0] == counts[1]
