"""The home: its picture in each phase, the gauges, the map, and charts whose numbers open exactly their rows."""

import math
import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from itertools import combinations
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.contrib.admin.sites import site
from django.http import HttpRequest
from django.urls import resolve
from django.utils.html import strip_tags

from delegations.invitations.selectors import expiring_links, invitation_status
from delegations.overview import charts, world_map
from delegations.overview.panels import gauges
from delegations.overview.selectors import completeness, progress
from delegations.overview.selectors.progress import GroupNumbers, LevelNumbers
from delegations.overview.world_map import APART, HEIGHT, WIDTH, places_of, position
from delegations.parties.models.parties import Party
from delegations.parties.selectors import regions
from delegations.parties.selectors.seats import SEATS
from summit.core.database_clock import db_now
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.clients import signed_in
from tests.delegations.helpers import answered, listed, one_of_each, request_of, text
from tests.module_fixtures import once_a_module

pytestmark = pytest.mark.django_db


@once_a_module
def busy_summit() -> Summit:
    """Make a summit in which every desk has something to do, and another one."""
    found = f.SummitFactory(slug="busy")
    for each in (found, f.SummitFactory()):
        busy(each)
    return found


def busy(summit: Summit) -> None:
    f.PartyFactory(summit=summit, mission_email="")
    f.InvitationFactory(party__summit=summit, party__level="minister", party__iso_code="IN", sent=True)
    f.InvitationFactory(party__summit=summit, sent=True)
    answered(summit, "regrets", party__iso_code="IN")
    answered(summit, "attending", level="state", party__iso_code="NG")
    for level in ("minister", ""):
        f.MembershipFactory(party=answered(summit, "represented", level=level, party__iso_code="NG").party)
    party = answered(summit, "attending", level="minister").party
    person = f.MembershipFactory(party=party, code="head").person
    f.HandoverFactory(party=party, giver=person, what="slot", key="k", session=None)
    f.DeclarationFactory(party=party, person=person)
    f.BadgeFactory(party=party, person=person)
    f.ParticularsFactory(person=person, passport_number="X1")
    f.VisaLetterFactory(party=party, person=person)


def organiser_of(summit: Summit) -> User:
    return f.UserFactory.with_role(Role.ORGANISER, summit)


def count(by: User, address: str) -> int:
    """Return how many rows a page has: a list by what its address asks for, others as they are opened."""
    split = urlsplit(address)
    view = resolve(split.path).func
    if hasattr(view, "model_admin") and resolve(split.path).url_name.endswith("_changelist"):
        return len(listed(by, view.model_admin.model, **dict(parse_qsl(split.query, keep_blank_values=True))))
    context = signed_in(by).get(address).context
    if "groups" in context:
        return sum(len(group["items"]) for group in context["groups"])
    return int(context["page"].paginator.count if "page" in context else context["cl"].result_count)


def chart(home: str, name: str) -> str:
    return home.split(f'id="{name}-caption"')[1].split("</figure>", maxsplit=1)[0]


@pytest.mark.slow("opens what each number of the home leads to")
def test_each_number_of_a_chart_opens_exactly_what_it_counts(busy_summit: Summit) -> None:
    by = organiser_of(busy_summit)
    home = text(signed_in(by).get("/admin/"))
    opens = []
    for name, title, numbers in (
        ("chart-levels", "1 of 4 attends at the level of head of state or government", [1, 2, 1, 1, 1]),
        ("chart-regions", "4 attending; answers still due in 2 regions", [3, 1, 1, 1, 1]),
        ("chart-complete", "0 of 4 delegations are complete", [3, 4, 2, 2]),
    ):
        assert title in chart(home, name)
        found = re.findall(r'<td><a href="([^"]+)">(\d+)</a>', chart(home, name))
        assert [int(number) for _address, number in found] == numbers
        opens += found
    key = re.findall(r'<a href="([^"]+)"><strong>(\d+)</strong>', chart(home, "world-map"))
    assert [int(number) for _address, number in key] == [4, 1, 2, 1]
    for address, number in {*opens, *key}:
        assert count(by, unescape(address)) == int(number), address


@pytest.mark.slow("makes the home of five phases")
def test_what_the_home_shows_follows_the_phase(summit: Summit, organiser: User) -> None:
    today, now = db_now().astimezone(summit.zone).date(), db_now()
    answered(summit, "attending", level="state")
    f.InvitationFactory(party__summit=summit, sent=True, sent_at=now - timedelta(days=3))
    far, day = today + timedelta(days=40), timedelta(days=1)
    for dates, shown in (
        ({"starts_on": far, "ends_on": far + day, "answer_by": now + day}, ["world_map.html", "chart-answers"]),
        ({"answer_by": now - day}, ["world_map.html", "chart-complete"]),
        ({"answer_by": None}, ["world_map.html", "chart-answers"]),
        ({"starts_on": today + 5 * day}, ["world_map.html", "chart-complete"]),
        ({"starts_on": today, "ends_on": today + day}, ["now_panel.html"]),
    ):
        Summit.objects.filter(pk=summit.pk).update(**dates)
        home: Any = site.index(request_of(organiser, summit="here")).context_data
        pictures = [template.rpartition("/")[2] for template, _variables in home["picture"]]
        assert [*pictures, *(chart.name for chart in home["leading_charts"])] == shown, dates
    # Before anybody comes there is no chart of levels.
    other = f.InvitationFactory(party__summit=f.SummitFactory(), sent=True).party.summit
    assert charts.by_level(request_of(organiser_of(other)), other) is None
    assert charts.by_level(request_of(organiser), summit) is not None


def test_levels_are_counted_and_parties_narrowed_by_them(busy_summit: Summit) -> None:
    highest, some, open_one = LevelNumbers("state", 1, 0), LevelNumbers("minister", 2, 1), LevelNumbers("", 1, 1)
    assert progress.by_level(busy_summit) == [highest, some, open_one]
    for level, number in (("minister", 2), ("unsaid", 1), ("state", 1), ("official", 0)):
        assert len(listed(organiser_of(busy_summit), Party, comes_at=level)) == number, level


def test_the_gauges_count_invitations_by_state(summit: Summit) -> None:
    one_of_each(summit)
    answered(f.SummitFactory(), "attending")
    ((name, _what, rows),) = gauges()
    assert name == "summit_invitations"
    states = {keys["state"]: value for keys, value in rows if keys["summit"] == "here"}
    assert states == {"draft": 1, "sent": 1, "answered": 2, "revoked": 1}


def invitation(summit: Summit, sent: datetime, answered: datetime | None = None, **kwargs: Any) -> None:
    state = {"answered": True, "answered_at": answered} if answered else {"sent": True}
    f.InvitationFactory(party__summit=summit, **state, sent_at=sent, **kwargs)


def asked(summit: Summit, role: Role = Role.PROTOCOL) -> HttpRequest:
    return request_of(f.UserFactory.with_role(role, summit))


def test_days_are_those_of_the_venue() -> None:
    summit = f.SummitFactory(time_zone="Pacific/Auckland")
    # 11:30 UTC is the day after's half past midnight in Auckland in summer.
    invitation(summit, datetime(2025, 1, 10, 10, 30, tzinfo=UTC), datetime(2025, 1, 10, 11, 30, tzinfo=UTC))
    invitation(summit, datetime(2025, 1, 10, 11, 30, tzinfo=UTC))
    invitation(f.SummitFactory(), datetime(2025, 1, 10, 11, 30, tzinfo=UTC))
    assert progress.by_day(summit) == ({date(2025, 1, 10): 1, date(2025, 1, 11): 1}, {date(2025, 1, 11): 1})


def test_continents_count_what_stands_the_largest_first(summit: Summit) -> None:
    for answer, code in (("attending", "FR"), ("regrets", "AL"), ("attending", "NG")):
        invitation(summit, f.START, f.START, answer=answer, party__iso_code=code)
    # A party invited anew after a revoked invitation counts once.
    party = f.PartyFactory(summit=summit, iso_code="FR")
    f.InvitationFactory(party=party, state="revoked")
    f.InvitationFactory(party=party, sent=True)
    f.InvitationFactory(party__summit=summit, party__iso_code="CA", state="revoked")
    f.PartyFactory(summit=summit, iso_code="IN")
    assert progress.by_continent(summit) == [GroupNumbers("europe", 1, 1, 1), GroupNumbers("africa", 1, 0, 0)]
    chart: Any = charts.by_continent(asked(summit), summit)
    assert chart.title == "2 attending; answers still due in 1 region"
    assert charts._attending(1, 2) == "1 attending; answers still due in 2 regions"
    rows = [[strip_tags(cell) for cell in row] for row in chart.rows]
    assert rows == [["Europe", "1", "1", "1"], ["Africa", "1", "0", "0"]]


def test_the_title_is_the_answer_and_the_table_has_the_days_that_changed_something() -> None:
    now = db_now()
    summit = f.SummitFactory(answer_by=now + timedelta(days=3), time_zone="UTC")
    invitation(summit, now - timedelta(days=10), now - timedelta(days=4))
    invitation(summit, now - timedelta(days=10))
    found: Any = charts.over_time(asked(summit), summit)
    assert (found.title, [row[1:] for row in found.rows]) == ("1 of 2 has answered", [["0", "2"], ["1", "2"]])
    assert "due" in found.drawing
    Summit.objects.filter(pk=summit.pk).update(answer_by=now - timedelta(days=1))
    summit.refresh_from_db()
    late: Any = charts.over_time(asked(summit), summit)
    assert late.title == "1 of 2 have answered; 1 is late"


def test_before_the_first_letter_there_is_no_chart_and_none_for_other_desks(party: Party) -> None:
    summit = party.summit
    both = (charts.over_time, charts.by_continent)
    assert [chart(asked(summit), summit) for chart in both] == [None, None]
    invitation(summit, f.START)
    assert None not in [chart(asked(summit), summit) for chart in both]
    assert [chart(asked(summit, Role.PRESS_OFFICER), summit) for chart in both] == [None, None]


def test_what_parties_lack(summit: Summit) -> None:
    f.PartyFactory(summit=summit, mission_email="", is_host=True)
    f.PartyFactory(summit=summit, mission_email="")
    f.FocalPointFactory(party__summit=summit, party__mission_email="", person__email="")
    f.FocalPointFactory(party__summit=summit, party__mission_email="")
    invitation(summit, f.START, f.START, party__kind="organisation")
    invitation(summit, f.START, f.START)
    invitation(summit, f.START)
    stands = {"uninvited": 3, "invited": 3, "open": 1, "answered": 2, "attending": 2}
    none = dict.fromkeys([*invitation_status.STANDINGS, *completeness.GAPS, completeness.REQUESTS], 0)
    assert completeness.counts(summit) == {**none, **stands, "mailbox": 2, "head": 1, "focal": 2}
    for name in completeness.GAPS:
        assert completeness.sentence(name, 1).startswith("1 ")
        assert completeness.sentence(name, 2).startswith("2 ")


def test_links_that_end_are_those_without_an_answer_within_a_week() -> None:
    summit, now = f.SummitFactory(time_zone="UTC"), db_now()
    soon = now + timedelta(days=2)
    for values in (
        *({"expires_at": soon}, {"expires_at": now - timedelta(days=1)}, {"expires_at": now + timedelta(days=8)}),
        *({"expires_at": soon, "revoked_at": now}, {"expires_at": soon, "invitation__answered": True}),
    ):
        f.InvitationLinkFactory(invitation__party__summit=summit, **values)
    assert expiring_links.ending_by_day(summit) == {soon.date(): 1}


class TestMap:
    def test_each_delegation_has_one_mark_with_its_answer(self, summit: Summit, organiser: User) -> None:
        f.PartyFactory(summit=summit, name="Host", iso_code="GB", is_host=True)
        for name, code, answer in (("Aland", "FR", "attending"), ("Beland", "MT", "represented")):
            answered(summit, answer, party__name=name, party__iso_code=code)
        answered(summit, "regrets", party__name="Celand", party__iso_code="FJ")
        f.InvitationFactory(party__summit=summit, party__name="Deland", party__iso_code="IN", sent=True)
        f.PartyFactory(summit=summit, name="Interpol", iso_code="", kind="organisation")
        found: Any = world_map.world_map(request_of(organiser), summit)
        assert found.title == "3 of 4 invited delegations have answered"
        marks = [("Aland", "attending"), ("Beland", "attending"), ("Celand", "regrets"), ("Deland", "open")]
        assert [(mark.name, mark.answer) for mark in found.placed] == marks
        assert [(mark.name, mark.answer) for mark in found.elsewhere] == [("Interpol", "uninvited")]
        assert [(line.answer, line.names) for line in found.lines] == [
            *(("attending", ["Aland", "Beland"]), ("regrets", ["Celand"]), ("open", ["Deland"])),
            ("uninvited", ["Interpol"]),
        ]
        page = text(signed_in(organiser).get("/admin/"))
        figure = page[page.index('class="chart world-map"') :].partition("</figure>")[0]
        assert 'aria-label="Aland: attending"' in figure
        headings = ["attending", "regrets", "awaiting answer", "not invited"]
        assert re.findall(r"<th scope=\"row\">(.*?)</th>", figure) == headings

    def test_who_may_not_see_delegations_sees_no_map(self, summit: Summit) -> None:
        assert world_map.world_map(asked(summit), summit) is None
        f.PartyFactory(summit=summit)
        found: Any = world_map.world_map(asked(summit), summit)
        assert found.title == "1 delegation, not invited yet"
        assert world_map.world_map(asked(summit, Role.VETTING), summit) is None

    def test_no_mark_covers_another_and_each_is_near_its_seat(self) -> None:
        assert {code for codes in regions.CODES_OF.values() for code in codes} - SEATS.keys() == set()
        codes = tuple(SEATS)
        places = [place for place in places_of(codes) if place]
        assert len(places) == len(codes)

        def covered(where: list[tuple[float, float]]) -> int:
            return sum(math.dist(one, other) < APART * 0.6 for one, other in combinations(where, 2))

        assert covered(places) == 0
        assert all(0 < x < WIDTH and 0 < y < HEIGHT for x, y in places)
        far = {code: math.dist(place, position(*SEATS[code])) for code, place in zip(codes, places, strict=True)}
        assert max(far.values()) < 60, max(far, key=lambda code: far[code])
        # The control: without being moved apart, marks would cover each other.
        assert covered([position(*SEATS[code]) for code in codes]) > 20
