"""The home: its picture in each phase, the gauges, the map, and charts whose numbers open exactly their rows."""

import re
from datetime import datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.contrib.admin.sites import site
from django.http import HttpRequest
from django.urls import resolve

from delegations.overview import charts, world_map
from delegations.overview.panels import gauges
from delegations.parties.models.parties import Party
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


def test_before_the_first_letter_there_is_no_chart_and_none_for_other_desks(party: Party) -> None:
    summit = party.summit
    both = (charts.over_time, charts.by_continent)
    assert [chart(asked(summit), summit) for chart in both] == [None, None]
    invitation(summit, f.START)
    assert None not in [chart(asked(summit), summit) for chart in both]
    assert [chart(asked(summit, Role.PRESS_OFFICER), summit) for chart in both] == [None, None]


class TestMap:
    def test_who_may_not_see_delegations_sees_no_map(self, summit: Summit) -> None:
        assert world_map.world_map(asked(summit), summit) is None
        f.PartyFactory(summit=summit)
        found: Any = world_map.world_map(asked(summit), summit)
        assert found.title == "1 delegation, not invited yet"
        assert world_map.world_map(asked(summit, Role.VETTING), summit) is None
