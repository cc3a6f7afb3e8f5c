"""What slips from a keyboard, and what somebody writes into addresses to see what breaks: never a page that broke."""

from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from press.embargoes.admin.schedule_form import local_moment
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests import factories as f
from tests.clients import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def summit() -> Summit:
    made: Summit = f.SummitFactory(time_zone="Asia/Tokyo", starts_on="2027-03-01", ends_on="2027-03-02")
    return made


@pytest.fixture
def desk(summit: Summit) -> Client:
    return signed_in(f.UserFactory.with_role(Role.ORGANISER, summit))


def change(desk: Client, summit: Summit, **given: str) -> Summit:
    fields = ("name", "short_name", "host", "place", "time_zone", "language", "contact_email", "accent")
    data = {name: getattr(summit, name) for name in fields}
    data |= {"starts_on": summit.starts_on, "ends_on": summit.ends_on, "answer_by_0": "", "answer_by_1": ""}
    data |= {"venues-TOTAL_FORMS": 0, "venues-INITIAL_FORMS": 0, **given}
    desk.post(f"/admin/summit/summit/{summit.pk}/change/", data)
    return Summit.objects.get(pk=summit.pk)


@pytest.mark.parametrize("year", ["0001", "2200"])
def test_years_from_which_one_cannot_count_on(year: str, desk: Client, summit: Summit) -> None:
    before = Summit.objects.get(pk=summit.pk)
    after = change(desk, before, starts_on=f"{year}-01-01", ends_on=f"{year}-12-31")
    assert (after.starts_on, after.ends_on) == (before.starts_on, before.ends_on)
    assert change(desk, before, answer_by_0=f"{year}-01-01", answer_by_1="00:00").answer_by is None
    letter = desk.post(f"/admin/setup/{summit.slug}/letter/", {"answer_by": f"{year}-12-31T23:59", "do": "read"})
    assert letter.status_code == 400
    # The control.
    assert change(desk, before, starts_on="2027-02-28", answer_by_0="2027-01-01", answer_by_1="00:00").answer_by


def test_numbers_that_are_no_keys(desk: Client, summit: Summit) -> None:
    for number in ("9" * 5000, "²", "-1", "٣"):
        for path, name in (
            ("/admin/delegations/invitationlink/revoke/", "row"),
            ("/admin/delegations/invitation/revoke/", "row"),
            ("/admin/delegations/party/invite/", "party"),
        ):
            assert desk.post(path, {name: number}).status_code == 302, path
        for path, name in (
            (f"/admin/summit/summit/{summit.pk}/change/", "rows"),
            (f"/admin/summit/summit/{summit.pk}/history/", "before"),
        ):
            assert desk.get(path, {name: number}).status_code in (200, 302), path


def test_rooms_with_as_many_seats_as_fit_no_number(desk: Client, summit: Summit) -> None:
    data = {"name": "House", "rooms": "Hall; 200\nYard; " + "9" * 5000}
    assert desk.post(f"/admin/setup/{summit.slug}/venue/", data).status_code == 400
    assert desk.post(f"/admin/setup/{summit.slug}/venue/", {**data, "rooms": "Hall; 200"}).status_code == 302


def test_moments_of_texts_in_no_century() -> None:
    for written in ("0001-01-01T00:00", "9999-12-31T23:59:59+00:00", "0001-01-01T00:00+14:00"):
        with pytest.raises(ValueError, match="Enter a year between 1900 and 2199"):
            local_moment(written, ZoneInfo("Asia/Tokyo"))
    assert local_moment("2027-03-01T09:30", ZoneInfo("Asia/Tokyo")).isoformat() == "2027-03-01T00:30:00+00:00"
