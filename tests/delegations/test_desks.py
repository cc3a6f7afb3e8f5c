"""What each desk has to do, and the charts: each number opens exactly the rows that it counts."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from delegations.domain import gaps, progress
from delegations.domain.progress import LevelNumbers
from delegations.models import Badge, Declaration, DeclarationKind, Handover, Invitation, Level, Particulars, Party
from summit.models import Role, Summit
from tests import factories as f
from tests.delegations.test_admin import answered, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def summit() -> Summit:
    """A summit in which every desk has something to do, and another one."""
    found: Summit = f.SummitFactory(slug="here")
    for other in (found, f.SummitFactory()):
        busy(other)
    return found


def busy(summit: Summit) -> None:
    f.PartyFactory(summit=summit, mission_email="")
    sent = {"party__summit": summit, "state": "sent", "sent_at": f.START}
    f.InvitationFactory(party__level="minister", party__region="asia", **sent)
    f.InvitationFactory(**sent)
    answered(summit, "regrets", party__region="asia")
    answered(summit, "attending", level="state", party__region="africa")
    for level in ("minister", ""):
        row = answered(summit, "represented", level=level, party__region="africa")
        f.MembershipFactory(party=row.party)
    party = answered(summit, "attending", level="minister").party
    member = f.MembershipFactory(party=party, code="head")
    Handover.objects.create(party=party, giver=member.person, what="slot", key="k")
    kind = DeclarationKind.objects.create(summit=summit, name="Radio", asks="Frequency")
    Declaration.objects.create(kind=kind, party=party, person=member.person, details="149 MHz")
    Badge.objects.create(party=party, person=member.person)
    Particulars.objects.create(person=member.person, passport_number="X1")
    f.VisaLetterFactory(party=party, person=member.person)


def count(client: Client, address: str) -> int:
    context = client.get(address).context
    if "groups" in context:
        return sum(len(group["items"]) for group in context["groups"])
    number = context["page"].paginator.count if "page" in context else context["cl"].result_count
    return int(number)


def lines(content: str) -> list[tuple[str, str]]:
    """Return address and sentence of each line of the desks' panel."""
    panel = content.split("desks have something to do</h2>")[1].split("</dl>", maxsplit=1)[0]
    return [(unescape(address), words) for address, words in re.findall(r'<a href="([^"]+)">([^<]+)</a>', panel)]


def test_each_line_opens_exactly_what_it_counts(summit: Summit) -> None:
    client = sign_in(summit)
    content = client.get("/admin/").content.decode()
    assert "4 desks have something to do" in content
    found = lines(content)
    said = {words: int(words.split()[0]) for _address, words in found}
    assert said == {
        "1 party is not invited yet.": 1,
        "2 parties have not answered: call them.": 2,
        "1 party has no mailbox: no letter reaches it.": 1,
        "4 parties that attend have no focal point.": 4,
        "1 thing that was somebody’s own waits: pass it on or drop it.": 1,
        "1 visa support letter is asked for: issue or refuse.": 1,
        "2 parties that attend have people without a badge.": 2,
        "1 party waits for a decision on what it declared.": 1,
        "2 parties that attend have people to be vetted without a passport number.": 2,
        "3 delegations that attend have named no head.": 3,
    }
    for address, words in found:
        assert (words, count(client, address)) == (words, said[words])


@pytest.mark.parametrize("role", list(Role))
def test_who_is_shown_the_desks(summit: Summit, role: Role) -> None:
    content = sign_in(summit, role).get("/admin/", follow=True).content.decode()
    assert ("desks have something to do" in content) == (role in (Role.ORGANISER, Role.PROTOCOL))


def test_where_nothing_is_to_do_it_says_so() -> None:
    content = sign_in(f.SummitFactory()).get("/admin/").content.decode()
    assert "No desk has anything to do" in content


def test_every_gap_has_its_words() -> None:
    for name in gaps.GAPS:
        assert gaps.sentence(name, 1).startswith("1 ")
        assert gaps.sentence(name, 2).startswith("2 ")


class TestCharts:
    def test_levels_are_counted(self, summit: Summit) -> None:
        assert progress.by_level(summit) == [
            LevelNumbers("state", 1, 0),
            LevelNumbers("minister", 2, 1),
            LevelNumbers("", 1, 1),
        ]

    def chart(self, content: str, name: str) -> str:
        return content.split(f'id="{name}-caption"')[1].split("</figure>", maxsplit=1)[0]

    def test_where_nobody_comes_at_the_highest_the_title_names_the_level_of_most(self, summit: Summit) -> None:
        Invitation.objects.filter(level="state").update(level="minister")
        chart = self.chart(sign_in(summit).get("/admin/").content.decode(), "chart-levels")
        assert "Most come at this level: minister, 3 of 4" in chart

    @pytest.mark.parametrize(
        ("name", "title", "numbers"),
        [
            (
                "chart-levels",
                "1 of 4 comes at the level of head of state or government",
                [1, 2, 1, 1, 1],
            ),
            ("chart-regions", "4 attend; answers are open in 2 regions", [3, 1, 1, 1, 1]),
        ],
    )
    def test_the_title_is_the_answer_and_each_number_opens_its_rows(
        self, summit: Summit, name: str, title: str, numbers: list[int]
    ) -> None:
        client = sign_in(summit)
        chart = self.chart(client.get("/admin/").content.decode(), name)
        assert title in chart
        found = [
            (unescape(address), int(number))
            for address, number in re.findall(r'<td><a href="([^"]+)">(\d+)</a>', chart)
        ]
        assert [number for _address, number in found] == numbers
        for address, number in found:
            assert (address, count(client, address)) == (address, number)

    def test_before_anybody_comes_there_is_no_chart_of_levels(self) -> None:
        summit = f.SummitFactory()
        f.InvitationFactory(party__summit=summit, state="sent", sent_at=f.START)
        assert "chart-levels" not in sign_in(summit).get("/admin/").content.decode()


@pytest.mark.parametrize(
    ("query", "number"),
    [("comes_at=minister", 2), ("comes_at=unsaid", 1), ("comes_at=state", 1), ("comes_at=official", 0), ("", 8)],
)
def test_parties_are_narrowed_by_the_level_at_which_they_come(summit: Summit, query: str, number: int) -> None:
    address = f"/admin/delegations/party/?summit__id__exact={summit.pk}&{query}"
    assert count(sign_in(summit), address) == number


def test_more_parties_cost_the_home_no_more_queries(summit: Summit) -> None:
    client = sign_in(summit)

    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get("/admin/")
        return len(captured)

    cost()
    few = cost()
    for level in Level:
        row = answered(summit, "attending", level=level)
        f.MembershipFactory(party=row.party)
    assert cost() == few
    assert Party.objects.filter(summit=summit).count() == 8 + len(Level)
