"""Preparing, approving and sending by two people; each invitation of a summit has its number once."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError

from delegations.invitations.models.invitations import TRANSITIONS, Invitation, InvitationLink, InvitationState
from delegations.invitations.selectors import eligibility
from delegations.invitations.selectors.eligibility import InvitationStep, preview
from delegations.invitations.services import drafts_and_approval, invitations
from delegations.invitations.services.drafts_and_approval import approve, approve_many, prepare, reopen, supersede
from delegations.invitations.services.invitations import invite
from delegations.parties.models.parties import Party
from delegations.parties.models.policy import Policy
from summit.audit.models import AuditEntry
from summit.outbox.models import Message
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.delegations.helpers import refuses
from tests.threads import at_once

pytestmark = pytest.mark.django_db


def desk(summit: Summit, name: str = "Ada", role: Role = Role.PROTOCOL) -> User:
    return f.UserFactory.with_role(role, summit, name=name)


@pytest.fixture
def summit(db: None) -> Summit:
    found = f.SummitFactory()
    Policy.objects.create(summit=found, second_person=True)
    return found


def states() -> list[str]:
    return list(Invitation.objects.order_by("pk").values_list("state", flat=True))


class TestTable:
    def test_nothing_is_sent_that_was_not_approved(self) -> None:
        into = {state for state, following in TRANSITIONS.items() if InvitationState.SENT in following}
        assert into == {InvitationState.APPROVED}
        assert set(TRANSITIONS) == set(InvitationState)
        assert {state for state, following in TRANSITIONS.items() if not following} == {"revoked", "superseded"}

    def test_without_a_second_person_sending_approves(self) -> None:
        party = f.PartyFactory()
        first, by = desk(party.summit), desk(party.summit)
        approved = {"state": "approved", "approved_at": f.START, "approved_by": first}
        row = f.InvitationFactory(party__summit=party.summit, **approved)
        invite(parties=[party, row.party], by=by)
        made = Invitation.objects.get(party=party)
        assert (made.state, made.prepared_by, made.approved_by, made.sent_by) == ("sent", by, by, by)
        assert made.approved_at is not None
        # Who approved before stays who approved.
        row.refresh_from_db()
        assert (row.state, row.approved_by) == ("sent", first)


class TestSecondPerson:
    def test_one_prepares_another_approves_and_either_sends(self, summit: Summit) -> None:
        ada, bo = desk(summit, "Ada"), desk(summit, "Bo")
        party = f.PartyFactory(summit=summit)
        assert prepare(parties=[party], by=ada).to == [party]
        lunch = f.InvitationFactory(party=party, occasion="s" * 16)
        assert approve_many(parties=[party], by=bo).to == [party]
        assert invite(parties=[party], by=ada).to == [party]
        row = Invitation.objects.get(occasion="")
        assert (row.state, row.prepared_by, row.approved_by) == ("sent", ada, bo)
        # What the party is invited to besides is a draft still.
        assert Invitation.objects.get(state="draft") == lunch
        actions = AuditEntry.objects.order_by("pk").values_list("action", "by")
        steps = (("prepare", ada), ("approve", bo), ("invite", ada))
        assert list(actions) == [(f"delegations.{action}", by.pk) for action, by in steps]

    def test_who_is_skipped_is_told_why_and_who_can(self, summit: Summit) -> None:
        ada, bo = desk(summit, "Ada"), desk(summit, "Bo", Role.ORGANISER)
        bare, draft, both, ready = f.PartyFactory.create_batch(4, summit=summit)
        f.InvitationFactory(party=draft, prepared_by=ada)
        approved = {"state": "approved", "approved_at": f.START}
        f.InvitationFactory(party=both, prepared_by=ada, approved_by=ada, **approved)
        f.InvitationFactory(party=ready, prepared_by=ada, approved_by=bo, **approved)
        reach = invite(parties=[bare, draft, both, ready], by=ada)
        assert reach.to == [ready]
        assert reach.skipped == [
            (bare, "Its invitation is not prepared yet. Prepare it, then another person can approve it."),
            (draft, "Its invitation is not approved yet. It can be approved by: Bo."),
            (both, "The same person prepared and approved it. Return it to draft. It can then be approved by: Bo."),
        ]
        assert states() == ["draft", "approved", "sent"]
        assert Message.objects.count() == 1
        # Many who can are named by their roles.
        for name in "ABC":
            desk(summit, name)
        [(_party, why)] = preview(parties=[draft]).skipped
        assert why.endswith("by: organisers and the protocol desk, except the person who prepared it.")

    def test_the_first_person_cannot_approve(self, summit: Summit) -> None:
        ada = desk(summit, "Ada")
        row = f.InvitationFactory(party__summit=summit, prepared_by=ada)
        reach = approve_many(parties=[row.party], by=ada)
        assert [why for _party, why in reach.skipped] == [
            "You prepared this invitation, and letters of this summit need a second person. It can be approved by: "
            "an organiser or the protocol desk, once another person has that role."
        ]
        assert "You prepared this invitation" in str(refuses(ValueError, approve, invitation=row, by=ada))
        assert states() == ["draft"]
        approve(invitation=row, by=desk(summit, "Bo"))
        assert states() == ["approved"]

    def test_control_without_the_second_look_it_is_sent(
        self, summit: Summit, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ada = desk(summit)
        approved = {"state": "approved", "approved_at": f.START, "approved_by": ada, "prepared_by": ada}
        row = f.InvitationFactory(party__summit=summit, **approved)

        def stale(**asked: Any) -> Any:
            return eligibility.InvitationTargets(to=list(asked["parties"]), boxes={row.party_id: []})

        monkeypatch.setattr(invitations, "preview", stale)
        assert invite(parties=[row.party], by=ada).to == []
        assert states() == ["approved"]
        every = lambda parties, occasion, approves: list(Invitation.objects.all())  # noqa: E731
        monkeypatch.setattr(invitations, "_sendable", every)
        assert invite(parties=[row.party], by=ada).to == [row.party]


class TestSteps:
    def test_preparing_and_approving_say_whom_they_skip(self) -> None:
        summit = f.SummitFactory()
        by = desk(summit)
        host, mute, draft, approved, sent, bare = f.PartyFactory.create_batch(6, summit=summit)
        Party.objects.filter(pk=host.pk).update(is_host=True)
        Party.objects.filter(pk=mute.pk).update(mission_email="")
        f.InvitationFactory(party=draft)
        f.InvitationFactory(party=approved, state="approved", approved_at=f.START, approved_by=by)
        f.InvitationFactory(party=sent, state="sent", sent_at=f.START)
        found = preview(parties=summit.parties.all(), step=InvitationStep.PREPARE)
        assert (found.to, [party for party, _why in found.skipped]) == ([bare], [host, mute, draft, approved, sent])
        found = preview(parties=summit.parties.all(), step=InvitationStep.APPROVE, by=by)
        assert found.to == [draft]
        assert [why for party, why in found.skipped if party in (approved, bare)] == [
            "Its invitation is already approved.",
            "Its invitation is not prepared yet. Prepare it first.",
        ]

    def test_an_approved_one_is_made_a_draft_and_only_an_approved_one(self) -> None:
        row = f.InvitationFactory()
        by = desk(row.party.summit)
        approve(invitation=row, by=by)
        reopen(invitation=row, by=by)
        row.refresh_from_db()
        assert (row.state, row.approved_by, row.approved_at) == ("draft", None, None)
        refuses(ValueError, reopen, match="Someone else changed this invitation", invitation=row, by=by)
        Invitation.objects.update(state="sent", sent_at=f.START)
        refuses(ValueError, approve, match="Someone else changed this invitation", invitation=row, by=by)

    def test_a_new_one_takes_the_place_of_one_that_stands(self) -> None:
        link = f.InvitationLinkFactory()
        by = desk(link.invitation.party.summit)
        fresh = supersede(invitation=link.invitation, by=by)
        link.refresh_from_db()
        assert link.revoked_at is not None
        assert (fresh.state, fresh.supersedes, fresh.prepared_by) == ("draft", link.invitation, by)
        assert states() == ["superseded", "draft"]
        refuses(ValueError, supersede, match="Only a sent invitation can be replaced", invitation=fresh, by=by)
        f.InvitationFactory(party__summit=fresh.party.summit)  # Of another party: it stays.
        invite(parties=[fresh.party], by=by)
        assert states() == ["superseded", "sent", "draft"]
        actions = AuditEntry.objects.order_by("pk").values_list("action", flat=True)
        assert list(actions) == ["delegations.supersede", "delegations.invite"]

    def test_others_do_nothing_of_it(self) -> None:
        row = f.InvitationFactory()
        by = desk(row.party.summit, role=Role.PROGRAMME)
        for work in (prepare, approve_many):
            refuses(PermissionDenied, work, match="organiser, protocol", parties=[row.party], by=by)
        for work in (approve, reopen, supersede):
            refuses(PermissionDenied, work, match="organiser, protocol", invitation=row, by=by)
        assert states() == ["draft"]


class TestNumbers:
    def test_each_summit_counts_its_own_as_they_are_first_sent(self) -> None:
        here, there = f.SummitFactory(), f.SummitFactory()
        by = desk(here)
        there.roles.create(user=by, role=Role.PROTOCOL)
        parties = f.PartyFactory.create_batch(2, summit=here)
        invite(parties=[parties[1]], by=by)
        invite(parties=[parties[0], f.PartyFactory(summit=there)], by=by)
        rows = Invitation.objects.order_by("pk").values_list("party__summit", "numbered_in", "number")
        assert list(rows) == [(here.pk, here.pk, 1), (here.pk, here.pk, 2), (there.pk, there.pk, 1)]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
class TestThreads:
    def test_those_who_send_to_different_parties_at_once_give_each_its_number(self) -> None:
        summit = f.SummitFactory()
        by = desk(summit)
        parties = f.PartyFactory.create_batch(12, summit=summit)
        thirds = [parties[start::3] for start in range(3)]
        came = at_once(*(lambda mine=mine: len(invite(parties=mine, by=by).to) for mine in thirds))
        assert came == [4, 4, 4]
        numbers = Invitation.objects.order_by("number").values_list("number", flat=True)
        assert list(numbers) == list(range(1, 13))

    def test_control_without_the_lock_a_number_would_be_given_twice(self, monkeypatch: pytest.MonkeyPatch) -> None:
        summit = f.SummitFactory()
        by = desk(summit)
        first, second = f.PartyFactory.create_batch(2, summit=summit)
        real = drafts_and_approval.count
        done: list[bool] = []

        def late(*, rows: list[Invitation], summit: Summit) -> None:
            # Another browser counts between this one's look at the highest number and its own.
            real(rows=rows, summit=summit)
            if not done:
                done.append(True)
                row = f.InvitationFactory(party=second)
                Invitation.objects.filter(pk=row.pk).update(number=rows[0].number, numbered_in=summit)

        monkeypatch.setattr(invitations, "count", late)
        # The constraint is the last line: somebody would have seen an error, and nobody two letters of one number.
        refuses(IntegrityError, invite, parties=[first], by=by)

    def test_two_approve_and_two_send_at_once(self) -> None:
        summit = f.SummitFactory()
        Policy.objects.create(summit=summit, second_person=True)
        ada, bo, cy = desk(summit), desk(summit), desk(summit)
        parties = f.PartyFactory.create_batch(5, summit=summit)
        prepared = at_once(*[lambda: len(prepare(parties=parties, by=ada).to)] * 3)
        assert sorted(prepared) == [0, 0, 5]
        approved = at_once(*(lambda by=by: len(approve_many(parties=parties, by=by).to) for by in (bo, cy)))
        assert sorted(approved) == [0, 5]
        sent = at_once(*(lambda by=by: len(invite(parties=parties, by=by).to) for by in (ada, bo, cy)))
        assert sorted(sent) == [0, 0, 5]
        assert (InvitationLink.objects.count(), Message.objects.count()) == (5, 5)
