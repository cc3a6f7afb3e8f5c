"""Reminders: to whom, when, once, and never after an answer or the deadline; and those that the desk sends."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from delegations.invitations.messages import InvitationMail
from delegations.invitations.models.invitations import Invitation, InvitationLink
from delegations.invitations.selectors import letter_facts
from delegations.invitations.services import answers, links, manual_reminders, reminders
from delegations.invitations.services.drafts_and_approval import supersede
from delegations.invitations.services.invitations import revoke
from delegations.invitations.services.reminders import due, remind
from delegations.parties.models.parties import Party
from delegations.parties.models.policy import Policy
from summit.audit.models import AuditEntry
from summit.audit.services import SYSTEM
from summit.core.database_clock import db_now
from summit.outbox import delivery, mime
from summit.outbox.models import Message
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.delegations.helpers import protocol, refuses, said, text
from tests.threads import at_once

pytestmark = pytest.mark.django_db


def waiting(summit: Summit, mailbox: str = "mission@land.example", **values: Any) -> Invitation:
    """Make an invitation that was sent two months ago and is unanswered."""
    sent = {"party__summit": summit, "party__mission_email": mailbox, "sent": True, **values}
    row: Invitation = f.InvitationFactory(**sent)
    Invitation.objects.filter(pk=row.pk, sent_at__isnull=False).update(sent_at=db_now() - timedelta(days=60))
    return row


@pytest.fixture
def summit() -> Summit:
    """A summit whose answers are due in five days: the reminder of seven days before is due.

    It keeps no summer time, so that hours before its deadline are the same all year.
    """
    return f.SummitFactory(slug="here", time_zone="UTC", answer_by=db_now() + timedelta(days=5))


@pytest.fixture
def row(summit: Summit) -> Invitation:
    return waiting(summit, party__name="Aland")


def stored() -> list[str]:
    return sorted(Message.objects.filter(kind="reminder").values_list("address", flat=True))


def deliver() -> list[str]:
    delivery.deliver(list(Message.objects.filter(kind="reminder").values_list("pk", flat=True)))
    return sorted(address for entry in mail.outbox for address in entry.to)


class TestDue:
    SUMMIT = Summit(time_zone="Europe/London", answer_by=datetime(2025, 4, 10, 16, 0, tzinfo=UTC))

    @pytest.mark.parametrize(
        ("now", "days"),
        [
            # 17:00 in London, which was an hour behind before summer time began on 30 March.
            *(("2025-03-27T16:59", None), ("2025-03-27T17:00", 14), ("2025-04-03T15:59", 14)),
            *(("2025-04-03T16:00", 7), ("2025-04-08T16:00", 2), ("2025-04-10T15:59", 2)),
            *(("2025-04-10T16:00", None), ("2025-04-11T16:00", None)),
        ],
    )
    def test_the_newest_that_has_come_counts_until_answers_are_due(self, now: str, days: int | None) -> None:
        found = due(self.SUMMIT, Policy(), datetime.fromisoformat(f"{now}+00:00"))
        assert (found and found.days) == days

    def test_a_summit_that_reminds_of_nothing_or_has_no_deadline_has_none(self) -> None:
        now = datetime(2025, 4, 10, tzinfo=UTC)
        for given in ("", "0", " "):
            assert due(self.SUMMIT, Policy(reminder_days=given), now) is None
        assert due(Summit(time_zone="UTC"), Policy(), now) is None


class TestRemind:
    def test_missions_and_focal_points_get_one_mail_each_with_their_own_link(self, row: Invitation) -> None:
        before = f.InvitationLinkFactory(invitation=row, address="mission@land.example")
        f.FocalPointFactory(party=row.party, person__email="focal@land.example")
        assert remind() == 2
        assert reminders.sent_reminders(row) == []
        assert stored() == deliver() == ["focal@land.example", "mission@land.example"]
        # Which went is told when they have.
        assert {days for days, _moment in reminders.sent_reminders(row)} == {7}
        links_now = {link.address: link for link in InvitationLink.objects.live()}
        assert (links_now["mission@land.example"], Invitation.objects.get().state) == (before, "sent")
        for message in Message.objects.filter(kind="reminder"):
            letter = mime.render(message)
            assert links.url(links_now[message.address]) in letter.text
            assert "We have not yet received your reply." in letter.text
            assert letter.attachments == ()
        entry = AuditEntry.objects.get(action="delegations.remind")
        assert (entry.by, entry.detail) == (None, {"days": 7, "letters": 2})

    def test_whoever_leads_a_party_is_never_reminded(self, summit: Summit) -> None:
        party = waiting(summit, "Minister@land.example").party
        for code, address in (("head", "minister@LAND.example"), ("alternate", "deputy@land.example")):
            member = f.MembershipFactory(party=party, code=code, person__email=address)
            f.FocalPointFactory(party=party, person=member.person)
        assert remind() == 0
        f.FocalPointFactory(party=party, person__email="desk@land.example")
        assert remind() == 1
        assert stored() == ["desk@land.example"]

    def test_a_mailbox_that_does_not_exist_waits_for_its_correction(self, summit: Summit) -> None:
        returned = {"state": "sent", "sent_at": f.START, "returned_at": "2099-01-01T00:00Z"}
        for mailbox, why in (("gone@a.example", "5.1.1 550 unknown"), ("slow@a.example", "4.4.7 no answer")):
            key = letter_facts.subject_key(waiting(summit, mailbox))
            f.MessageFactory(kind="invitation", subject_key=key, address=mailbox, returned_why=why, **returned)
        f.FocalPointFactory(party=Party.objects.get(mission_email="gone@a.example"), person__email="focal@a.example")
        remind()
        assert stored() == ["focal@a.example", "slow@a.example"]

    def test_again_and_again_writes_once_and_the_next_moment_once_more(self, row: Invitation) -> None:
        assert [remind(), remind()] == [1, 0]
        f.FocalPointFactory(party=row.party)
        assert remind() == 0
        Policy.objects.create(summit=row.party.summit, reminder_days="14, 6, 2")
        assert [remind(), remind()] == [2, 0]

    def test_a_late_start_sends_only_the_newest_and_a_later_deadline_has_reminders_anew(
        self, row: Invitation
    ) -> None:
        Summit.objects.update(answer_by=db_now() + timedelta(days=1))
        assert [remind(), remind()] == [1, 0]
        Summit.objects.update(answer_by=db_now() + timedelta(days=10))
        assert [remind(), remind()] == [1, 0]
        found = Message.objects.filter(kind="reminder").order_by("pk")
        assert [reminders.days_of(row) for row in found] == [2, 14]

    def test_who_is_not_reminded(self, summit: Summit) -> None:
        for how, changed in (
            *(("answered", {"answered": True, "sent": False}), ("revoked", {"state": "revoked"})),
            *(("superseded", {"state": "superseded"}), ("draft", {"sent": False}), ("session", {"occasion": "k3"})),
        ):
            waiting(summit, f"{how}@land.example", **changed)
        late = waiting(summit, "late@land.example")
        Invitation.objects.filter(pk=late.pk).update(sent_at=db_now() - timedelta(days=1))
        waiting(f.SummitFactory(answer_by=db_now() - timedelta(minutes=1)), "past@land.example")
        silent = f.SummitFactory(answer_by=summit.answer_by)
        Policy.objects.create(summit=silent, reminder_days="")
        waiting(silent, "off@land.example")
        remind()
        assert stored() == []

    def test_what_became_needless_before_it_went_stays_here(self, summit: Summit) -> None:
        past = f.SummitFactory(answer_by=summit.answer_by)
        by, other = protocol(summit), waiting(past, "past@land.example")
        for how, end in (
            ("answered", lambda row: answers.answer(invitation=row, answer="regrets", note="", name="A", by=SYSTEM)),
            ("revoked", lambda row: revoke(invitation=row, by=by)),
            ("superseded", lambda row: supersede(invitation=row, by=by)),
            ("link", lambda row: links.revoke(link=row.links.get(), by=by)),
        ):
            row = waiting(summit, f"{how}@land.example")
            remind()
            end(row)
        Summit.objects.filter(pk=past.pk).update(answer_by=db_now() - timedelta(minutes=1))
        assert (other.links.count(), deliver()) == (1, [])
        found = Message.objects.filter(kind="reminder").values_list("address", "state", "problem")
        names = ("past", "answered", "revoked", "superseded", "link")
        needless = ("dropped", "@delegations.reminder_needless:")
        assert sorted(found) == sorted((f"{how}@land.example", *needless) for how in names)

    def test_a_link_that_ended_gets_a_successor(self, row: Invitation) -> None:
        f.InvitationLinkFactory(invitation=row, address="mission@land.example", expires_at=f.START)
        assert remind() == 1
        assert deliver() == [InvitationLink.objects.live().get().address]
        assert InvitationLink.objects.count() == 2


def reasons(targets: manual_reminders.ReminderTargets) -> dict[str, str]:
    return {party.name: why for party, why in targets.skipped}


class TestByTheDesk:
    def test_the_same_letter_goes_once_and_is_recorded_with_who_sent_it(
        self, row: Invitation, protocol: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert manual_reminders.send(invitations=[row], by=protocol).letters == 1
        again = manual_reminders.send(parties=[row.party], by=protocol)
        assert (again.to, list(reasons(again))) == ([], ["Aland"])
        assert "You can send another 24 hours later." in reasons(again)["Aland"]
        assert stored() == deliver() == ["mission@land.example"]
        entry = AuditEntry.objects.get(action="delegations.remind")
        assert (entry.by, entry.detail) == (protocol, {"letters": 1})
        assert [days for days, _at in reminders.sent_reminders(row)] == [0]
        monkeypatch.setattr(manual_reminders, "db_now", lambda: db_now() + timedelta(hours=25))
        assert [found.pk for found in manual_reminders.preview(invitations=[row]).to] == [row.pk]

    def test_control_without_the_pause_it_would_be_announced_twice(
        self, row: Invitation, protocol: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(reminders, "PAUSE", timedelta(0))
        monkeypatch.setattr(reminders, "manual_version", lambda now: 1000)
        assert [manual_reminders.send(invitations=[row], by=protocol).letters for _ in range(2)] == [1, 1]
        # The constraint of the outbox still keeps the second mail from being stored.
        assert stored() == ["mission@land.example"]

    def test_who_is_left_out_and_why(self, summit: Summit) -> None:
        f.InvitationFactory(party__summit=summit, party__name="Answered", answered=True)
        f.InvitationFactory(party__summit=summit, party__name="Draft")
        f.PartyFactory(summit=summit, name="Uninvited")
        f.PartyFactory(summit=summit, name="Host", is_host=True)
        waiting(summit, "", party__name="Mute")
        waiting(f.SummitFactory(answer_by=db_now() - timedelta(days=1)), party__name="Late")
        targets = manual_reminders.preview(parties=Party.objects.select_related("summit"))
        assert targets.to == []
        assert {name: why.split(".")[0] for name, why in reasons(targets).items()} == {
            "Answered": "It has already answered",
            "Draft": "It is not invited yet",
            "Uninvited": "It is not invited yet",
            "Host": "It is the host",
            "Mute": "It has no email address for reminders",
            "Late": "The deadline for answers has passed",
        }
        session = waiting(summit, occasion="k3")
        revoked = f.InvitationFactory(party__summit=summit, party__name="Revoked", state="revoked")
        others = reasons(manual_reminders.preview(invitations=[session, revoked]))
        assert [why.split(".")[0] for why in others.values()] == [
            "Reminders are only for invitations to the summit",
            "Its invitation was revoked or replaced",
        ]

    def test_whoever_may_invite_reminds_also_without_a_deadline(self, row: Invitation, protocol: User) -> None:
        Summit.objects.update(answer_by=None)
        viewer = f.UserFactory.with_role(Role.VIEWER, row.party.summit)
        refuses(PermissionDenied, manual_reminders.send, invitations=[row], by=viewer)
        assert stored() == []
        manual_reminders.send(invitations=[Invitation.objects.get()], by=protocol)
        assert deliver() == ["mission@land.example"]

    # An automatic one is due fourteen days before the deadline: so many hours after the desk sent its own.
    # The last is the control: without the rule it would follow at once.
    @pytest.mark.parametrize(
        ("hours", "pause", "reminded"), [(-1, 24, 0), (23, 24, 0), (25, 24, 1), (-1, -30 * 24, 1)]
    )
    def test_an_automatic_one_that_was_due_or_is_due_within_a_day_is_replaced(
        self, row: Invitation, hours: int, pause: int, reminded: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        Summit.objects.update(answer_by=db_now() + timedelta(days=14, hours=hours))
        manual_reminders.send(parties=Party.objects.select_related("summit"), by=protocol(row.party))
        assert timedelta(hours=24) == reminders.PAUSE
        monkeypatch.setattr(reminders, "PAUSE", timedelta(hours=pause))
        monkeypatch.setattr(reminders, "db_now", lambda: db_now() + timedelta(hours=26))
        assert reminders.remind() == reminded

    def test_from_the_list_of_delegations(self, summit: Summit, row: Invitation, desk: Client) -> None:
        rows = [row, waiting(summit, "bland@land.example")]
        chosen = [row.party_id for row in rows] + [f.PartyFactory(summit=summit).pk]
        listed = reverse("admin:delegations_party_changelist")
        shown = text(desk.post(listed, {"action": "remind", "_selected_action": chosen}))
        for words in (
            *("Send 2 reminders", "1 delegation skipped", "mission@land.example", "not yet received your reply"),
        ):
            assert words in shown
        address = reverse("admin:delegations_invitation_remind")
        sent = desk.post(f"{address}?from=parties", {"row": [row.pk for row in rows]})
        leads = f"{listed}?summit__id__exact={summit.pk}&answer=open"
        assert (sent["Location"], said(sent)) == (leads, ["Sending 2 reminders."])
        assert stored() == ["bland@land.example", "mission@land.example"]
        again = desk.post(f"{address}?from=party", {"row": rows[0].pk})
        assert again["Location"] == reverse("admin:delegations_party_detail", args=[rows[0].party_id])
        assert said(again)[-1].startswith("Aland: It had a reminder on ")
        assert len(stored()) == 2


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
class TestThreads:
    def test_three_at_once_write_once(self) -> None:
        summit = f.SummitFactory(answer_by=db_now() + timedelta(days=5))
        for number in range(4):
            row = waiting(summit, f"mission{number}@land.example")
            f.FocalPointFactory(party=row.party)
        assert sorted(at_once(remind, remind, remind)) == [0, 0, 8]
        assert len(stored()) == 8
        assert AuditEntry.objects.filter(action="delegations.remind").count() == 4

    def test_control_with_keys_of_their_own_each_would_write(self, monkeypatch: pytest.MonkeyPatch) -> None:
        waiting(f.SummitFactory(answer_by=db_now() + timedelta(days=5)))
        real = reminders._mail
        turns = iter(range(100))

        def unkeyed(*asked: Any) -> InvitationMail:
            cause = real(*asked)
            return replace(cause, version=cause.version + next(turns))

        monkeypatch.setattr(reminders, "_mail", unkeyed)
        monkeypatch.setattr(reminders, "waiting", lambda summit, reminder: list(Invitation.objects.all()))
        assert sorted(at_once(remind, remind, remind)) == [1, 1, 1]
