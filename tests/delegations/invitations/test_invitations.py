"""Inviting: prepared, approved and sent by two people, whom it reaches, once however often it is pressed."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError

from delegations.invitations.models.invitations import TRANSITIONS, Invitation, InvitationLink, InvitationState
from delegations.invitations.selectors import eligibility
from delegations.invitations.selectors.eligibility import InvitationStep, preview
from delegations.invitations.services import drafts_and_approval, invitations, links
from delegations.invitations.services.drafts_and_approval import approve, approve_many, prepare, reopen, supersede
from delegations.invitations.services.invitations import invite, revoke, write_anew
from delegations.parties.models.parties import Party
from delegations.parties.models.policy import Policy
from summit.audit.models import AuditEntry
from summit.core.database_clock import db_now
from summit.outbox.models import Message
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.delegations.helpers import protocol, refuses
from tests.threads import at_once

pytestmark = pytest.mark.django_db
NO_MAILBOX = "It has no email address. Add the mission’s address, or a focal point with an email address."


def test_who_is_reached_and_who_is_left_out_and_why() -> None:
    summit = f.SummitFactory()
    host, fresh, sent, draft = (f.PartyFactory(summit=summit, name=f"{letter}land") for letter in "ABCD")
    mute = f.PartyFactory(summit=summit, name="Eland", mission_email="")
    Party.objects.filter(pk=host.pk).update(is_host=True)
    f.InvitationFactory(party=sent, sent=True)
    f.InvitationFactory(party=draft)
    f.InvitationFactory(party=fresh, state="revoked")
    reach = preview(parties=[host, fresh, sent, draft, mute])
    assert (reach.to, reach.letters) == ([fresh, draft], 2)
    assert reach.skipped == [
        (host, "The host cannot be invited to its own summit."),
        (sent, "It is already invited."),
        (mute, NO_MAILBOX),
    ]
    assert (Invitation.objects.count(), Message.objects.count()) == (3, 0)


class TestInvite:
    def test_everything_is_stored_at_once(self) -> None:
        party = f.PartyFactory(language="fr")
        f.FocalPointFactory(party=party, person__email="one@land.example")
        two = f.FocalPointFactory(party=party, person__email="two@land.example").person
        by = protocol(party.summit)
        reach = invite(parties=[party], by=by)
        assert (reach.to, reach.skipped, reach.letters) == ([party], [], 3)
        invitation = Invitation.objects.get()
        assert (invitation.party, invitation.state, invitation.sent_by) == (party, "sent", by)
        assert abs(invitation.sent_at - db_now()) < timedelta(minutes=1)
        made = {link.address: link for link in InvitationLink.objects.all()}
        assert set(made) == {"one@land.example", "two@land.example", party.mission_email}
        assert made["two@land.example"].person == two
        letter = Message.objects.get(address="two@land.example")
        assert (letter.kind, letter.version, letter.language, letter.person) == ("invitation", 0, "fr", two)
        assert letter.subject_key == f"delegations.invitation:{invitation.public_id}"
        assert letter.recipient_key == f"party:{party.public_id}"
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.object_key) == ("delegations.invite", invitation.public_id)
        assert (entry.by, entry.detail) == (by, {"letters": 3})

    def test_a_mailbox_read_by_two_stands_for_nobody(self) -> None:
        party = f.PartyFactory()
        for _ in range(2):
            f.FocalPointFactory(party=party, person__email="desk@land.example")
        invite(parties=[party], by=protocol(party.summit))
        assert InvitationLink.objects.get(address="desk@land.example").person is None

    def test_pressing_twice_writes_once_and_the_database_holds_no_token(self) -> None:
        party = f.PartyFactory()
        by = protocol(party.summit)
        invite(parties=[party], by=by)
        letter = Message.objects.get()
        assert letter.rendered is None
        assert links.token(InvitationLink.objects.get()) not in str(letter.facts)
        again = invite(parties=[party], by=by)
        assert (again.to, again.skipped) == ([], [(party, "It is already invited.")])
        assert (Invitation.objects.count(), Message.objects.count(), AuditEntry.objects.count()) == (1, 1, 1)

    def test_who_may_not_invites_nobody(self) -> None:
        here, there = f.PartyFactory(), f.PartyFactory()
        other = f.UserFactory.with_role(Role.PROGRAMME, here.summit)
        refuses(PermissionDenied, invite, match="organiser, protocol", parties=[here], by=other)
        refuses(PermissionDenied, invite, parties=[here, there], by=protocol(there.summit))
        assert Invitation.objects.count() == 0
        assert invite(parties=[here], by=protocol(here)).to == [here]

    def test_all_or_none(self, monkeypatch: pytest.MonkeyPatch) -> None:
        party = f.PartyFactory()
        by = protocol(party.summit)
        monkeypatch.setattr("summit.audit.services.record_many", lambda entries: 1 / 0)
        refuses(ZeroDivisionError, invite, parties=[party], by=by)
        assert (Invitation.objects.count(), InvitationLink.objects.count(), Message.objects.count()) == (0, 0, 0)


def interleaved(monkeypatch: pytest.MonkeyPatch, party: Party, first: User) -> None:
    """Make the next preview see the moment before another browser's invitation, which then goes out at once."""
    real = eligibility.preview
    done: list[bool] = []

    def stale(**asked: Any) -> Any:
        seen = real(**asked)
        if not done:
            done.append(True)
            invite(parties=[party], by=first)
        return seen

    monkeypatch.setattr(invitations, "preview", stale)


class TestTwoBrowsers:
    @pytest.mark.parametrize("draft", [True, False])
    def test_the_second_finds_it_sent_and_says_so(self, monkeypatch: pytest.MonkeyPatch, draft: bool) -> None:
        party = f.PartyFactory()
        if draft:
            f.InvitationFactory(party=party)
        by = protocol(party.summit)
        interleaved(monkeypatch, party, by)
        second = invite(parties=[party], by=by)
        assert (second.to, second.skipped) == ([], [(party, "Someone else has just invited it.")])
        assert (Invitation.objects.count(), InvitationLink.objects.count(), Message.objects.count()) == (1, 1, 1)

    def test_control_without_the_condition_the_second_collides(self, monkeypatch: pytest.MonkeyPatch) -> None:
        party = f.PartyFactory()
        by = protocol(party.summit)
        interleaved(monkeypatch, party, by)
        there = Invitation.objects.filter(party=party)
        monkeypatch.setattr(invitations, "_sendable", lambda parties, occasion, approves: list(there))
        # The links' own constraint is the last line: without the condition somebody would have seen an error.
        refuses(IntegrityError, invite, parties=[party], by=by)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.slow("four write at once, each in a thread of its own")
class TestThreads:
    def test_four_at_once_write_once(self) -> None:
        summit = f.SummitFactory()
        by = protocol(summit)
        parties = f.PartyFactory.create_batch(10, summit=summit)
        f.InvitationFactory(party=parties[0])
        results = at_once(*[lambda: invite(parties=parties, by=by)] * 4)
        assert sorted(len(reach.to) for reach in results) == [0, 0, 0, 10]
        assert sorted(len(reach.skipped) for reach in results) == [0, 10, 10, 10]
        assert (Invitation.objects.count(), InvitationLink.objects.count(), Message.objects.count()) == (10, 10, 10)
        assert AuditEntry.objects.filter(action="delegations.invite").count() == 10

    def test_writing_anew_at_once_leaves_one_live_link(self) -> None:
        party = f.PartyFactory()
        by = protocol(party.summit)
        invite(parties=[party], by=by)
        invitation = Invitation.objects.get()
        assert at_once(*[lambda: write_anew(invitation=invitation, by=by)] * 3) == [1, 1, 1]
        assert InvitationLink.objects.live().count() == 1
        assert sorted(Message.objects.values_list("version", flat=True)) == [0, 1, 2, 3]


class TestWriteAnew:
    def test_the_new_letter_has_a_new_link_and_the_old_one_is_dead(self) -> None:
        party = f.PartyFactory()
        by = protocol(party.summit)
        invite(parties=[party], by=by)
        old = InvitationLink.objects.get()
        Party.objects.filter(pk=party.pk).update(mission_email="new@land.example")
        assert write_anew(invitation=Invitation.objects.get(), by=by) == 1
        old.refresh_from_db()
        assert old.revoked_at is not None
        assert InvitationLink.objects.live().get().address == "new@land.example"
        letters = Message.objects.order_by("id").values_list("version", "address")
        assert list(letters) == [(0, party.mission_email), (1, "new@land.example")]
        assert AuditEntry.objects.filter(action="delegations.write_anew").count() == 1

    def test_only_what_stands_is_written_anew_and_without_a_mailbox_the_old_link_stays(self) -> None:
        link = f.InvitationLinkFactory(invitation__party__mission_email="")
        draft, revoked = f.InvitationFactory(), f.InvitationFactory(state="revoked")
        none = "This delegation has no valid invitation"
        for row, said in ((draft, none), (revoked, none), (link.invitation, "It has no email address")):
            refuses(ValueError, write_anew, match=said, invitation=row, by=protocol(row.party.summit))
        assert InvitationLink.objects.live().get() == link


def test_links_die_with_an_invitation_that_is_revoked() -> None:
    link = f.InvitationLinkFactory()
    summit = link.invitation.party.summit
    other = f.UserFactory.with_role(Role.PROGRAMME, summit)
    refuses(PermissionDenied, revoke, match="organiser, protocol", invitation=link.invitation, by=other)
    revoke(invitation=link.invitation, by=protocol(summit))
    link.refresh_from_db()
    assert link.revoked_at is not None
    assert Invitation.objects.get().state == "revoked"
    assert AuditEntry.objects.get().action == "delegations.revoke"


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
class TestTwoPeopleAtOnce:
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
