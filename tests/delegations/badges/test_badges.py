"""Badges: who gets one, when it is dead, printed and checked at a door; and passes, which change hands."""

import html
import io
import re
from dataclasses import replace
from typing import Any

import pypdf
import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from pypdf import PdfReader

from delegations.badges import badge_pdf as paper
from delegations.badges.models.badges import Badge
from delegations.badges.models.transferable_passes import TransferablePass, TransferablePassRule
from delegations.badges.selectors import badge_check, badge_sheet
from delegations.badges.selectors import badges as badges_selectors
from delegations.badges.selectors.badge_check import spaced
from delegations.badges.services import badges, transferable_passes
from delegations.badges.services.transferable_passes import TransferablePassRefused, allowed, settle_summit, shares
from delegations.invitations.models.invitations import InvitationState
from delegations.members import departure_listeners
from delegations.members.models.categories import COLOURS, Capacity, Category
from delegations.members.models.members import Membership
from delegations.members.services import members
from delegations.parties.models.parties import Party
from summit.audit import services as audit
from summit.audit.access_log import SEEN
from summit.audit.models import AuditEntry
from summit.audit.rendering import render
from summit.audit.services import SYSTEM, Link
from summit.people.models import Person
from summit.permissions.models import Role
from summit.summits.colours import contrast, print_ink
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.delegations.helpers import emblem, link, protocol, refuses, said, sign_in, text
from tests.threads import at_once, meet_after, names

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(summit: Summit) -> User:
    return f.UserFactory.with_role(Role.ACCREDITATION, summit)


def member(party: Party, **values: Any) -> Membership:
    return f.MembershipFactory(party=party, **values)


def issue(*rows: Membership, by: User) -> tuple[list[Badge], list[str]]:
    """Issue badges to members; return them, and why others got none."""
    issued = badges.issue(members=list(rows), by=by)
    return issued.done, [why for _row, why in issued.skipped]


class TestIssue:
    def test_each_gets_one_and_it_is_recorded(self, party: Party, desk: User) -> None:
        rows = [member(party), member(party, person__name="Ada", person__office="")]
        refuses(PermissionDenied, issue, *rows, by=f.UserFactory.with_role(Role.VETTING, party.summit))
        made, skipped = issue(*rows, by=desk)
        assert ([badge.person for badge in made], skipped) == ([row.person for row in rows], [])
        assert [badge.issued_by for badge in Badge.objects.live()] == [desk] * 2
        entries = AuditEntry.objects.filter(action="delegations.badge.issue", by=desk).order_by("pk")
        assert [(entry.object_key, entry.part_of) for entry in entries] == [
            (badge.public_id, f"summit.person:{badge.person.public_id}") for badge in made
        ]
        assert issue(rows[1], by=desk) == ([], ["Ada already has a badge."])
        assert Badge.objects.count() == 2

    def test_whose_category_has_a_deadline_is_confirmed_first(self, party: Party, desk: User) -> None:
        row = member(party, person__name="Ada", person__office="")
        Category.objects.filter(pk=row.category_id).update(confirm_by=f.START)
        row.category.refresh_from_db()
        said = "Ada is not confirmed yet. The delegation or protocol must confirm them first."
        assert issue(row, by=desk) == ([], [said])
        members.confirm(party=party, people=[row.pk], by=SYSTEM)
        assert len(issue(row, by=desk)[0]) == 1
        f.InvitationFactory(party=party, state=InvitationState.REVOKED)
        said = "The invitation to Aland was revoked. Protocol can invite the delegation again."
        assert issue(member(party), by=desk) == ([], [said])
        assert list(badges_selectors.without(party.summit)) == []

    @pytest.mark.parametrize("deadline", ["summit", "category", "none"])
    def test_they_are_parted_by_what_stops_them(self, party: Party, deadline: str) -> None:
        late, sure = member(party), member(party, confirmed_at=f.START)
        policy = f.PolicyFactory(summit=party.summit, confirm_by=f.START if deadline == "summit" else None)
        if deadline == "category":
            Category.objects.filter(pk=late.category_id).update(confirm_by=f.START)
        able = list(badges_selectors.able(party.summit, policy))
        waiting = list(badges_selectors.waiting(party.summit, policy))
        assert (able, waiting) == (([late, sure], []) if deadline == "none" else ([sure], [late]))
        assert not any(badges_selectors.why_not(row, policy) for row in able)
        assert all(badges_selectors.why_not(row, policy) for row in waiting)


def test_a_badge_that_is_ended_says_why_and_is_never_alive_again(party: Party, desk: User) -> None:
    row = member(party)
    [badge], _skipped = issue(row, by=desk)
    for reason, words in (
        (" ", "Enter a reason. The guard who checks the badge sees it."),
        ("x" * 201, "Shorten this text to 200 characters. It has 201."),
    ):
        refuses(badges.BadgeProblem, badges.end, badges=[badge], reason=reason, by=desk, match=f"^{words}$")
    other = f.UserFactory.with_role(Role.PROGRAMME, party.summit)
    refuses(PermissionDenied, badges.end, badges=[badge], reason="Why.", by=other)
    assert Badge.objects.live().get() == badge
    ended = [badges.end(badges=[badge], reason=why, by=desk) for why in ("  Seen at  the wrong door. ", "Again.")]
    badge.refresh_from_db()
    assert (ended, badge.ended_at is None, badge.why) == ([1, 0], False, "Seen at the wrong door.")
    entry = AuditEntry.objects.get(action="delegations.badge.end")
    assert (entry.fields, entry.detail) == (["ended_at", "why"], {})
    assert len(issue(row, by=desk)[0]) == 1


class TestReissue:
    def test_who_can_have_no_other_keeps_the_one_and_is_told(self, party: Party, desk: User) -> None:
        row = member(party, person__name="Ada", person__office="")
        badge = f.BadgeFactory(party=party, person=row.person)
        f.PolicyFactory(summit=party.summit, confirm_by=f.START)
        refused = refuses(badges.BadgeRefused, badges.reissue, badge=badge, by=desk)
        assert str(refused) == (
            "Ada is not confirmed yet. The delegation or protocol must confirm them first. To issue a new badge, "
            "cancel this one and give a reason."
        )
        assert Badge.objects.live().get() == badge


def test_whoever_leaves_has_a_dead_badge(party: Party, desk: User, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [member(party) for _ in range(3)]
    (gone, stays, other), _skipped = issue(*rows, by=desk)
    members.withdraw(membership=rows[0], by=SYSTEM)
    gone.refresh_from_db()
    assert (gone.why, gone.ended_at is None) == ("left", False)
    assert badges_selectors.end_reason(gone) == "The person has left the delegation."
    assert set(Badge.objects.live()) == {stays, other}
    found = badge_check.check_badge(typed=gone.public_id, by=desk)
    assert (found.badge, found.opens, found.zones, found.since) == (gone, False, (), gone.ended_at)
    assert (found.why, found.category) == ("The person has left the delegation.", rows[0].category)
    # What is not done leaves the badge alive.
    with monkeypatch.context() as patched:
        patched.setattr(audit, "record", lambda **_facts: 1 / 0)
        refuses(ZeroDivisionError, members.withdraw, membership=rows[1], by=SYSTEM)
    assert set(Badge.objects.live()) == {stays, other}
    # Control: without what follows it would live.
    monkeypatch.setattr(departure_listeners, "_following", [])
    members.withdraw(membership=rows[1], by=SYSTEM)
    assert set(Badge.objects.live()) == {stays, other}


class TestCheck:
    def test_a_live_one_opens_the_zones_of_the_category(self, party: Party, desk: User) -> None:
        row = member(party)
        zones = [f.ZoneFactory(summit=party.summit, code=code) for code in "AB"]
        row.category.zones.set(zones)
        [badge], _skipped = issue(row, by=desk)
        found = badge_check.check_badge(typed=badge.public_id, by=desk)
        assert (found.badge, found.opens, found.why, found.category) == (badge, True, "", row.category)
        assert (found.zones, found.since) == (tuple(zones), Badge.objects.get().issued_at)
        f.InvitationFactory(party=party, state=InvitationState.REVOKED)
        found = badge_check.check_badge(typed=badge.public_id, by=desk)
        assert (found.opens, found.why) == (False, "The delegation’s invitation was revoked.")

    def test_it_is_found_however_it_is_typed(self, party: Party, desk: User) -> None:
        badge = f.BadgeFactory(party=party, public_id="0a1bcdefghjkmnpq")
        for typed in ("0A1B CDEF GHJK MNPQ", "oaib-cdef-ghjk-mnpq", " 0a1bcdefghjkmnpq\n", "Oalbcdefghjkmnpq"):
            assert badge_check.check_badge(typed=typed, by=desk).badge == badge
        assert badge_check.spaced(badge.public_id) == "0a1b cdef ghjk mnpq"

    def test_another_summits_is_no_badge(self, party: Party, desk: User) -> None:
        nothing = "No badge has this number. Type the number exactly as printed on the badge."
        for number in (f.BadgeFactory().public_id, "nothing"):
            found = badge_check.check_badge(typed=number, by=desk)
            assert (found.badge, found.opens, found.why) == (None, False, nothing)
        viewer = f.UserFactory.with_role(Role.VIEWER, party.summit)
        refuses(PermissionDenied, badge_check.check_badge, typed="x", by=viewer)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
class TestRaces:
    def issued_twice(self, party: Party, desk: User, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        """Let two issue a badge to one person, who both look first whether there is one; return what came of each."""
        row = member(party)
        meet_after(monkeypatch, badges, "_holders")
        came = at_once(*[lambda: len(issue(row, by=desk)[0])] * 2)
        assert Badge.objects.live().count() == 1
        return sorted(map(str, names(came)))

    def test_issued_twice_at_once_it_is_one(self, party: Party, desk: User, monkeypatch: pytest.MonkeyPatch) -> None:
        assert self.issued_twice(party, desk, monkeypatch) == ["0", "1"]

    def test_control_without_the_lock_the_constraint_refuses(
        self, party: Party, desk: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(badges, "_lock", lambda keys: {row.pk: row for row in Party.objects.filter(pk__in=keys)})
        assert self.issued_twice(party, desk, monkeypatch) == ["1", "IntegrityError"]

    def test_nobody_gets_one_while_they_leave(self, party: Party, desk: User) -> None:
        for _ in range(2):
            row = member(party)
            issued, left = at_once(
                lambda row=row: len(issue(row, by=desk)[0]),
                lambda row=row: members.withdraw(membership=row, by=SYSTEM).why,
            )
            assert (issued in (0, 1), left) == (True, "withdrawn")
            assert Membership.objects.filter(pk=row.pk).count() == Badge.objects.live().count() == 0


def make(people: int = 0, **rule: Any) -> tuple[Party, TransferablePassRule]:
    """Make a party of so many people in a summit with a kind of transferable pass, one for every two people."""
    party = f.PartyFactory(name="Aland")
    row = f.TransferablePassRuleFactory(**{"summit": party.summit, "name": "Leaders’ floor", "people": 2, **rule})
    for number in range(people):
        f.MembershipFactory(party=party, person__name=f"P{number}", person__office="")
    settle_summit(summit=party.summit, by=SYSTEM)
    return party, row


def who(party: Party, name: str) -> Person:
    return Person.objects.get(membership__party=party, name=name)


def carried(party: Party) -> dict[int, str | None]:
    """Return who carries which number."""
    return dict(
        TransferablePass.objects.filter(party=party).order_by("number").values_list("number", "holder__person__name")
    )


def pass_of(party: Party, number: int = 1) -> TransferablePass:
    return TransferablePass.objects.select_related("party__summit", "rule").get(party=party, number=number)


def pass_on(party: Party, before: str, now: str, by: Any, number: int = 1) -> None:
    """Let whoever carries a pass give it to another; "" is the desk."""
    seen, taker = (who(party, name) if name else None for name in (before, now))
    transferable_passes.pass_on(transferable_pass=pass_of(party, number), seen=seen, taker=taker, by=by)


def hand(party: Party, name: str, number: int = 1) -> None:
    pass_on(party, "", name, protocol(party), number)


def withdraw(party: Party, *names: str) -> None:
    for name in names:
        members.withdraw(membership=who(party, name).membership, by=protocol(party))


def test_how_many() -> None:
    for rule, numbers in (
        ({"people": 5, "passes": 1}, {0: 0, 4: 0, 5: 1, 9: 1, 10: 2}),
        ({"people": 5, "passes": 2}, {4: 0, 5: 2, 11: 4}),
        ({"people": 1, "passes": 1, "most": 3}, {0: 0, 2: 2, 3: 3, 100: 3}),
        ({"people": 2, "passes": 1, "most": 0}, {100: 0}),
    ):
        assert {people: allowed(TransferablePassRule(**rule), people) for people in numbers} == numbers


class TestInLine:
    def test_naming_people_makes_them(self) -> None:
        party, rule = make()
        category = Category.objects.of(party.summit)["delegate"]
        by = protocol(party)
        for number in range(4):
            person = f.PersonFactory(summit=party.summit)
            members.name(party=party, person=person, category=category, by=by)
            assert TransferablePass.objects.filter(rule=rule, party=party).count() == (number + 1) // 2
        told = AuditEntry.objects.filter(action="delegations.transferablepass.count").order_by("pk")
        assert [(row.detail["before"], row.detail["now"], row.by) for row in told] == [(0, 1, by), (1, 2, by)]

    def test_one_that_is_carried_is_over_until_it_comes_back(self) -> None:
        party, _rule = make(4)
        hand(party, "P0", 1)
        hand(party, "P1", 2)
        withdraw(party, "P3")
        (share,) = shares(party)
        assert (share.allowed, share.carried, share.over) == (1, 2, 1)
        pass_on(party, "P0", "", protocol(party))
        assert carried(party) == {2: "P1"}
        assert shares(party)[0].over == 0

    def test_a_number_that_is_free_is_given_again_and_another_rule_brings_all_in_line(self) -> None:
        party, rule = make(4)
        hand(party, "P0", 2)
        withdraw(party, "P3")
        f.MembershipFactory(party=party)
        settle_summit(summit=party.summit, by=SYSTEM)
        assert carried(party) == {1: None, 2: "P0"}
        other, nobody = f.MembershipFactory(party__summit=party.summit).party, f.PartyFactory(summit=party.summit)
        TransferablePassRule.objects.filter(pk=rule.pk).update(people=1)
        settle_summit(summit=party.summit, by=SYSTEM)
        assert [len(carried(each)) for each in (party, other, nobody)] == [4, 1, 0]


class TestPassOn:
    def test_handed_out_passed_on_and_taken_back(self) -> None:
        party, _rule = make(2)
        by = protocol(party)
        for before, now in (("", "P0"), ("P0", "P1"), ("P1", "")):
            pass_on(party, before, now, by)
            assert carried(party) == {1: now or None}
        told = AuditEntry.objects.filter(action__startswith="delegations.transferablepass.", by=by).order_by("pk")
        assert [(entry.action.rpartition(".")[2], entry.fields) for entry in told] == [
            *(("hand", ["holder"]), ("pass_on", ["holder"]), ("take_back", ["holder"])),
        ]
        people = who(party, "P0"), who(party, "P1")
        assert (told[1].detail["before"], told[1].detail["now"]) == tuple(row.public_id for row in people)
        (line,) = render([told[1]])
        assert line.what == f"handed over a transferable pass from {people[0].label} to {people[1].label}"

    def test_whoever_saw_another_carry_it_is_told(self) -> None:
        party, _rule = make(4)
        hand(party, "P0")
        said = r"^The pass has just changed hands\. Check who has it"
        for before in ("", "P1"):
            refuses(TransferablePassRefused, pass_on, party, before, "P2", protocol(party), match=said)
        assert carried(party)[1] == "P0"
        refused = refuses(TransferablePassRefused, hand, party, "P0", 2)
        assert str(refused) == "P0 already has a pass of type “Leaders’ floor”. Choose someone else."

    def test_members_alone_carry_them(self) -> None:
        party, _rule = make(2)
        other = f.MembershipFactory(party__summit=party.summit, person__name="Zed", person__office="")
        given = {"transferable_pass": pass_of(party), "seen": None, "by": protocol(party)}
        gone, same = r"^Zed is no longer in Aland\.", "This person already has the pass"
        for taker, words in ((other.person, gone), (None, same)):
            refuses(TransferablePassRefused, transferable_passes.pass_on, match=words, taker=taker, **given)

    def test_who_may(self) -> None:
        party, _rule = make(2)
        delegate = f.UserFactory()
        Person.objects.filter(pk=who(party, "P0").pk).update(user=delegate)
        for by in (delegate, f.UserFactory.with_role(Role.VETTING, party.summit), Link("nothing")):
            refuses(PermissionDenied, pass_on, party, "", "P0", by)
        pass_on(party, "", "P0", link(party))
        pass_on(party, "P0", "P1", f.UserFactory.with_role(Role.ACCREDITATION, party.summit))

    def test_whoever_leaves_gives_it_back(self) -> None:
        party, _rule = make(4)
        hand(party, "P0")
        hand(party, "P1", 2)
        by = protocol(party)
        members.replace(membership=who(party, "P0").membership, person=f.PersonFactory(summit=party.summit), by=by)
        assert carried(party) == {1: None, 2: "P1"}
        entry = AuditEntry.objects.get(action="delegations.transferablepass.take_back")
        assert (entry.by, entry.detail["now"]) == (by, None)
        withdraw(party, "P1")
        assert set(carried(party).values()) == {None}


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def race(self) -> list[str]:
        """Let two pass the same pass on at once, each to somebody else."""
        party, _rule = make(4)
        hand(party, "P0")
        by = protocol(party)
        came = at_once(*(lambda name=name: pass_on(party, "P0", name, by) for name in ("P1", "P2")))
        assert carried(party)[1] in ("P1", "P2")
        return sorted(map(str, names(came)))

    def test_of_two_who_pass_it_on_one_does(self) -> None:
        assert self.race() == ["None", "TransferablePassRefused"]

    def test_control_without_what_was_seen_both_do(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def blind(transferable_pass: TransferablePass, before: Any, member: Membership | None) -> bool:
            return bool(TransferablePass.objects.filter(pk=transferable_pass.pk).update(holder=member))

        monkeypatch.setattr(transferable_passes, "_move", blind)
        assert self.race() == ["None", "None"]


BADGES = "/admin/delegations/badge/"


def printed(*cards: badge_sheet.Card) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(paper.write(cards))).pages]


def cards(*badges: Badge) -> list[badge_sheet.Card]:
    by = f.UserFactory.with_role(Role.ACCREDITATION, badges[0].party.summit)
    return list(badge_sheet.cards(badges=badges, by=by))


@pytest.fixture
def browser(summit: Summit) -> Client:
    return sign_in(summit, Role.ACCREDITATION)


def test_those_without_are_shown_and_get_one(party: Party, browser: Client) -> None:
    able, holder = f.MembershipFactory(party=party), f.BadgeFactory(party=party)
    waits = f.MembershipFactory(party=party, code="adviser", person__name="Bo", person__office="")
    waits.category.confirm_by = f.START
    waits.category.save()
    page = text(browser.get(f"{BADGES}issue/"))
    narrowed = f"?party__summit__id__exact={party.summit_id}&amp;confirmed_at__isempty=1&amp;party={party.pk}"
    for words in (
        *("Issue 1 badge</button>", f'value="{able.pk}" checked', "1 person is not ready for a badge", narrowed),
        "1 has no photograph. The badge is printed with an empty field.",
    ):
        assert words in page, words
    assert holder.person.label not in page
    response = browser.post(f"{BADGES}issue/", {"row": [able.pk, waits.pk]})
    waiting = "Bo is not confirmed yet. The delegation or protocol must confirm them first."
    printing = f'<a href="{BADGES}badges.pdf?row={Badge.objects.latest("pk").pk}">Print the badge</a>'
    assert said(response) == [waiting, f"1 badge issued. {printing}"]
    assert Badge.objects.live().filter(person=able.person).count() == 1
    again = browser.post(f"{BADGES}issue/", {"row": [able.pk]})
    assert again["Location"] == "/admin/delegations/badge/issue/?summit=here"
    assert Badge.objects.filter(person=able.person).count() == 1


@pytest.mark.slow("opens the pages of a person, a delegation and their badges before and after")
def test_from_a_person_and_a_delegation_only_theirs_are_issued(party: Party, browser: Client) -> None:
    member, colleague = f.MembershipFactory(party=party), f.MembershipFactory(party=party)
    other = f.MembershipFactory(party=f.PartyFactory(summit=party.summit, name="Bland"))
    person, delegation = (f"/admin/summit/person/{member.person_id}/", f"/admin/delegations/party/{party.pk}/")
    alone = f"{BADGES}issue/?summit=here&member={member.pk}"
    of_party = f"{BADGES}issue/?summit=here&party={party.pk}"
    assert f'href="{html.escape(alone)}"' in text(browser.get(person))
    for address, shown in ((alone, [member]), (of_party, [member, colleague])):
        page = text(browser.get(address))
        assert [row for row in (member, colleague, other) if f'value="{row.pk}" checked' in page] == shown
    assert browser.post(of_party, {"all": "1"})["Location"] == delegation
    assert set(Badge.objects.values_list("party", flat=True)) == {party.pk}
    f.BadgeFactory(party=other.party, person=other.person)
    printed = PdfReader(io.BytesIO(browser.get(f"{BADGES}badges.pdf?party={party.pk}").content))
    assert len(printed.pages) == 2
    assert "Print badge" in text(browser.get(person))
    assert "No one is waiting for a badge." in text(browser.get(f"{BADGES}issue/?summit=here&member={other.pk}"))
    # Whoever has left since doesn't become everyone.
    member.delete()
    for address in (alone, f"{BADGES}issue/?summit=here&party={f.PartyFactory().pk}"):
        assert browser.get(address).status_code == 404


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


def test_the_chosen_are_dead_for_a_reason(party: Party, browser: Client) -> None:
    keys = [row.pk for row in f.BadgeFactory.create_batch(2, party=party)]
    address = f"{BADGES}end/?row={keys[0]}&row={keys[1]}"
    response = browser.post(BADGES, {"action": "end_chosen", "_selected_action": keys})
    assert response["Location"] == address
    page = text(browser.get(address))
    assert "Cancel 2 badges</button>" in page
    assert browser.post(address, {"reason": ""}).status_code == 422
    assert said(browser.post(address, {"reason": "Fakes."})) == ["2 badges cancelled."]
    assert set(Badge.objects.values_list("why", flat=True)) == {"Fakes."}
    assert said(browser.get(address))[-1:] == ["None of these badges is valid. Reload the list."]


def test_a_lost_one_is_replaced(party: Party, browser: Client) -> None:
    badge = f.BadgeFactory(party=party)
    own = f"{BADGES}{badge.pk}/change/"
    page = text(browser.get(own))
    assert all(f"{button}</a>" in page for button in ("Print badge", "Replace a lost badge"))
    assert "Cancel this badge and issue a new one</button>" in text(browser.get(f"{BADGES}{badge.pk}/reissue/"))
    response = browser.post(f"{BADGES}{badge.pk}/reissue/")
    fresh = Badge.objects.live().get()
    assert response["Location"] == f"{BADGES}{fresh.pk}/change/"
    (message,) = said(response)
    old, new = spaced(badge.public_id), spaced(fresh.public_id)
    assert message.startswith(f"Badge {old} is cancelled and no longer opens anything. Badge {new} replaces it.")
    assert message.endswith(f'<a href="{BADGES}badges.pdf?row={fresh.pk}">Print the badge</a>')
    again = browser.post(f"{BADGES}{badge.pk}/reissue/")
    assert said(again)[-1] == "This badge is already cancelled. Check whether the person has another."
    Badge.objects.update(ended_at=f.START, why="left")
    page = text(browser.get(own))
    assert "The person has left the delegation." in page
    assert "Cancel badge" not in page


def test_a_number_is_checked_at_a_door(party: Party, browser: Client) -> None:
    badge, foreign = f.BadgeFactory(party=party), f.BadgeFactory()
    badge.person.membership.category.zones.add(f.ZoneFactory(summit=party.summit, code="B", name="Plenary hall"))
    f.PhotoFactory(person=badge.person)

    def check(number: str) -> str:
        return text(browser.get(f"{BADGES}check/?number={number}"))

    page = check(spaced(badge.public_id).upper())
    assert all(words in page for words in ("Admit</h2>", ">Plenary hall</bdi>"))
    assert f"/admin/summit/person/{badge.person.pk}/photo/file/" in page
    page = check(foreign.public_id)
    assert "Do not admit: unknown badge</h2>" in page
    assert foreign.person.office not in page
    Badge.objects.update(ended_at=f.START, why="left")
    assert "Do not admit: badge cancelled</h2>" in check(badge.public_id)


class TestPaper:
    def test_it_is_printed_and_recorded(self, party: Party, browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        live, dead = f.BadgeFactory(party=party), f.BadgeFactory(party=party, ended_at=f.START, why="x")
        response = browser.get(f"{BADGES}badges.pdf?row={live.pk}&row={dead.pk}")
        assert (response["Content-Type"], response.content[:5]) == ("application/pdf", b"%PDF-")
        entry = AuditEntry.objects.get(action=SEEN, object_type="summit.person")
        assert entry.fields == ["badge_name", "name", "office", "photo"]
        # More than one document holds are printed in several.
        monkeypatch.setattr(badge_sheet, "MOST", 1)
        other = f.BadgeFactory(party=party)
        page = browser.get(f"{BADGES}badges.pdf?row={live.pk}&row={other.pk}").content.decode()
        addresses = re.findall(r'href="([^"]+part=\d)"', page)
        assert "Print 2 badges" in page
        documents = [browser.get(html.unescape(address)) for address in addresses]
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
        assert len(printed(replace(long, emblem=emblem()), long)) == 2

    def test_every_capacity_has_a_colour_on_which_one_can_read(self) -> None:
        assert set(COLOURS) == set(Capacity.values)
        for colour in COLOURS.values():
            assert contrast(colour, print_ink(colour)) >= 4.5
