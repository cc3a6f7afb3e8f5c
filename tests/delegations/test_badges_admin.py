"""Badges at the desk of accreditation: the list, issuing, ending, checking, printing."""

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from delegations.domain import badge_sheet
from delegations.domain.badge_check import spaced
from delegations.models import Badge, Party, Zone
from delegations.paper import badge as paper
from summit.domain.seen import SEEN
from summit.models import AuditEntry, Role
from tests import factories as f

pytestmark = pytest.mark.django_db
BADGES = "/admin/delegations/badge/"


@pytest.fixture
def party() -> Party:
    found: Party = f.PartyFactory(name="Italy")
    return found


@pytest.fixture
def desk(party: Party) -> Client:
    return sign_in(party, Role.ACCREDITATION)


def sign_in(party: Party, role: Role) -> Client:
    client = Client()
    client.force_login(f.UserFactory.with_role(role, party.summit))
    return client


def said(response: HttpResponse) -> list[str]:
    return [str(each) for each in get_messages(response.wsgi_request)]


def text(response: HttpResponse) -> str:
    return " ".join(response.content.decode().split())


class TestList:
    def test_it_is_narrowed_and_searched(self, party: Party, desk: Client) -> None:
        live = f.BadgeFactory(party=party)
        person = f.MembershipFactory(party=party, person__office="Astronomer").person
        dead = f.BadgeFactory(party=party, person=person, ended_at=f.START, why="Lost.")
        other = f.BadgeFactory(party=f.PartyFactory(summit=party.summit))
        hidden = f.BadgeFactory()
        for query, found in (
            ("", {live, dead, other}),
            ("?state=live", {live, other}),
            ("?state=dead", {dead}),
            (f"?party={party.pk}", {live, dead}),
            (f"?category={live.person.membership.category_id}", {live, dead, other}),
            (f"?q={live.public_id}", {live}),
            ("?q=astronomer", {dead}),
        ):
            page = text(desk.get(BADGES + query))
            shown = {badge for badge in (live, dead, other, hidden) if spaced(badge.public_id) in page}
            assert shown == found, query

    def test_as_many_queries_for_many(self, party: Party, desk: Client) -> None:
        numbers = []
        for number in (2, 6):
            f.BadgeFactory.create_batch(number, party=party)
            desk.get(BADGES)
            with CaptureQueriesContext(connection) as queries:
                assert desk.get(BADGES).status_code == 200
            numbers.append(len(queries))
        assert numbers[0] == numbers[1]


class TestIssue:
    def test_those_without_are_shown_and_get_one(self, party: Party, desk: Client) -> None:
        able, holder = f.MembershipFactory(party=party), f.BadgeFactory(party=party)
        waits = f.MembershipFactory(party=party, code="adviser", person__name="Bo", person__office="")
        waits.category.confirm_by = f.START
        waits.category.save()
        page = text(desk.get(f"{BADGES}issue/"))
        assert "Issue 1 badge</button>" in page
        assert f'value="{able.pk}" checked' in page
        assert holder.person.label not in page
        assert "1 person can’t have one yet" in page
        assert "They are not confirmed: their delegations confirm who comes, or protocol does." in page
        narrowed = f"?party__summit__id__exact={party.summit_id}&amp;confirmed_at__isempty=1&amp;party={party.pk}"
        assert f'<a href="/admin/delegations/membership/{narrowed}"><bdi lang="en">{party.name}</bdi></a>' in page
        assert '<td data-label="People"><bdi lang="">Bo</bdi></td>' in page
        response = desk.post(f"{BADGES}issue/", {"row": [able.pk, waits.pk]})
        assert said(response) == [
            "Bo is not confirmed yet. The delegation or protocol confirms who comes.",
            "1 badge is issued.",
        ]
        assert Badge.objects.live().filter(person=able.person).count() == 1
        again = desk.post(f"{BADGES}issue/", {"row": [able.pk]})
        assert again["Location"] == f"/admin/delegations/badge/issue/?summit={party.summit.slug}"
        assert Badge.objects.filter(person=able.person).count() == 1

    def test_protocol_sees_badges_and_issues_none(self, party: Party) -> None:
        client = sign_in(party, Role.PROTOCOL)
        assert "Issue badges" not in text(client.get(BADGES))
        assert client.get(f"{BADGES}issue/").status_code == 403


class TestEnd:
    def test_the_chosen_are_dead_for_a_reason(self, party: Party, desk: Client) -> None:
        rows = f.BadgeFactory.create_batch(2, party=party)
        keys = [row.pk for row in rows]
        response = desk.post(BADGES, {"action": "end_chosen", "_selected_action": keys})
        address = f"{BADGES}end/?row={keys[0]}&row={keys[1]}"
        assert response["Location"] == address
        page = text(desk.get(address))
        assert "End 2 badges</button>" in page
        assert "Whoever checks the badge at a door reads it." in page
        assert desk.post(address, {"reason": ""}).status_code == 422
        assert Badge.objects.live().count() == 2
        assert said(desk.post(address, {"reason": "Fakes."})) == ["2 badges are dead from now on."]
        assert set(Badge.objects.values_list("why", flat=True)) == {"Fakes."}
        assert said(desk.get(address))[-1:] == ["None of these badges is live. Look at the list as it is now."]


class TestPage:
    def test_it_has_the_buttons_that_fit(self, party: Party, desk: Client) -> None:
        badge = f.BadgeFactory(party=party)
        page = text(desk.get(f"{BADGES}{badge.pk}/change/"))
        for button in ("Print the badge", "It was lost: issue another", "End the badge"):
            assert f"{button}</a>" in page
        Badge.objects.update(ended_at=f.START, why="left")
        page = text(desk.get(f"{BADGES}{badge.pk}/change/"))
        assert "The person left the delegation." in page
        assert "End the badge" not in page

    def test_a_lost_one_is_replaced(self, party: Party, desk: Client) -> None:
        badge = f.BadgeFactory(party=party)
        assert "End this badge and issue another</button>" in text(desk.get(f"{BADGES}{badge.pk}/reissue/"))
        response = desk.post(f"{BADGES}{badge.pk}/reissue/")
        fresh = Badge.objects.live().get()
        assert response["Location"] == f"{BADGES}{fresh.pk}/change/"
        assert fresh != badge
        again = desk.post(f"{BADGES}{badge.pk}/reissue/")
        assert said(again)[-1] == "This badge is dead already. Look whether the person has another."


class TestCheck:
    def test_a_live_one_is_let_in(self, party: Party, desk: Client) -> None:
        badge = f.BadgeFactory(party=party)
        category = badge.person.membership.category
        category.zones.add(Zone.objects.create(summit=party.summit, code="B", name="Plenary hall"))
        page = text(desk.get(f"{BADGES}check/?number={spaced(badge.public_id).upper()}"))
        assert '<h2 id="verdict">Let in</h2>' in page
        assert 'data-kind="good" role="status"' in page
        assert '<bdi lang="" dir="ltr">B</bdi></strong> <bdi lang="">Plenary hall</bdi>' in page

    def test_a_dead_one_is_not(self, party: Party, desk: Client) -> None:
        badge = f.BadgeFactory(party=party, ended_at=f.START, why="left")
        page = text(desk.get(f"{BADGES}check/?number={badge.public_id}"))
        assert '<h2 id="verdict">Do not let in: the badge is dead</h2>' in page
        assert 'data-kind="bad" role="status"' in page
        assert "The person left the delegation." in page
        assert "Dead since" in page

    def test_nor_is_one_of_another_summit(self, desk: Client) -> None:
        foreign = f.BadgeFactory()
        page = text(desk.get(f"{BADGES}check/?number={foreign.public_id}"))
        assert '<h2 id="verdict">Do not let in: no such badge</h2>' in page
        assert foreign.person.office not in page

    def test_nothing_typed_answers_nothing(self, desk: Client) -> None:
        assert "verdict" not in text(desk.get(f"{BADGES}check/"))

    def test_the_face_is_for_those_who_may_see_it(self, party: Party, desk: Client) -> None:
        badge = f.BadgeFactory(party=party)
        f.PhotoFactory(person=badge.person)
        address = f"{BADGES}check/?number={badge.public_id}"
        assert f"/admin/summit/person/{badge.person.pk}/photo/file/" in text(desk.get(address))


class TestPaper:
    def test_it_is_printed_and_who_printed_has_seen_them(self, party: Party, desk: Client) -> None:
        live, dead = f.BadgeFactory(party=party), f.BadgeFactory(party=party, ended_at=f.START, why="x")
        response = desk.get(f"{BADGES}badges.pdf?row={live.pk}&row={dead.pk}")
        assert response["Content-Type"] == "application/pdf"
        assert response.content.startswith(b"%PDF-")
        entry = AuditEntry.objects.get(action=SEEN, object_type="summit.person")
        assert entry.fields == ["badge_name", "name", "office", "photo"]
        assert said(desk.get(f"{BADGES}badges.pdf?row={dead.pk}")) == [
            "None of these badges is live: only live ones are printed."
        ]

    def test_what_stands_on_it(self, party: Party) -> None:
        party.summit.language = "fr"
        party.summit.save()
        badge = f.BadgeFactory(party=party)
        f.PartyNameFactory(party=party, language="en", name="Italy")
        person = badge.person
        person.badge_name = "Ada E."
        person.save()
        person.membership.category.zones.add(Zone.objects.create(summit=party.summit, code="B", name="Hall"))
        by = f.UserFactory.with_role(Role.ACCREDITATION, party.summit)
        (card,) = badge_sheet.cards(badges=[badge], by=by)
        assert (card.number, card.name, card.office, card.party) == (
            badge.public_id, "Ada E.", person.office, "Italy",
        )  # fmt: skip
        assert (card.category, card.zones, card.language, card.photo) == ("délégué", ("B",), "fr", "")

    def test_whoever_has_no_name_is_called_by_the_office(self, party: Party) -> None:
        badge = f.BadgeFactory(party=party)
        by = f.UserFactory.with_role(Role.ACCREDITATION, party.summit)
        (card,) = badge_sheet.cards(badges=[badge], by=by)
        assert (card.name, card.office) == (badge.person.office, "")

    def test_the_code_is_the_number(self) -> None:
        assert paper.code("0a1bcdefghjkmnpq").startswith("<svg")
        assert paper.code("0a1bcdefghjkmnpq") != paper.code("0a1bcdefghjkmnpr")

    def test_too_many_are_refused(self, party: Party, desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(badge_sheet, "MOST", 1)
        rows = f.BadgeFactory.create_batch(2, party=party)
        response = desk.get(f"{BADGES}badges.pdf?row={rows[0].pk}&row={rows[1].pk}")
        assert said(response) == ["A document holds 1 badges. Choose fewer."]


class TestElsewhere:
    def test_the_home_tells_those_who_issue(self, party: Party) -> None:
        f.InvitationFactory(
            party=party, state="answered", answer="attending", sent_at=f.START, answered_at=f.START, answered_by="A"
        )
        f.MembershipFactory(party=party)
        said_there = "1 party that attends has people without a badge."
        address = f'<a href="{BADGES}issue/?summit={party.summit.slug}"'
        for role in (Role.ORGANISER, Role.ACCREDITATION):
            page = text(sign_in(party, role).get("/admin/"))
            assert said_there in page
            assert address in page
        assert address not in text(sign_in(party, Role.PROTOCOL).get("/admin/"))

    def test_a_persons_page_leads_to_the_badge_or_to_issuing(self, party: Party, desk: Client) -> None:
        person = f.MembershipFactory(party=party).person
        page = f"/admin/summit/person/{person.pk}/change/"
        assert f'href="{BADGES}issue/?summit={party.summit.slug}"' in text(desk.get(page))
        badge = f.BadgeFactory(party=party, person=person)
        assert f'href="{BADGES}{badge.pk}/change/"' in text(desk.get(page))
