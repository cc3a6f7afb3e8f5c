"""Declarations: who declares what until when, what the desk says, and what is left of it."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from delegations.domain import declarations, departures
from delegations.domain.declarations import (
    TRANSITIONS,
    DeclarationProblem,
    DeclarationRefused,
    declare,
    permit,
    refuse,
    withdraw,
)
from delegations.models import Declaration, DeclarationKind, DeclarationState, Membership, PortalSignIn
from summit.db.clock import db_now
from summit.domain.audit import Link, Mailbox
from summit.models import AuditEntry, Role, User
from tests import factories as f

pytestmark = pytest.mark.django_db
DETAILS = "Pistol, 9 mm, serial number 48213"


@pytest.fixture
def member() -> Membership:
    found: Membership = f.MembershipFactory(party__name="Aland", person__name="Ada", person__office="")
    return found


@pytest.fixture
def kind(member: Membership) -> DeclarationKind:
    found: DeclarationKind = f.DeclarationKindFactory(summit=member.party.summit, name="Weapons")
    return found


def focal(member: Membership) -> User:
    user = f.UserFactory()
    f.FocalPointFactory(party=member.party, person__user=user)
    return user


def desk(member: Membership, role: Role = Role.VETTING) -> User:
    return f.UserFactory.with_role(role, member.party.summit)


def state_of(row: Declaration) -> tuple[str, str]:
    row.refresh_from_db()
    return row.state, row.reason


class TestDeclare:
    def test_it_is_stored_encrypted_and_recorded_without_what_it_says(
        self, member: Membership, kind: DeclarationKind
    ) -> None:
        by = focal(member)
        row = declare(party=member.party, person=member.person, kind=kind, details=f"  {DETAILS} ", by=by)
        row.refresh_from_db()
        assert (row.details, row.state, row.kind, row.person) == (DETAILS, "declared", kind, member.person)
        with connection.cursor() as cursor:
            cursor.execute("SELECT details FROM delegations_declaration")
            assert b"48213" not in bytes(cursor.fetchone()[0])
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.fields, entry.detail) == (
            "delegations.declaration.declare",
            ["details", "kind"],
            {},
        )
        assert (entry.by, entry.part_of) == (by, f"summit.person:{member.person.public_id}")

    @pytest.mark.parametrize(
        ("details", "said"),
        [
            ("  ", "Write what is brought."),
            ("x" * 1001, "This has 1001 characters. Shorten it to 1000."),
            ("a\x00b", None),
        ],
    )
    def test_what_cant_be_taken(
        self, member: Membership, kind: DeclarationKind, details: str, said: str | None
    ) -> None:
        with pytest.raises(DeclarationProblem) as problem:
            declare(party=member.party, person=member.person, kind=kind, details=details, by=focal(member))
        assert problem.value.field == "details"
        assert said is None or str(problem.value) == said
        assert not Declaration.objects.exists()

    def test_a_kind_of_another_summit_is_none(self, member: Membership) -> None:
        other = f.DeclarationKindFactory()
        with pytest.raises(DeclarationProblem, match=r"Choose what is declared."):
            declare(party=member.party, person=member.person, kind=other, details=DETAILS, by=focal(member))

    def test_somebody_elses_member_is_refused(self, member: Membership, kind: DeclarationKind) -> None:
        other = f.MembershipFactory(party__summit=member.party.summit, person__name="Bob", person__office="")
        with pytest.raises(DeclarationRefused, match=r"Bob is not of Aland any more."):
            declare(party=member.party, person=other.person, kind=kind, details=DETAILS, by=focal(member))

    def test_after_the_deadline_only_the_desk_declares(self, member: Membership, kind: DeclarationKind) -> None:
        DeclarationKind.objects.update(until=db_now() - timedelta(seconds=1))
        known: dict[str, Any] = {"party": member.party, "person": member.person, "kind": kind, "details": DETAILS}
        said = "Weapons had to be declared before now. The host can still enter it: write to protocol@host.example."
        link = f.InvitationLinkFactory(invitation__party=member.party)
        point = f.FocalPointFactory(party=member.party, person__email="fay@land.example").person
        code = PortalSignIn.objects.create(person=point, mailbox=point.email)
        # By account, by a letter's link, by a code to the mailbox.
        for by in (focal(member), Link(link.public_id), Mailbox(code.public_id)):
            with pytest.raises(DeclarationRefused, match=said):
                declare(**known, by=by)
        assert not Declaration.objects.exists()
        assert declare(**known, by=desk(member)).details == DETAILS

    def test_a_form_that_is_sent_twice_declares_once(self, member: Membership, kind: DeclarationKind) -> None:
        known: dict[str, Any] = {"party": member.party, "person": member.person, "kind": kind, "by": focal(member)}
        rows = [declare(details=text, **known) for text in (DETAILS, f" {DETAILS}\r\n", "Another")]
        assert (rows[0], Declaration.objects.count()) == (rows[1], 2)
        assert AuditEntry.objects.filter(action="delegations.declaration.declare").count() == 2
        # What was refused may be asked for again.
        refuse(declaration=rows[0], reason="No.", by=desk(member))
        assert declare(details=DETAILS, **known) != rows[0]

    def test_control_without_the_clock_a_late_one_is_taken(
        self, member: Membership, kind: DeclarationKind, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        DeclarationKind.objects.update(until=db_now() - timedelta(seconds=1))
        monkeypatch.setattr(declarations, "still_open", lambda kind: True)
        assert declare(party=member.party, person=member.person, kind=kind, details=DETAILS, by=focal(member)).pk

    def test_who_may(self, member: Membership, kind: DeclarationKind) -> None:
        known: dict[str, Any] = {"party": member.party, "person": member.person, "kind": kind, "details": DETAILS}
        link = f.InvitationLinkFactory(invitation__party=member.party)
        assert declare(**known, by=Link(link.public_id)).pk
        strangers = [desk(member, Role.PROTOCOL), focal(f.MembershipFactory(party__summit=member.party.summit))]
        for by in [*strangers, Link("nothing")]:
            with pytest.raises(PermissionDenied):
                declare(**known, by=by)


class TestDecide:
    def test_the_table_is_complete(self) -> None:
        assert set(TRANSITIONS) == set(DeclarationState.values)
        assert set().union(*TRANSITIONS.values()) == {"permitted", "refused"}

    @pytest.mark.parametrize("state", DeclarationState.values)
    @pytest.mark.parametrize("target", ["permitted", "refused"])
    def test_each_row(self, state: str, target: str) -> None:
        by = f.UserFactory()
        decided = {} if state == "declared" else {"decided_at": f.START, "decided_by": by, "reason": "Because."}
        row = f.DeclarationFactory(state=state, **decided)
        officer = f.UserFactory.with_role(Role.VETTING, row.party.summit)

        def decide() -> None:
            if target == "permitted":
                permit(declaration=row, by=officer)
            else:
                refuse(declaration=row, reason="Not here.", by=officer)

        if target in TRANSITIONS[DeclarationState(state)]:
            decide()
            assert state_of(row) == (target, "Not here." if target == "refused" else "")
            assert row.decided_by == officer
            verb = {"permitted": "permit", "refused": "refuse"}[target]
            assert AuditEntry.objects.get().action == f"delegations.declaration.{verb}"
        else:
            with pytest.raises(DeclarationRefused, match=r"Somebody else decided this, or it was taken back"):
                decide()
            assert not AuditEntry.objects.exists()

    def test_a_refusal_says_why(self) -> None:
        row = f.DeclarationFactory()
        with pytest.raises(DeclarationProblem, match=r"Write why. The delegation reads it."):
            refuse(declaration=row, reason=" ", by=f.UserFactory.with_role(Role.VETTING, row.party.summit))
        assert state_of(row) == ("declared", "")

    def test_others_decide_nothing(self, member: Membership, kind: DeclarationKind) -> None:
        row = f.DeclarationFactory(party=member.party, person=member.person, kind=kind)
        for by in (focal(member), desk(member, Role.PROTOCOL), desk(member, Role.ACCREDITATION)):
            with pytest.raises(PermissionDenied):
                permit(declaration=row, by=by)
            with pytest.raises(PermissionDenied):
                refuse(declaration=row, reason="No.", by=by)


class TestWithdraw:
    def test_it_is_gone_and_the_record_names_the_rows_it_tied(self, member: Membership) -> None:
        row = f.DeclarationFactory(party=member.party, person=member.person)
        withdraw(declaration=row, by=focal(member))
        assert not Declaration.objects.exists()
        entry = AuditEntry.objects.get()
        assert entry.action == "delegations.declaration.withdraw"
        assert f"summit.person:{member.person.public_id}" in entry.detail["rows"]

    def test_twice_is_said(self, member: Membership) -> None:
        row, by = f.DeclarationFactory(party=member.party, person=member.person), focal(member)
        withdraw(declaration=row, by=by)
        with pytest.raises(DeclarationRefused, match=r"This was taken back before."):
            withdraw(declaration=row, by=by)

    def test_what_was_refused_stays(self, member: Membership) -> None:
        decided = {"state": "refused", "reason": "No.", "decided_at": f.START, "decided_by": f.UserFactory()}
        row = f.DeclarationFactory(party=member.party, person=member.person, **decided)
        with pytest.raises(DeclarationRefused, match=r"The host has refused this"):
            withdraw(declaration=row, by=focal(member))
        assert Declaration.objects.count() == 1

    def test_whoever_leaves_takes_theirs_with_them(self, member: Membership) -> None:
        decided = {"decided_at": f.START, "decided_by": f.UserFactory()}
        known = {"party": member.party, "person": member.person}
        f.DeclarationFactory(**known)
        f.DeclarationFactory(**known, state="permitted", **decided)
        kept = f.DeclarationFactory(**known, state="refused", reason="No.", **decided)
        other = f.DeclarationFactory(party=member.party)
        departures.leave(**known, by=focal(member))
        assert set(Declaration.objects.all()) == {kept, other}
        assert AuditEntry.objects.filter(action="delegations.declaration.withdraw").count() == 2
