"""Badges at the desk of accreditation: the list, issuing, ending, checking, printing."""

import html
import io
import re
from dataclasses import replace
from typing import Any

import pypdf
import pytest
from django.test import Client
from PIL import Image
from pypdf import PdfReader

from delegations.badges import badge_pdf as paper
from delegations.badges.models.badges import Badge
from delegations.badges.selectors import badge_sheet
from delegations.badges.selectors.badge_check import spaced
from delegations.members.models.categories import COLOURS, Capacity
from delegations.parties.models.parties import Party
from summit.audit.access_log import SEEN
from summit.audit.models import AuditEntry
from summit.permissions.models import Role
from summit.summits.colours import contrast, print_ink
from summit.summits.models import Summit
from tests import factories as f
from tests.delegations.helpers import said, sign_in, text

pytestmark = pytest.mark.django_db
BADGES = "/admin/delegations/badge/"


def printed(*cards: badge_sheet.Card) -> list[str]:
    """Return the text of each page of these badges."""
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(paper.write(cards))).pages]


def cards(*badges: Badge) -> list[badge_sheet.Card]:
    """Return what is printed of badges."""
    by = f.UserFactory.with_role(Role.ACCREDITATION, badges[0].party.summit)
    return list(badge_sheet.cards(badges=badges, by=by))


def png() -> bytes:
    """Return a picture as an emblem is stored."""
    buffer = io.BytesIO()
    Image.new("RGBA", (30, 15), "#1d4f91").save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture
def desk(summit: Summit) -> Client:
    return sign_in(summit, Role.ACCREDITATION)


def test_those_without_are_shown_and_get_one(party: Party, desk: Client) -> None:
    able, holder = f.MembershipFactory(party=party), f.BadgeFactory(party=party)
    waits = f.MembershipFactory(party=party, code="adviser", person__name="Bo", person__office="")
    waits.category.confirm_by = f.START
    waits.category.save()
    page = text(desk.get(f"{BADGES}issue/"))
    narrowed = f"?party__summit__id__exact={party.summit_id}&amp;confirmed_at__isempty=1&amp;party={party.pk}"
    for words in (
        *("Issue 1 badge</button>", f'value="{able.pk}" checked', "1 person is not ready for a badge", narrowed),
        "1 has no photograph. The badge is printed with an empty field.",
    ):
        assert words in page, words
    assert holder.person.label not in page
    response = desk.post(f"{BADGES}issue/", {"row": [able.pk, waits.pk]})
    waiting = "Bo is not confirmed yet. The delegation or protocol must confirm them first."
    printing = f'<a href="{BADGES}badges.pdf?row={Badge.objects.latest("pk").pk}">Print the badge</a>'
    assert said(response) == [waiting, f"1 badge issued. {printing}"]
    assert Badge.objects.live().filter(person=able.person).count() == 1
    again = desk.post(f"{BADGES}issue/", {"row": [able.pk]})
    assert again["Location"] == "/admin/delegations/badge/issue/?summit=here"
    assert Badge.objects.filter(person=able.person).count() == 1


@pytest.mark.slow("opens the pages of a person, a delegation and their badges before and after")
def test_from_a_person_and_a_delegation_only_theirs_are_issued(party: Party, desk: Client) -> None:
    member, colleague = f.MembershipFactory(party=party), f.MembershipFactory(party=party)
    other = f.MembershipFactory(party=f.PartyFactory(summit=party.summit, name="Bland"))
    person, delegation = (f"/admin/summit/person/{member.person_id}/", f"/admin/delegations/party/{party.pk}/")
    alone = f"{BADGES}issue/?summit=here&member={member.pk}"
    of_party = f"{BADGES}issue/?summit=here&party={party.pk}"
    organiser = sign_in(party.summit)

    def steps() -> list[tuple[str, str]]:
        page: Any = organiser.get(delegation)
        return [(step.label, step.url) for step in page.context_data["steps"]]

    assert f'href="{html.escape(alone)}"' in text(desk.get(person))
    assert ("Issue 2 badges", of_party) in steps()
    for address, shown in ((alone, [member]), (of_party, [member, colleague])):
        page = text(desk.get(address))
        assert [row for row in (member, colleague, other) if f'value="{row.pk}" checked' in page] == shown
    # "All" is all of the delegation.
    assert desk.post(of_party, {"all": "1"})["Location"] == delegation
    assert set(Badge.objects.values_list("party", flat=True)) == {party.pk}
    assert ("Print 2 badges", f"{BADGES}badges.pdf?party={party.pk}") in steps()
    f.BadgeFactory(party=other.party, person=other.person)
    printed = PdfReader(io.BytesIO(desk.get(f"{BADGES}badges.pdf?party={party.pk}").content))
    assert len(printed.pages) == 2
    assert "Print badge" in text(desk.get(person))
    assert "No one is waiting for a badge." in text(desk.get(f"{BADGES}issue/?summit=here&member={other.pk}"))
    # Whoever has left since doesn't become everyone.
    member.delete()
    for address in (alone, f"{BADGES}issue/?summit=here&party={f.PartyFactory().pk}"):
        assert desk.get(address).status_code == 404


def test_who_waits_is_confirmed_there(party: Party) -> None:
    waits = f.MembershipFactory(party=party)
    f.PolicyFactory(summit=party.summit, confirm_by=f.START)
    organiser, address = sign_in(party.summit), f"{BADGES}issue/?summit=here&party={party.pk}"
    assert f'name="next" value="{html.escape(address)}"' in text(organiser.get(address))
    confirming = "/admin/delegations/membership/confirm/"
    assert organiser.post(confirming, {"row": waits.pk, "next": address})["Location"] == address
    waits.refresh_from_db()
    assert waits.confirmed_at
    elsewhere = organiser.post(confirming, {"row": waits.pk, "next": "//evil.example"})
    assert elsewhere["Location"] == f"/admin/delegations/party/{party.pk}/#members"


def test_the_chosen_are_dead_for_a_reason(party: Party, desk: Client) -> None:
    keys = [row.pk for row in f.BadgeFactory.create_batch(2, party=party)]
    address = f"{BADGES}end/?row={keys[0]}&row={keys[1]}"
    response = desk.post(BADGES, {"action": "end_chosen", "_selected_action": keys})
    assert response["Location"] == address
    page = text(desk.get(address))
    assert "Cancel 2 badges</button>" in page
    assert desk.post(address, {"reason": ""}).status_code == 422
    assert said(desk.post(address, {"reason": "Fakes."})) == ["2 badges cancelled."]
    assert set(Badge.objects.values_list("why", flat=True)) == {"Fakes."}
    assert said(desk.get(address))[-1:] == ["None of these badges is valid. Reload the list."]


def test_a_lost_one_is_replaced(party: Party, desk: Client) -> None:
    badge = f.BadgeFactory(party=party)
    own = f"{BADGES}{badge.pk}/change/"
    page = text(desk.get(own))
    assert all(f"{button}</a>" in page for button in ("Print badge", "Replace a lost badge"))
    assert "Cancel this badge and issue a new one</button>" in text(desk.get(f"{BADGES}{badge.pk}/reissue/"))
    response = desk.post(f"{BADGES}{badge.pk}/reissue/")
    fresh = Badge.objects.live().get()
    assert response["Location"] == f"{BADGES}{fresh.pk}/change/"
    (message,) = said(response)
    old, new = spaced(badge.public_id), spaced(fresh.public_id)
    assert message.startswith(f"Badge {old} is cancelled and no longer opens anything. Badge {new} replaces it.")
    assert message.endswith(f'<a href="{BADGES}badges.pdf?row={fresh.pk}">Print the badge</a>')
    again = desk.post(f"{BADGES}{badge.pk}/reissue/")
    assert said(again)[-1] == "This badge is already cancelled. Check whether the person has another."
    Badge.objects.update(ended_at=f.START, why="left")
    page = text(desk.get(own))
    assert "The person has left the delegation." in page
    assert "Cancel badge" not in page


def test_a_number_is_checked_at_a_door(party: Party, desk: Client) -> None:
    badge, foreign = f.BadgeFactory(party=party), f.BadgeFactory()
    badge.person.membership.category.zones.add(f.ZoneFactory(summit=party.summit, code="B", name="Plenary hall"))
    f.PhotoFactory(person=badge.person)

    def check(number: str) -> str:
        return text(desk.get(f"{BADGES}check/?number={number}"))

    page = check(spaced(badge.public_id).upper())
    assert all(words in page for words in ("Admit</h2>", ">Plenary hall</bdi>"))
    assert f"/admin/summit/person/{badge.person.pk}/photo/file/" in page
    page = check(foreign.public_id)
    assert "Do not admit: unknown badge</h2>" in page
    assert foreign.person.office not in page
    Badge.objects.update(ended_at=f.START, why="left")
    assert "Do not admit: badge cancelled</h2>" in check(badge.public_id)


class TestPaper:
    def test_it_is_printed_and_recorded(self, party: Party, desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        live, dead = f.BadgeFactory(party=party), f.BadgeFactory(party=party, ended_at=f.START, why="x")
        response = desk.get(f"{BADGES}badges.pdf?row={live.pk}&row={dead.pk}")
        assert (response["Content-Type"], response.content[:5]) == ("application/pdf", b"%PDF-")
        entry = AuditEntry.objects.get(action=SEEN, object_type="summit.person")
        assert entry.fields == ["badge_name", "name", "office", "photo"]
        # More than one document holds are printed in several.
        monkeypatch.setattr(badge_sheet, "MOST", 1)
        other = f.BadgeFactory(party=party)
        page = desk.get(f"{BADGES}badges.pdf?row={live.pk}&row={other.pk}").content.decode()
        addresses = re.findall(r'href="([^"]+part=\d)"', page)
        assert "Print 2 badges" in page
        documents = [desk.get(html.unescape(address)) for address in addresses]
        assert [len(PdfReader(io.BytesIO(document.content)).pages) for document in documents] == [1, 1]

    def test_what_stands_on_it(self, party: Party) -> None:
        party.summit.language = "fr"
        party.summit.save()
        f.PartyNameFactory(party=party, language="en", name="Islands")
        row = f.MembershipFactory(party=party, person__name="Ada", person__badge_name="Ada E.")
        row.category.zones.add(f.ZoneFactory(summit=party.summit, code="B"))
        badge, unnamed = f.BadgeFactory(party=party, person=row.person), f.BadgeFactory(party=party)
        card, other = cards(badge, unnamed)
        assert (card.number, card.name, card.office) == (badge.public_id, "Ada E.", row.person.office)
        assert (card.party, card.category, card.zones) == ("Aland", "Délégué", ("B",))
        assert (card.language, card.photo) == ("fr", "")
        # Whoever has no name is called by the office.
        assert (other.name, other.office) == (unnamed.person.office, "")

    def test_it_has_the_categorys_colour_and_the_delegations_flag_and_footnote(self, party: Party) -> None:
        Party.objects.update(iso_code="FR", footnote="Without  prejudice.")
        row = f.MembershipFactory(party=party)
        badge = f.BadgeFactory(party=party, person=row.person)
        (card,) = cards(badge)
        assert (card.colour, card.flag, card.footnote) == (COLOURS["delegate"], "FR", "Without prejudice.")
        row.category.colour = "#F2C200"
        row.category.save()
        Party.objects.update(flag="neutral")
        (card,) = cards(badge)
        assert (card.colour, card.flag) == ("#F2C200", "neutral")
        f.PolicyFactory(summit=party.summit, shows_flags=False)
        (card,) = cards(badge)
        assert card.flag == ""
        (page,) = printed(card)
        # The colour is a word too.
        assert [words for words in ("Delegate", "Aland*", "* Without prejudice.") if words not in page] == []

    def test_nothing_runs_off_it(self, party: Party) -> None:
        badge = f.BadgeFactory(party=party)
        (card,) = cards(badge)
        long = replace(card, name="Maria " * 40, office="Minister " * 30, party="Land " * 30, footnote="Note " * 100)
        assert len(printed(replace(long, emblem=png()), long)) == 2

    def test_every_capacity_has_a_colour_on_which_one_can_read(self) -> None:
        assert set(COLOURS) == set(Capacity.values)
        for colour in COLOURS.values():
            assert contrast(colour, print_ink(colour)) >= 4.5
