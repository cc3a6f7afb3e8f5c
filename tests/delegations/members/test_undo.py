"""Undoing what was done with members: they are as they were, with a new badge in place of an ended one."""

from typing import Any

import pytest

from delegations.badges.models.badges import Badge
from delegations.members.models.categories import Category
from delegations.members.models.members import FormerMember, Membership
from delegations.members.services import bulk_changes, members
from delegations.membership_changes.models import Handover
from delegations.parties.models.parties import Party
from summit.audit.models import AuditEntry
from summit.core.database_clock import db_now
from summit.permissions.models import Role
from summit.undo import services as undo
from summit.undo.kinds import UndoRefused
from summit.users.models import User
from tests import factories as f
from tests.delegations.helpers import category, refuses

pytestmark = pytest.mark.django_db


@pytest.fixture
def party(db: None) -> Party:
    found: Party = f.PartyFactory(name="Italy")
    Category.objects.of(found.summit)
    return found


@pytest.fixture
def organiser(party: Party) -> User:
    found: User = f.UserFactory.with_role(Role.ORGANISER, party.summit)
    return found


def values(row: Membership) -> dict[str, Any]:
    return Membership.objects.filter(pk=row.pk).values().get()


def withdrawn(*rows: Membership, by: User) -> str:
    with undo.grouped() as act:
        bulk_changes.withdraw(memberships=rows, by=by)
    assert act.offer is not None
    return act.offer.public_id


def test_a_withdrawn_member_is_as_before(party: Party, organiser: User) -> None:
    row = f.MembershipFactory(party=party, position=3, confirmed_at=db_now())
    before = values(row)
    result = undo.undo(public_id=withdrawn(row, by=organiser), by=organiser)
    assert (result.done, result.notes) == (["1 person is a member again."], [])
    assert values(row) == before
    assert not FormerMember.objects.exists()
    told = AuditEntry.objects.order_by("pk").values_list("action", flat=True)
    assert list(told) == ["delegations.withdraw", "delegations.reinstate"]


def test_a_revoked_badge_never_lives_again(party: Party, organiser: User) -> None:
    row = f.MembershipFactory(party=party, confirmed_at=db_now())
    f.PhotoFactory(person=row.person)
    revoked = f.BadgeFactory(party=party, person=row.person)
    f.VisaLetterFactory(party=party, person=row.person)
    result = undo.undo(public_id=withdrawn(row, by=organiser), by=organiser)
    assert result.notes == ["Not restored: 1 visa support letter. Enter these again if you still need them."]
    revoked.refresh_from_db()
    fresh = Badge.objects.live().get(person=row.person)
    assert (revoked.ended_at is None, fresh.pk == revoked.pk, fresh.issued_by) == (False, False, organiser)


def test_who_may_issue_no_badges_hears_that_there_is_none(party: Party, organiser: User) -> None:
    row = f.MembershipFactory(party=party, confirmed_at=db_now())
    f.PhotoFactory(person=row.person)
    f.BadgeFactory(party=party, person=row.person)
    act = withdrawn(row, by=organiser)
    desk = f.UserFactory.with_role(Role.PROTOCOL, party.summit)
    assert undo.undo(public_id=act, by=desk).notes == [
        "Not restored: 1 badge. Enter these again if you still need them."
    ]
    assert not Badge.objects.live().exists()


def test_a_place_that_was_taken_since_isnt_given_twice(party: Party, organiser: User) -> None:
    row = f.MembershipFactory(party=party, code="head")
    act = withdrawn(row, by=organiser)
    f.MembershipFactory(party=party, code="head")
    refused = refuses(UndoRefused, undo.undo, public_id=act, by=organiser)
    assert str(refused) == "Italy already has a head of delegation. Replace that person instead."
    assert party.memberships.count() == 1


def test_of_many_those_who_belong_elsewhere_now_stay_withdrawn(party: Party, organiser: User) -> None:
    rows = [f.MembershipFactory(party=party, person__name=name, person__office="") for name in ("One", "Two")]
    act = withdrawn(*rows, by=organiser)
    other = f.PartyFactory(summit=party.summit, name="Bland")
    members.name(party=other, person=rows[0].person, category=category(other), by=organiser)
    result = undo.undo(public_id=act, by=organiser)
    assert result.done == ["1 person is a member again."]
    assert result.problems == ["One: One is already in Bland. Withdraw them there first."]
    assert set(Membership.objects.values_list("person__name", "party__name")) == {("One", "Bland"), ("Two", "Italy")}


def test_nothing_waits_for_protocol_any_more(party: Party, organiser: User, monkeypatch: pytest.MonkeyPatch) -> None:
    row = f.MembershipFactory(party=party)
    monkeypatch.setattr(
        "delegations.membership_changes.handover_items.held", lambda person: [("agenda.participant", "1")]
    )
    act = withdrawn(row, by=organiser)
    assert Handover.objects.count() == 1
    undo.undo(public_id=act, by=organiser)
    assert not Handover.objects.exists()


def test_who_was_withdrawn_since_isnt_unconfirmed(party: Party, organiser: User) -> None:
    row = f.MembershipFactory(party=party)
    with undo.grouped() as act:
        members.confirm(party=party, people=[row.pk], by=organiser)
    assert act.offer is not None
    members.withdraw(membership=row, by=organiser)
    refused = str(refuses(UndoRefused, undo.undo, public_id=act.offer.public_id, by=organiser))
    assert refused.startswith(f"This has since changed: {organiser} withdrew a member.")
