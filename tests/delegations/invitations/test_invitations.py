"""Inviting: whom it reaches, once however often it is pressed, and what is stored with it."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError

from delegations.invitations.models.invitations import Invitation, InvitationLink
from delegations.invitations.selectors import eligibility
from delegations.invitations.selectors.eligibility import preview
from delegations.invitations.services import invitations, links
from delegations.invitations.services.invitations import invite, revoke, write_anew
from delegations.parties.models.parties import Party
from summit.audit.models import AuditEntry
from summit.core.database_clock import db_now
from summit.outbox.models import Message
from summit.permissions.models import Role
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
    # It stores nothing.
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

    def test_a_draft_is_sent_and_a_revoked_party_is_invited_anew(self) -> None:
        draft = f.InvitationFactory()
        gone = f.InvitationFactory(party__summit=draft.party.summit, state="revoked")
        invite(parties=[draft.party, gone.party], by=protocol(draft.party.summit))
        draft.refresh_from_db()
        assert draft.state == "sent"
        assert sorted(gone.party.invitations.values_list("state", flat=True)) == ["revoked", "sent"]

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
