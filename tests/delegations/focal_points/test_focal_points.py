"""Who acts for a party: asked for, made, taken off, leaving; and what opened the portal ends with it."""

import re
from contextlib import nullcontext
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.test import Client

from delegations.focal_points import messages as focal_points_messages
from delegations.focal_points.models import FocalPointRequest, RequestState
from delegations.focal_points.services import focal_points, requests
from delegations.focal_points.services.focal_points import ActingRefused
from delegations.focal_points.services.requests import TRANSITIONS, FocalProblem, approve, ask, refuse, withdraw
from delegations.invitations.models.invitations import InvitationLink
from delegations.members.models.focal_points import FocalPoint
from delegations.members.permissions import can_act
from delegations.members.services.people import PossibleDuplicate
from delegations.parties.models.parties import Party
from delegations.portal_access.models import PortalSession
from summit.audit.access_log import SEEN
from summit.audit.models import AuditEntry
from summit.audit.services import Link, Mailbox
from summit.outbox import delivery
from summit.outbox.models import Message
from summit.people.models import Person
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.delegations.helpers import protocol, refuses, said, text
from tests.delegations.overview.test_admin import form
from tests.threads import at_once

pytestmark = pytest.mark.django_db
ACTION = "delegations.ask_focal_point"


@pytest.fixture
def acted(summit: Summit) -> Party:
    """A party for which two act, Fay and Gus."""
    found = f.PartyFactory(summit=summit, name="Aland", mission_email="mission@land.example")
    for name in ("Fay", "Gus"):
        about = {"person__name": name, "person__office": "", "person__email": f"{name.lower()}@land.example"}
        f.FocalPointFactory(party=found, **about)
    return found


def point(party: Party, name: str = "Fay") -> FocalPoint:
    return FocalPoint.objects.select_related("party__summit", "person").get(party=party, person__name=name)


def link(party: Party, address: str = "fay@land.example", **kwargs: Any) -> InvitationLink:
    invitation = party.invitations.first() or f.InvitationFactory(party=party, sent=True)
    return f.InvitationLinkFactory(invitation=invitation, address=address, **kwargs)


def browser(row: FocalPoint) -> PortalSession:
    return PortalSession.objects.create(person=row.person, mailbox=row.person.email)


class TestName:
    def test_once_in_their_summit_and_by_whom(self, acted: Party, protocol: User) -> None:
        fay = point(acted).person
        there = r"^Fay is already a focal point for Aland\.$"
        for person, words in ((fay, there), (f.PersonFactory(), "belongs to another summit")):
            refuses(ActingRefused, focal_points.name, match=words, party=acted, person=person, by=protocol)
        programme, person = (
            f.UserFactory.with_role(Role.PROGRAMME, acted.summit),
            f.PersonFactory(summit=acted.summit),
        )
        refuses(PermissionDenied, focal_points.name, party=acted, person=person, by=programme)
        refuses(PermissionDenied, focal_points.remove, point=point(acted), by=programme)
        assert acted.focal_points.count() == 2


class TestTold:
    """Whom a desk makes a focal point, or takes off, is told."""

    def told(self) -> list[tuple[str, str, str, bool]]:
        rows = Message.objects.filter(kind="focal_point").order_by("pk")
        assert focal_points_messages.untrue(list(rows)) == {}
        return [(row.address, row.facts["what"], row.language, row.facts["account"]) for row in rows]

    def test_whom_a_desk_takes_off(self, acted: Party, protocol: User) -> None:
        focal_points.remove(point=point(acted), by=protocol)
        assert self.told() == [("fay@land.example", "taken off", "en", False)]
        mail = focal_points_messages.FOCAL_POINT.render(Message.objects.get())
        assert mail.subject == "You are no longer a focal point for Aland"
        assert "as decided by protocol." in mail.text
        # Made one again before it was sent: that is told instead.
        focal_points.name(party=acted, person=Person.objects.get(name="Fay"), by=protocol)
        rows = list(Message.objects.order_by("pk"))
        assert list(focal_points_messages.untrue(rows)) == [rows[0].pk]


class TestRemove:
    def test_what_opened_the_portal_ends(self, acted: Party, protocol: User) -> None:
        row, opened, theirs = point(acted), link(acted), browser(point(acted))
        ways = (Link(opened.public_id), Mailbox(theirs.public_id))
        assert [can_act(by, ACTION, acted) for by in ways] == [True, True]
        focal_points.remove(point=row, by=protocol)
        assert [each.person.name for each in acted.focal_points.all()] == ["Gus"]
        assert [can_act(by, ACTION, acted) for by in ways] == [False, False]
        theirs.refresh_from_db()
        assert theirs.ended_at is not None
        actions = {"delegations.focalpoint.remove", "delegations.revoke_link", "delegations.sign_out"}
        assert set(AuditEntry.objects.values_list("action", flat=True)) == actions
        gone = r"^Fay is no longer a focal point for Aland\.$"
        refuses(ActingRefused, focal_points.remove, match=gone, point=row, by=protocol)
        focal_points.remove(point=point(acted, "Gus"), by=protocol)
        assert not acted.focal_points.exists()

    def test_control_the_link_goes_on(self, acted: Party, protocol: User, monkeypatch: pytest.MonkeyPatch) -> None:
        opened = link(acted)
        monkeypatch.setattr(focal_points, "close", lambda *args: None)
        focal_points.remove(point=point(acted), by=protocol)
        assert can_act(Link(opened.public_id), ACTION, acted)

    def test_what_others_read_stays(self, acted: Party, protocol: User) -> None:
        f.FocalPointFactory(party=acted, person__name="Twin", person__email="FAY@land.example")
        shared = link(acted)
        mission, gus = (link(acted, f"{name}@land.example") for name in ("mission", "gus"))
        elsewhere = link(f.PartyFactory(summit=acted.summit))
        focal_points.remove(point=point(acted), by=protocol)
        assert set(InvitationLink.objects.live()) == {shared, mission, gus, elsewhere}

    def test_a_browser_stays_where_the_person_is_still_somebody(self, acted: Party, protocol: User) -> None:
        row = point(acted)
        opened = browser(row)
        f.FocalPointFactory(party=f.PartyFactory(summit=acted.summit), person=row.person)
        focal_points.remove(point=row, by=protocol)
        opened.refresh_from_db()
        assert opened.ended_at is None
        assert not can_act(Mailbox(opened.public_id), ACTION, acted)


class TestLeave:
    @pytest.mark.parametrize("way", ["account", "link", "code"])
    def test_each_way(self, acted: Party, way: str) -> None:
        row = point(acted)
        if way == "account":
            row.person.user = f.UserFactory()
            row.person.save()
        by: Any = {
            "account": lambda: row.person.user,
            "link": lambda: Link(link(acted).public_id),
            "code": lambda: Mailbox(browser(row).public_id),
        }[way]()
        assert focal_points.own(acted, by) == row
        focal_points.leave(party=acted, by=by)
        assert [each.person.name for each in acted.focal_points.all()] == ["Gus"]

    def test_the_only_one_stays_and_others_leave_nothing(self, acted: Party) -> None:
        mission = Link(link(acted, "mission@land.example").public_id)
        refuses(
            ActingRefused,
            focal_points.leave,
            match="You are not a focal point for Aland",
            party=acted,
            by=mission,
        )
        stranger = Link(link(f.PartyFactory(summit=acted.summit)).public_id)
        refuses(PermissionDenied, focal_points.leave, party=acted, by=stranger)
        point(acted, "Gus").delete()
        only, by = r"^You are the only focal point for Aland\. Request a replacement", browser(point(acted))
        refuses(ActingRefused, focal_points.leave, match=only, party=acted, by=Mailbox(by.public_id))
        assert acted.focal_points.count() == 1


ASKED: dict[str, Any] = {
    "name": " Gil  Example ", "office": "First Secretary", "email": "Gil@Land.example", "language": "fr",
}  # fmt: skip


@pytest.fixture
def fay(party: Party) -> User:
    user = f.UserFactory(name="Fay", email="fay@land.example")
    names = {"person__name": "Fay", "person__office": "", "person__email": "fay@land.example"}
    f.FocalPointFactory(party=party, person__user=user, **names)
    return user


@pytest.fixture
def by(party: Party) -> User:
    return protocol(party)


@pytest.fixture
def row(party: Party, fay: User) -> FocalPointRequest:
    return ask(party=party, by=fay, **ASKED)


def stranger() -> User:
    user: User = f.UserFactory()
    f.FocalPointFactory(person__user=user)
    return user


def told() -> dict[str, str]:
    """Return the subjects of what is told about focal points, by address."""
    rows = Message.objects.filter(kind="focal_point")
    delivery.deliver(list(rows.values_list("pk", flat=True)))
    return {each.to[0]: str(each.subject) for each in mail.outbox if "focal" in str(each.subject)}


class TestAsk:
    def test_it_waits_and_is_recorded(self, party: Party, fay: User, row: FocalPointRequest) -> None:
        row.refresh_from_db()
        assert (row.name, row.office, row.email) == ("Gil Example", "First Secretary", "gil@land.example")
        assert (row.language, row.state, row.asked_by) == ("fr", "open", "Fay")
        assert (row.answer_to, row.instead_of, row.person) == ("fay@land.example", None, None)
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.detail, entry.by) == ("delegations.focalpointrequest.ask", {}, fay)
        assert entry.fields == ["email", "language", "name", "office"]
        assert not Person.objects.filter(name="Gil Example").exists()
        waits = "There is already a pending request for gil@land.example. For help, contact protocol: protocol@"
        refuses(ActingRefused, ask, match=f"^{waits}", party=party, by=fay, **ASKED)
        refuses(PermissionDenied, withdraw, request=row, by=stranger())
        withdraw(request=row, by=fay)
        assert ask(party=party, by=fay, **ASKED).state == "open"

    def test_by_a_link_and_by_a_code(self, party: Party, fay: User) -> None:
        link = f.InvitationLinkFactory(invitation__party=party, address="mission@land.example")
        assert ask(party=party, by=Link(link.public_id), **ASKED).asked_by == "mission@land.example"
        person = party.focal_points.get().person
        opened = PortalSession.objects.create(person=person, mailbox="fay@land.example")
        row = ask(party=party, by=Mailbox(opened.public_id), **{**ASKED, "email": "hal@land.example"})
        assert (row.asked_by, row.answer_to) == ("Fay", "fay@land.example")

    def test_what_cant_be_taken(self, party: Party, fay: User) -> None:
        for field, value, words in (
            ("name", "", "Enter a name."),
            ("name", "x" * 201, "Shorten this text to 200 characters. It has 201."),
            ("office", "x" * 202, "Shorten this text to 200 characters. It has 202."),
            ("email", "", "Enter an email address. It is used to sign in to the portal."),
            ("email", "no mailbox", "“no mailbox” is not an email address. Enter one like name@example.org."),
            ("language", "xx", "Choose one of the letter languages."),
        ):
            problem = refuses(FocalProblem, ask, party=party, by=fay, **{**ASKED, field: value})
            assert (problem.field, str(problem)) == (field, words)
        other = f.PersonFactory(summit=party.summit)
        assert refuses(FocalProblem, ask, party=party, by=fay, instead_of=other, **ASKED).field == "instead_of"

    def test_a_mailbox_that_acts_already(self, party: Party, fay: User) -> None:
        again = {**ASKED, "email": "FAY@land.example"}
        used = r"^A focal point for Aland already uses the email address fay@land\.example"
        refuses(ActingRefused, ask, match=used, party=party, by=fay, **again)
        # Whoever follows somebody may read the same mailbox.
        assert ask(party=party, by=fay, instead_of=party.focal_points.get().person, **again).instead_of

    def test_who_may(self, party: Party, fay: User) -> None:
        for by in (f.UserFactory.with_role(Role.PROGRAMME, party.summit), stranger(), Link("nothing")):
            refuses(PermissionDenied, ask, party=party, by=by, **ASKED)


class TestApprove:
    def test_a_person_is_entered_acts_gets_an_account_and_is_told(self, party: Party, fay: User, by: User) -> None:
        row = ask(party=party, by=fay, **{**ASKED, "language": "en"})
        point = approve(request=row, by=by)
        person = point.person
        assert (person.name, person.office, person.email) == ("Gil Example", "First Secretary", "gil@land.example")
        assert (person.language, person.user is not None) == ("en", True)
        assert can_act(User.objects.get(pk=person.user.pk), "delegations.name", party)
        row.refresh_from_db()
        assert (row.state, row.decided_by, row.person) == ("approved", by, person)
        assert [each.person.name for each in party.focal_points.all()] == ["Fay", "Gil Example"]
        assert "delegations.focalpointrequest.approve" in AuditEntry.objects.values_list("action", flat=True)
        assert told() == {
            "fay@land.example": "Gil Example is now a focal point for Aland",
            "gil@land.example": "You are now a focal point for Aland",
        }

    def test_in_place_of_somebody(self, party: Party, fay: User) -> None:
        old = party.focal_points.get().person
        link = f.InvitationLinkFactory(invitation__party=party, address="fay@land.example")
        row = ask(party=party, by=fay, instead_of=old, **ASKED)
        approve(request=row, by=protocol(party))
        assert [each.person.name for each in party.focal_points.all()] == ["Gil Example"]
        assert not can_act(Link(link.public_id), "delegations.name", party)
        assert not can_act(User.objects.get(pk=fay.pk), "delegations.name", party)
        row.refresh_from_db()
        assert row.instead_of == old
        subjects = Message.objects.filter(kind="focal_point").values_list("facts__what", "address")
        fays, gils = "fay@land.example", "gil@land.example"
        assert sorted(subjects) == [("approved", fays), ("ended", fays), ("named", gils)]

    def test_duplicates_are_pointed_out_or_they_are_somebody_else(
        self, party: Party, fay: User, row: FocalPointRequest, by: User
    ) -> None:
        known = f.PersonFactory(summit=party.summit, name="Example Gil", office="", email="")
        seems = refuses(PossibleDuplicate, approve, request=row, by=by)
        row.refresh_from_db()
        assert ([hit.person for hit in seems.hits], row.state) == ([known], "open")
        elsewhere = f.PersonFactory()
        refuses(ActingRefused, approve, match="belongs to another summit", request=row, by=by, known=elsewhere)
        point = approve(request=row, by=by, known=known)
        known.refresh_from_db()
        assert (point.person, known.email) == (known, "gil@land.example")
        another = ask(party=party, by=fay, **{**ASKED, "email": "g@land.example"})
        point = approve(request=another, by=by, another=[known.public_id])
        assert point.person != known

    def test_a_mailbox_of_several_opens_by_a_code(self, row: FocalPointRequest, by: User) -> None:
        other = f.UserFactory(email="gil@land.example")
        f.PersonFactory(summit=row.party.summit, user=other, name="Somebody", email="gil@land.example")
        point = approve(request=row, by=by)
        assert point.person.user is None
        message = Message.objects.get(kind="focal_point", facts__what="named")
        assert "/portal/sign-in/" in focal_points_messages.FOCAL_POINT.render(message).text

    def test_who_may(self, party: Party, fay: User, row: FocalPointRequest) -> None:
        for by in (fay, f.UserFactory.with_role(Role.ACCREDITATION, party.summit), protocol(f.PartyFactory())):
            for decide in (approve, lambda **given: refuse(reason="No.", **given)):
                refuses(PermissionDenied, decide, request=row, by=by)


class TestDecide:
    def test_the_table_is_complete(self) -> None:
        assert set(TRANSITIONS) == set(RequestState.values)
        assert set().union(*TRANSITIONS.values()) == {"approved", "refused", "withdrawn"}

    @pytest.mark.parametrize("state", RequestState.values)
    def test_each_row(self, party: Party, fay: User, by: User, state: str) -> None:
        decided: dict[str, Any] = {"decided_at": None if state == "open" else f.START, "reason": "Why."}
        decided["decided_by"] = by if state in ("approved", "refused") else None
        for target, decide in (
            ("approved", lambda row: approve(request=row, by=by)),
            ("refused", lambda row: refuse(request=row, reason="No.", by=by)),
            ("withdrawn", lambda row: withdraw(request=row, by=fay)),
        ):
            row = f.FocalPointRequestFactory(party=party, name=target, state=state, **decided)
            allowed = target in TRANSITIONS[state]
            said = r"^Someone else has already decided this request\. Reload the page"
            with nullcontext() if allowed else pytest.raises(ActingRefused, match=said):
                decide(row)
            row.refresh_from_db()
            assert row.state == (target if allowed else state)

    def test_a_refusal_says_why_and_is_told(self, row: FocalPointRequest, by: User) -> None:
        refuses(FocalProblem, refuse, match=r"^Enter a reason\. The delegation", request=row, reason=" ", by=by)
        refuse(request=row, reason="One is enough.", by=by)
        row.refresh_from_db()
        assert (row.state, row.reason, row.decided_by) == ("refused", "One is enough.", by)
        assert told() == {"fay@land.example": "Gil Example was not approved as a focal point for Aland"}
        assert "One is enough" not in str(mail.outbox[0].message())


def test_what_is_not_so_any_more_is_not_sent(party: Party, fay: User) -> None:
    old = party.focal_points.get().person
    row, by = ask(party=party, by=fay, instead_of=old, **ASKED), protocol(party)
    point = approve(request=row, by=by)
    messages = list(Message.objects.filter(kind="focal_point"))
    assert (len(messages), focal_points_messages.untrue(messages)) == (3, {})
    focal_points.remove(point=point, by=by)
    focal_points.name(party=party, person=old, by=by)
    untrue = focal_points_messages.untrue(messages)
    assert {message.facts["what"] for message in messages if message.pk in untrue} == {"named", "ended"}
    FocalPointRequest.objects.all().delete()
    assert len(focal_points_messages.untrue(messages)) == 3


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def race(self, row: FocalPointRequest, one: User) -> int:
        """Let one approve and another refuse at once; return how many were refused to."""
        first, second = (FocalPointRequest.objects.select_related("party__summit").get(pk=row.pk) for _ in range(2))
        other = protocol(row.party)
        came = at_once(
            lambda: approve(request=first, by=one),
            lambda: refuse(request=second, reason="No.", by=other),
        )
        problems = [each for each in came if isinstance(each, BaseException)]
        assert all(isinstance(problem, ActingRefused) for problem in problems), problems
        row.refresh_from_db()
        return len(problems)

    def test_of_two_who_decide_one_wins(self, row: FocalPointRequest, by: User) -> None:
        assert self.race(row, by) == 1
        acts = FocalPoint.objects.filter(person__name="Gil Example").exists()
        assert acts == (row.state == "approved")

    def test_control_without_the_table_both_decide(
        self, row: FocalPointRequest, by: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        loose = {**TRANSITIONS, "approved": frozenset({"refused"}), "refused": frozenset({"approved"})}
        monkeypatch.setattr(requests, "TRANSITIONS", loose)
        assert self.race(row, by) == 0

    def test_asked_twice_at_once_waits_once(self, party: Party, fay: User) -> None:
        work = lambda: ask(party=party, by=fay, **ASKED)  # noqa: E731
        assert sorted(type(each).__name__ for each in at_once(work, work)) == ["ActingRefused", "FocalPointRequest"]


LIST = "/admin/delegations/focalpointrequest/"


@pytest.fixture
def gil(party: Party) -> FocalPointRequest:
    return f.FocalPointRequestFactory(party=party, name="Gil")


def path(row: FocalPointRequest, step: str = "change") -> str:
    return f"{LIST}{row.pk}/{step}/"


class TestRequests:
    def test_approving(self, party: Party, gil: FocalPointRequest, desk: Client) -> None:
        response = desk.post(path(gil, "approve"), follow=True)
        assert "Gil now acts for Aland. We have emailed them how to open the portal." in text(response)
        assert [point.person.name for point in party.focal_points.all()] == ["Gil"]

    def test_who_it_may_be_is_chosen(self, party: Party, gil: FocalPointRequest, desk: Client) -> None:
        known = f.PersonFactory(summit=party.summit, name="Gil", office="")
        shown = text(desk.get(path(gil, "approve")))
        assert "Gil already exists, in no delegation: same name." in shown
        assert AuditEntry.objects.filter(action=SEEN).latest("pk").detail["people"] == [known.public_id]
        another = re.findall(r'name="another" value="(\w+)"', shown)
        response = desk.post(path(gil, "approve"), {"another": another})
        assert (response.status_code, "Choose a person." in text(response)) == (422, True)
        assert FocalPoint.objects.count() == 0
        assert desk.post(path(gil, "approve"), {"another": another, "known": str(known.pk)}).status_code == 302
        second = f.FocalPointRequestFactory(party=party, name="Gil")
        assert desk.post(path(second, "approve"), {"another": another, "known": "new"}).status_code == 302
        first, new = (point.person for point in FocalPoint.objects.order_by("pk"))
        assert (first == known, new == known) == (True, False)

    def test_refusing_says_why_and_whoever_is_second_is_told(self, gil: FocalPointRequest, desk: Client) -> None:
        response = desk.post(path(gil, "refuse"), {"reason": ""})
        assert (response.status_code, "Enter a reason. The delegation will see it." in text(response)) == (422, True)
        desk.post(path(gil, "refuse"), {"reason": "One is enough."})
        gil.refresh_from_db()
        assert (gil.state, gil.reason) == ("refused", "One is enough.")
        for step, values in (("approve", {}), ("refuse", {"reason": "No."})):
            response = desk.post(path(gil, step), values)
            assert response.status_code == 422
            assert "Someone else has already decided this request." in text(response)


def test_on_a_partys_page_they_are_changed_and_taken_off(
    party: Party, desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    fay, gus = (f.PersonFactory(summit=party.summit, email=f"{name}@x.example") for name in "fg")
    f.FocalPointFactory(party=party, person=fay)
    link = f.InvitationLinkFactory(invitation__party=party, address=fay.email)

    def post(**more: Any) -> Any:
        there = party.focal_points.get()
        row = {"focal_points-TOTAL_FORMS": 1, "focal_points-INITIAL_FORMS": 1, "focal_points-0-id": there.pk}
        values = form(party, **row, **{"focal_points-0-person": gus.pk}, **more)
        return desk.post(f"/admin/delegations/party/{party.pk}/change/", values)

    def refuse(**given: object) -> None:
        raise focal_points.ActingRefused("Not this one.")

    # Who is replaced stays if the other is refused.
    with monkeypatch.context() as patched:
        patched.setattr(focal_points, "name", refuse)
        assert said(post())[0] == "Not this one."
    assert [row.person for row in party.focal_points.all()] == [fay]
    assert post().status_code == 302
    assert [row.person for row in party.focal_points.all()] == [gus]
    link.refresh_from_db()
    assert link.revoked_at is not None
    assert post(**{"focal_points-0-DELETE": "on"}).status_code == 302
    assert not party.focal_points.exists()
    actions = AuditEntry.objects.filter(action__startswith="delegations.focalpoint.").order_by("pk")
    assert [entry.action.rpartition(".")[2] for entry in actions] == ["remove", "add", "remove"]
