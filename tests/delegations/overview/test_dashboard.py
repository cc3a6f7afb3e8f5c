"""The home in each phase, whose numbers open exactly their rows; and the pages of a delegation and of a person."""

import re
from datetime import datetime
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.contrib.admin.sites import site
from django.contrib.admin.utils import flatten_fieldsets
from django.http import HttpRequest
from django.test import Client
from django.urls import resolve, reverse

from delegations.members.models.members import Membership
from delegations.overview import charts, world_map
from delegations.overview.panels import gauges
from delegations.parties.models.parties import Party
from summit.audit import access_log
from summit.audit.models import AuditEntry
from summit.people.models import Person
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.clients import signed_in
from tests.delegations.helpers import answered, listed, one_of_each, request_of, sign_in, text
from tests.delegations.overview.test_admin import member
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


@pytest.fixture
def party(summit: Summit) -> Party:
    return f.PartyFactory(summit=summit, name="Aland", mission_email="", mission_phone="+44 20 7946 0004")


def page(party: Party) -> str:
    return reverse("admin:delegations_party_detail", args=[party.pk])


def section(party: Party, name: str) -> str:
    return reverse("admin:delegations_party_edit", args=[party.pk, name])


class TestReading:
    def test_it_leads_on_and_shows_what_the_reader_may_see(self, party: Party, summit: Summit, desk: Client) -> None:
        assert f'href="{page(party)}"' in text(desk.get(reverse("admin:delegations_party_changelist")))
        zoe = member(party, "Zoe").person
        f.ParticularsFactory(person=zoe, arrives_at=f.START)
        f.ReplyFactory(invitation=f.InvitationFactory(party=party, answered=True), note="Secret note")
        answer = desk.get(page(party))
        shown, other = text(answer), text(sign_in(summit, Role.PRESS_OFFICER).get(page(party)))
        change, travel = f"{page(party)}change/", reverse("admin:summit_person_travel", args=[zoe.pk])
        for words, to_all in (
            (change, False),
            ('<a href="tel:+442079460004">', True),
            ("Zoe", False),
            (travel, False),
        ):
            assert (words in shown, words in other) == (True, to_all), words
        # One reads it: its buttons have hidden fields alone.
        assert '<input type="text"' not in shown.partition("<main")[2].partition("</main>")[0]
        # A point leads to what is on the page.
        anchors = {point.url[1:] for point in answer.context_data["points"] if point.url.startswith("#")}
        assert anchors
        assert [anchor for anchor in anchors if f'id="{anchor}"' not in shown] == []
        entry = AuditEntry.objects.filter(action=access_log.SEEN).earliest("pk")
        assert (entry.object_key, zoe.public_id in str(entry.detail)) == (party.public_id, True)
        assert desk.get(page(f.PartyFactory())).status_code == 404


class TestSections:
    def test_one_is_edited_alone(self, party: Party, desk: Client) -> None:
        form = text(desk.get(section(party, "mission")))
        assert ('name="mission_email"' in form, 'name="notes"' in form) == (True, False)
        shown = text(desk.post(section(party, "mission"), {"mission_name": "Embassy", "mission_email": "nowhere"}))
        assert ('href="#id_mission_email"' in shown, 'value="Embassy"' in shown) == (True, True)
        values = {"mission_name": "Embassy", "mission_email": "london@aland.example"}
        assert desk.post(section(party, "mission"), values)["Location"] == f"{page(party)}#mission"
        party.refresh_from_db()
        # What the form doesn't have is left, and what it has empty is emptied.
        assert (party.mission_email, party.mission_phone, party.name) == ("london@aland.example", "", "Aland")
        changed = ["mission_email", "mission_name", "mission_phone"]
        assert AuditEntry.objects.get(action="delegations.party.change").fields == changed

    def test_only_those_that_there_are_for_who_may(self, party: Party, summit: Summit, desk: Client) -> None:
        assert desk.get(section(party, "nothing")).status_code == 404
        viewer = sign_in(summit, Role.VIEWER)
        assert viewer.get(section(party, "mission")).status_code == 403
        assert viewer.post(section(party, "mission"), {"mission_name": "X"}).status_code == 403
        shown = sign_in(summit, Role.VIEWER).get(page(party)).context_data
        assert (shown["steps"], shown["may_change"]) == ([], False)
        assert {found["edit_url"] for found in shown["sections"].values()} == {""}

    @pytest.mark.parametrize(("model", "besides"), [(Party, {"summit"}), (Person, {"summit", "user"})])
    def test_every_field_of_the_form_is_in_one_section(
        self, model: type[Party | Person], besides: set[str], protocol: User
    ) -> None:
        admin: Any = site.get_model_admin(model)
        named = [name for found in admin.sections for name in found.fields]
        assert len(named) == len(set(named))
        there = flatten_fieldsets(admin.get_fieldsets(request_of(protocol), model()))
        assert set(there) - set(named) == besides
        assert {inline for found in admin.sections for inline in found.inlines} == set(admin.inlines)


class TestPerson:
    @pytest.fixture
    def row(self, party: Party) -> Membership:
        return member(party, "Zoe")

    def test_a_section_is_edited_alone_and_whoever_opens_it_is_recorded(self, row: Membership, desk: Client) -> None:
        address = reverse("admin:summit_person_edit", args=[row.person_id, "contact"])
        form = text(desk.get(address))
        assert ('name="email"' in form, 'name="rank"' in form) == (True, False)
        assert "email" in AuditEntry.objects.get(action=access_log.SEEN).fields
        answer = desk.post(address, {"email": "zoe@aland.example", "language": "fr"})
        assert answer["Location"] == f"{reverse('admin:summit_person_detail', args=[row.person_id])}#contact"
        row.person.refresh_from_db()
        assert (row.person.email, row.person.language, row.person.name) == ("zoe@aland.example", "fr", "Zoe")
