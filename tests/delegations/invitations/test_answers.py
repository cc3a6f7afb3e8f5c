"""Answers: which states take one, who may give it, and until when."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied

from delegations.invitations.models.invitations import TRANSITIONS, Invitation, InvitationLink, InvitationState
from delegations.invitations.services import answers, drafts_and_approval, invitations
from delegations.invitations.services.answers import AnswerProblem, AnswerRefused
from delegations.invitations.state_machine import sources
from delegations.parties.models.policy import Policy
from summit.audit.models import AuditEntry
from summit.audit.services import Link
from summit.core.database_clock import db_now
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests import factories as f
from tests.delegations.helpers import refuses
from tests.delegations.invitations.conftest import desk, give, in_state
from tests.threads import at_once, names

pytestmark = pytest.mark.django_db


def send(row: Invitation) -> None:
    # Elsewhere sending approves what isn't approved yet, in the same action.
    Policy.objects.create(summit=row.party.summit, second_person=True)
    invitations.invite(parties=[row.party], by=desk(row))


# What brings an invitation into each state.
ACTIONS: dict[str, Callable[[Invitation], Any]] = {
    InvitationState.DRAFT: lambda row: drafts_and_approval.reopen(invitation=row, by=desk(row)),
    InvitationState.APPROVED: lambda row: drafts_and_approval.approve(invitation=row, by=desk(row)),
    InvitationState.SUPERSEDED: lambda row: drafts_and_approval.supersede(invitation=row, by=desk(row)),
    InvitationState.SENT: send,
    InvitationState.ANSWERED: give,
    InvitationState.REVOKED: lambda row: invitations.revoke(invitation=row, by=desk(row)),
}


class TestTransitions:
    def test_the_table_is_complete(self) -> None:
        assert set(TRANSITIONS) == set(InvitationState.values)
        assert set().union(*TRANSITIONS.values()) == set(ACTIONS)

    @pytest.mark.parametrize("target", ACTIONS)
    def test_each_pair_does_what_the_table_says(self, target: str) -> None:
        for state in InvitationState.values:
            row = in_state(state)
            allowed = target in TRANSITIONS[state]
            assert (state in sources(target)) == allowed
            try:
                ACTIONS[target](row)
            except (AnswerRefused, ValueError):
                assert not allowed, state
            assert Invitation.objects.get(pk=row.pk).state == (target if allowed else state), state


class TestAnswer:
    def test_it_is_stored_and_recorded_without_personal_values(self, row: Invitation, link: Link) -> None:
        give(row, link, answer="regrets", note=" Our\r\nregrets ", name="  A.\n Example ")
        stored = Invitation.objects.get()
        assert (stored.state, stored.answer, stored.note) == ("answered", "regrets", "Our\nregrets")
        assert (stored.answered_by, row.answered_by, row.state) == ("A. Example", "A. Example", "answered")
        assert abs(stored.answered_at - db_now()) < timedelta(minutes=1)  # type: ignore[operator]
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.by, entry.by_label) == ("delegations.answer", None, str(link))
        assert (entry.object_key, entry.detail) == (row.public_id, {"answer": "regrets", "channel": "link"})
        assert entry.fields == ["answer", "answered_at", "answered_by", "level", "note", "state"]

    def test_what_is_entered_is_looked_at(self, row: Invitation) -> None:
        for field, value, said in (
            ("answer", "", "Choose whether the delegation will attend."),
            ("answer", "maybe", "Choose whether the delegation will attend."),
            ("name", " \n ", "Enter the name of the person who answered."),
            ("name", "x" * 201, "Shorten this text to 200 characters. It has 201."),
            ("note", "x" * 2001, "Shorten this text to 2000 characters. It has 2001."),
            ("note", "a\x07", "Character 2 is a control character and can’t be printed. Remove it."),
        ):
            problem = refuses(AnswerProblem, give, row, **{field: value})
            assert (problem.field, str(problem)) == (field, said)
        assert Invitation.objects.get().state == "sent"

    def test_what_does_not_stand_takes_none(self) -> None:
        not_yet = "{} is not invited yet. Contact protocol: protocol@host.example."
        newer = "A newer letter replaced this invitation. Answer by its link, or write to protocol@host.example."
        revoked = "The invitation to {} was revoked. To find out why, contact protocol: protocol@host.example."
        for state, said in (
            *(("approved", not_yet), ("draft", not_yet), ("superseded", newer), ("revoked", revoked)),
        ):
            row = in_state(state)
            assert str(refuses(AnswerRefused, give, row)) == said.format(row.party.name)
        assert (Invitation.objects.exclude(answer="").count(), AuditEntry.objects.count()) == (0, 0)


class TestWho:
    def test_a_link_answers_its_own_invitation_alone_while_it_lives(self) -> None:
        row, other = in_state("sent"), in_state("sent")
        link = Link(row.links.get().public_id)
        with pytest.raises(PermissionDenied, match="no longer works for Land"):
            give(row, Link(other.links.get().public_id))
        give(row, link)
        for how in ({"revoked_at": f.START}, {"revoked_at": None, "expires_at": f.START}):
            InvitationLink.objects.update(**how)
            with pytest.raises(PermissionDenied, match=r"For a new letter, write to protocol@host\.example"):
                give(row, link)

    def test_a_link_that_dies_meanwhile_answers_nothing(
        self, row: Invitation, link: Link, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        InvitationLink.objects.update(revoked_at=f.START)
        # It was alive when the permission was looked at; the UPDATE looks again.
        monkeypatch.setattr(answers, "check_can_answer", lambda by, invitation: None)
        refuses(AnswerRefused, give, row, link)
        assert Invitation.objects.get().state == "sent"

    def test_focal_points_and_protocol_answer_and_members_do_not(self, row: Invitation) -> None:
        focal, member, stranger, gone = (f.UserFactory(is_active=active) for active in (True, True, True, False))
        for user in (focal, gone):
            f.FocalPointFactory(party=row.party, person__user=user)
        f.MembershipFactory(party=row.party, person__user=member)
        f.FocalPointFactory(person__user=stranger)
        programme = f.UserFactory.with_role(Role.PROGRAMME, row.party.summit)
        for user in (member, stranger, gone, programme):
            assert "organiser, protocol" in str(refuses(PermissionDenied, give, row, user))
        protocol = desk(row)
        for user in (focal, protocol):
            give(row, user)
        assert [entry.by for entry in AuditEntry.objects.order_by("pk")] == [focal, protocol]


class TestUntil:
    def due(self, row: Invitation, seconds: int) -> Invitation:
        Summit.objects.update(answer_by=db_now() + timedelta(seconds=seconds))
        row.party.summit.refresh_from_db()
        return row

    @pytest.mark.parametrize("state", ["sent", "answered"])
    def test_afterwards_it_is_refused_with_who_can(self, state: str) -> None:
        row = self.due(in_state(state), -1)
        focal = f.FocalPointFactory(party=row.party, person__user=f.UserFactory()).person.user
        before = Invitation.objects.values().get()
        said = "The deadline for answers has passed. Protocol can still change yours: write to protocol@host.example."
        for by in (Link(row.links.get().public_id), focal):
            assert str(refuses(AnswerRefused, give, row, by, answer="regrets")) == said
        assert Invitation.objects.values().get() == before
        give(row, desk(row))
        assert row.state == "answered"

    def test_control_without_the_condition_it_is_late_and_taken(self, monkeypatch: pytest.MonkeyPatch) -> None:
        row = self.due(in_state("sent"), -1)
        monkeypatch.setattr(answers, "still_open", lambda summit_id: Summit.objects.filter(pk=summit_id))
        give(row, Link(row.links.get().public_id))
        assert row.state == "answered"

    def test_the_database_clock_decides_and_not_this_machines(self) -> None:
        row = self.due(in_state("sent"), 60)
        with time_machine.travel(db_now() + timedelta(days=400)):
            give(row, Link(row.links.get().public_id))
        assert row.state == "answered"


def test_what_was_revoked_meanwhile_stays_revoked(row: Invitation, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the desk revoke between the look at the permission and the UPDATE."""
    revoked = Invitation.objects.filter(pk=row.pk)
    monkeypatch.setattr(answers, "check_can_answer", lambda by, invitation: revoked.update(state="revoked"))
    assert "was revoked" in str(refuses(AnswerRefused, give, row))
    # Control: without the condition it would stand answered.
    monkeypatch.setattr(answers, "sources", lambda target: InvitationState.values)
    give(row)
    assert revoked.get().state == "answered"


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_answering_and_revoking_at_once_end_revoked() -> None:
    for _ in range(2):
        row = in_state("sent")
        by, link = desk(row), Link(row.links.get().public_id)
        came = at_once(
            lambda row=row, link=link: give(Invitation.objects.get(pk=row.pk), link),
            lambda row=row, by=by: invitations.revoke(invitation=row, by=by),
        )
        assert names(came) in ([None, None], ["AnswerRefused", None], ["PermissionDenied", None])
        assert Invitation.objects.get(pk=row.pk).state == "revoked"
