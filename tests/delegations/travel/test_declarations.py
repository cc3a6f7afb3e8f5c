"""Declarations: who declares what until when, what the desk says, and what is left of it."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from delegations.members import departure_listeners
from delegations.members.models.members import Membership
from delegations.travel.models.declarations import Declaration, DeclarationKind, DeclarationState
from delegations.travel.services import declarations
from delegations.travel.services.declarations import (
    TRANSITIONS,
    DeclarationProblem,
    DeclarationRefused,
    declare,
    permit,
    refuse,
    withdraw,
)
from summit.audit.models import AuditEntry
from summit.audit.services import Link, Mailbox
from summit.core.database_clock import db_now
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.delegations.helpers import refuses

pytestmark = pytest.mark.django_db
DETAILS = "Pistol, 9 mm, serial number 48213"


@pytest.fixture
def member(summit: Summit) -> Membership:
    about = {"party__summit": summit, "party__name": "Aland", "person__name": "Ada", "person__office": ""}
    return f.MembershipFactory(**about)


@pytest.fixture
def kind(summit: Summit) -> DeclarationKind:
    return f.DeclarationKindFactory(summit=summit, name="Weapons")


@pytest.fixture
def known(member: Membership, kind: DeclarationKind) -> dict[str, Any]:
    return {"party": member.party, "person": member.person, "kind": kind, "details": DETAILS}


def focal(member: Membership) -> User:
    return f.FocalPointFactory(party=member.party, person__user=f.UserFactory()).person.user


def desk(member: Membership, role: Role = Role.VETTING) -> User:
    return f.UserFactory.with_role(role, member.party.summit)


def state_of(row: Declaration) -> tuple[str, str]:
    row.refresh_from_db()
    return row.state, row.reason


class TestDeclare:
    def test_it_is_encrypted_and_recorded_without_its_words(self, member: Membership, known: dict[str, Any]) -> None:
        by = focal(member)
        row = declare(**{**known, "details": f"  {DETAILS} "}, by=by)
        row.refresh_from_db()
        assert (row.details, row.state, row.kind) == (DETAILS, "declared", known["kind"])
        assert row.person == member.person
        with connection.cursor() as cursor:
            cursor.execute("SELECT details FROM delegations_declaration")
            assert b"48213" not in bytes(cursor.fetchone()[0])
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.fields) == ("delegations.declaration.declare", ["details", "kind"])
        assert (entry.detail, entry.by, entry.part_of) == ({}, by, f"summit.person:{member.person.public_id}")
        assert declare(**{**known, "details": f" {DETAILS}\r\n"}, by=by) == row
        declare(**{**known, "details": "Another"}, by=by)
        assert Declaration.objects.count() == 2
        assert AuditEntry.objects.filter(action="delegations.declaration.declare").count() == 2
        refuse(declaration=row, reason="No.", by=desk(member))
        assert declare(**known, by=by) != row

    def test_what_cant_be_taken(self, member: Membership, known: dict[str, Any]) -> None:
        by = focal(member)
        for field, values, said in (
            ("details", {"details": "  "}, "Describe the item."),
            ("details", {"details": "x" * 1001}, "Shorten this text to 1000 characters. It has 1001."),
            ("details", {"details": "a\x00b"}, "Character 2 is a control character"),
            ("kind", {"kind": f.DeclarationKindFactory()}, "Choose an item to declare."),
        ):
            problem = refuses(DeclarationProblem, declare, **{**known, **values}, by=by)
            assert problem.field == field
            assert str(problem).startswith(said)
        other = f.MembershipFactory(party__summit=member.party.summit, person__name="Bob", person__office="")
        gone = {**known, "person": other.person}
        refuses(DeclarationRefused, declare, **gone, by=by, match="Bob is no longer in Aland.")
        assert not Declaration.objects.exists()

    def test_late_only_the_desk(
        self, member: Membership, known: dict[str, Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        DeclarationKind.objects.update(until=db_now() - timedelta(seconds=1))
        said = "The deadline to declare Weapons has passed. The host can still add it: write to protocol@host.example"
        link = f.InvitationLinkFactory(invitation__party=member.party)
        point = f.FocalPointFactory(party=member.party, person__email="fay@land.example").person
        code = f.PortalSessionFactory(person=point, mailbox=point.email)
        # By account, by a letter's link, by a code to the mailbox.
        for by in (focal(member), Link(link.public_id), Mailbox(code.public_id)):
            refuses(DeclarationRefused, declare, **known, by=by, match=said)
        assert not Declaration.objects.exists()
        assert declare(**known, by=desk(member)).details == DETAILS
        # Control: without the clock a late one is taken.
        monkeypatch.setattr(declarations, "still_open", lambda kind: True)
        assert declare(**{**known, "details": "Late"}, by=by).pk

    def test_who_may(self, member: Membership, known: dict[str, Any]) -> None:
        link = f.InvitationLinkFactory(invitation__party=member.party)
        assert declare(**known, by=Link(link.public_id)).pk
        strangers = [desk(member, Role.PROTOCOL), focal(f.MembershipFactory(party__summit=member.party.summit))]
        for by in [*strangers, Link("nothing")]:
            refuses(PermissionDenied, declare, **known, by=by)


class TestDecide:
    def test_the_table_is_complete(self) -> None:
        assert set(TRANSITIONS) == set(DeclarationState.values)
        assert set().union(*TRANSITIONS.values()) == {"permitted", "refused"}

    @pytest.mark.parametrize("state", DeclarationState.values)
    @pytest.mark.parametrize("target", ["permitted", "refused"])
    def test_each_row(self, state: str, target: str) -> None:
        decided = {"decided_at": f.START, "decided_by": f.UserFactory(), "reason": "Because."}
        row = f.DeclarationFactory(state=state, **({} if state == "declared" else decided))
        officer = f.UserFactory.with_role(Role.VETTING, row.party.summit)
        work, verb, given = (permit, "permit", {}) if target == "permitted" else (refuse, "refuse", {"reason": "No."})
        if target in TRANSITIONS[DeclarationState(state)]:
            work(declaration=row, by=officer, **given)
            assert state_of(row) == (target, given.get("reason", ""))
            assert row.decided_by == officer
            assert AuditEntry.objects.get().action == f"delegations.declaration.{verb}"
        else:
            with pytest.raises(DeclarationRefused, match=r"Someone else has already decided this declaration"):
                work(declaration=row, by=officer, **given)
            assert not AuditEntry.objects.exists()

    def test_a_refusal_says_why_and_others_decide_nothing(self, member: Membership, known: dict[str, Any]) -> None:
        row = f.DeclarationFactory(**known)
        without = {"declaration": row, "reason": " ", "by": desk(member)}
        refuses(DeclarationProblem, refuse, **without, match="Enter a reason. The delegation will see it.")
        for by in (focal(member), desk(member, Role.PROTOCOL)):
            refuses(PermissionDenied, permit, declaration=row, by=by)
            refuses(PermissionDenied, refuse, declaration=row, reason="No.", by=by)
        assert state_of(row) == ("declared", "")


class TestWithdraw:
    def test_it_is_gone_and_the_record_names_the_rows_it_tied(self, member: Membership) -> None:
        row, by = f.DeclarationFactory(party=member.party, person=member.person), focal(member)
        withdraw(declaration=row, by=by)
        assert not Declaration.objects.exists()
        entry = AuditEntry.objects.get()
        assert entry.action == "delegations.declaration.withdraw"
        assert f"summit.person:{member.person.public_id}" in entry.detail["rows"]
        said = "This declaration is already withdrawn."
        refuses(DeclarationRefused, withdraw, declaration=row, by=by, match=said)

    def test_whoever_leaves_takes_theirs_with_them_but_what_was_refused(self, member: Membership) -> None:
        decided = {"decided_at": f.START, "decided_by": f.UserFactory()}
        known = {"party": member.party, "person": member.person}
        f.DeclarationFactory(**known)
        f.DeclarationFactory(**known, state="permitted", **decided)
        kept = f.DeclarationFactory(**known, state="refused", reason="No.", **decided)
        other, by = f.DeclarationFactory(party=member.party), focal(member)
        assert "The host has refused this" in str(refuses(DeclarationRefused, withdraw, declaration=kept, by=by))
        departure_listeners.notify_member_left(**known, by=by)
        assert set(Declaration.objects.all()) == {kept, other}
        assert AuditEntry.objects.filter(action="delegations.declaration.withdraw").count() == 2
