"""Reminders: to whom, when, once, and never after an answer or the deadline."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail

from delegations.invitations.messages import InvitationMail
from delegations.invitations.models.invitations import Invitation, InvitationLink
from delegations.invitations.services import answers, links, reminders
from delegations.invitations.services.drafts_and_approval import supersede
from delegations.invitations.services.invitations import invite, revoke
from delegations.invitations.services.reminders import due, remind
from delegations.parties.models.parties import Party
from delegations.parties.models.policy import Policy
from summit.audit.models import AuditEntry
from summit.audit.services import SYSTEM
from summit.core.database_clock import db_now
from summit.outbox import delivery, mime
from summit.outbox.models import Message
from summit.summits.models import Summit
from tests import factories as f
from tests.clients import signed_in
from tests.delegations.helpers import protocol, text
from tests.threads import at_once


def invited(days: float = 5, **kwargs: Any) -> Party:
    """Make a party that was invited a month ago, of a summit whose answers are due in so many days."""
    summit = kwargs.pop("summit", None) or f.SummitFactory(answer_by=db_now() + timedelta(days=days))
    party: Party = f.PartyFactory(summit=summit, **kwargs)
    invite(parties=[party], by=protocol(summit))
    delivery.deliver(list(Message.objects.values_list("pk", flat=True)))
    Invitation.objects.filter(party=party).update(sent_at=db_now() - timedelta(days=30))
    mail.outbox.clear()
    return party


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


@pytest.mark.django_db
class TestRemind:
    def test_missions_and_focal_points_get_one_mail_each_with_their_own_link(self) -> None:
        party = invited(name="Aland", mission_email="mission@land.example")
        before = InvitationLink.objects.get()
        f.FocalPointFactory(party=party, person__email="focal@land.example")
        row = Invitation.objects.get()
        assert remind() == 2
        assert reminders.sent_reminders(row) == []
        assert stored() == deliver() == ["focal@land.example", "mission@land.example"]
        # Which went is told when they have.
        assert {days for days, _moment in reminders.sent_reminders(row)} == {7}
        links_now = {link.address: link for link in InvitationLink.objects.live()}
        # The link of the letter is not replaced.
        assert (links_now["mission@land.example"], party.invitations.get().state) == (before, "sent")
        for message in Message.objects.filter(kind="reminder"):
            text = mime.render(message).text
            assert links.url(links_now[message.address]) in text
            assert "We have not yet received your reply." in text
            assert mime.render(message).attachments == ()
        entry = AuditEntry.objects.get(action="delegations.remind")
        assert (entry.by, entry.detail) == (None, {"days": 7, "letters": 2})

    def test_whoever_leads_a_party_is_never_reminded(self) -> None:
        party = invited(mission_email="Minister@land.example")
        for code, address in (("head", "minister@LAND.example"), ("alternate", "deputy@land.example")):
            member = f.MembershipFactory(party=party, code=code, person__email=address)
            f.FocalPointFactory(party=party, person=member.person)
        assert remind() == 0
        f.FocalPointFactory(party=party, person__email="desk@land.example")
        assert remind() == 1
        assert stored() == ["desk@land.example"]

    @pytest.mark.parametrize(
        ("why", "reminded"),
        [("5.1.1 550 unknown", ["focal@a.example"]), ("4.4.7 no answer", ["focal@a.example", "m@a.example"])],
    )
    def test_a_mailbox_that_does_not_exist_waits_for_its_correction(self, why: str, reminded: list[str]) -> None:
        party = invited(mission_email="m@a.example")
        f.FocalPointFactory(party=party, person__email="focal@a.example")
        Message.objects.filter(address=party.mission_email).update(returned_at=db_now(), returned_why=why)
        remind()
        assert stored() == reminded

    def test_again_and_again_writes_once_and_the_next_moment_once_more(self) -> None:
        party = invited()
        assert [remind(), remind()] == [1, 0]
        f.FocalPointFactory(party=party)
        # Whoever is named after the reminder gets the next one.
        assert remind() == 0
        Policy.objects.create(summit=party.summit, reminder_days="14, 6, 2")
        assert [remind(), remind()] == [2, 0]

    def test_a_late_start_sends_only_the_newest_and_a_later_deadline_has_reminders_anew(self) -> None:
        party = invited(days=1)
        assert [remind(), remind()] == [1, 0]
        Summit.objects.filter(pk=party.summit_id).update(answer_by=db_now() + timedelta(days=10))
        assert [remind(), remind()] == [1, 0]
        found = Message.objects.filter(kind="reminder").order_by("pk")
        assert [reminders.days_of(row) for row in found] == [2, 14]

    @pytest.mark.parametrize("how", ["answered", "revoked", "superseded", "past", "off", "session", "draft", "late"])
    def test_who_is_not_reminded(self, how: str) -> None:
        party = invited()
        rows = Invitation.objects.filter(party=party)
        changed = {"session": {"occasion": "k3"}, "late": {"sent_at": db_now() - timedelta(days=1)}}
        if how == "answered":
            answers.answer(invitation=rows.get(), answer="regrets", note="", name="A", by=SYSTEM)
        elif how == "past":
            Summit.objects.update(answer_by=db_now() - timedelta(minutes=1))
        elif how == "off":
            Policy.objects.create(summit=party.summit, reminder_days="")
        else:
            rows.update(**changed.get(how, {"state": how}))
        assert remind() == 0

    @pytest.mark.parametrize("how", ["answered", "revoked", "superseded", "past", "link"])
    def test_what_became_needless_before_it_went_stays_here(self, how: str) -> None:
        party = invited()
        remind()
        row = Invitation.objects.get()
        if how == "answered":
            answers.answer(invitation=row, answer="attending", note="", name="A", by=SYSTEM)
        elif how == "revoked":
            revoke(invitation=row, by=protocol(party.summit))
        elif how == "superseded":
            supersede(invitation=row, by=protocol(party.summit))
        elif how == "past":
            Summit.objects.update(answer_by=db_now() - timedelta(minutes=1))
        else:
            links.revoke(link=InvitationLink.objects.get(), by=protocol(party.summit))
        assert deliver() == []
        message = Message.objects.get(kind="reminder")
        assert (message.state, message.problem) == ("dropped", "@delegations.reminder_needless:")

    def test_a_link_that_ended_gets_a_successor(self) -> None:
        invited()
        InvitationLink.objects.update(expires_at=f.START)
        assert remind() == 1
        assert deliver() == [InvitationLink.objects.live().get().address]
        assert InvitationLink.objects.count() == 2

    def test_the_desks_home_and_the_invitations_page_tell_it(self) -> None:
        client = signed_in(protocol(invited().summit))
        row = Invitation.objects.get()
        address = f"/admin/delegations/invitation/{row.pk}/change/"
        going, gone = (
            "Automatic reminder to delegations that have not answered: 1 now.",
            "(7 days before the deadline)",
        )
        # The one of two days before: those of 14 and 7 days have passed.
        assert text(client.get("/admin/")).count(going) == 1
        assert gone not in text(client.get(address))
        remind()
        deliver()
        shown = text(client.get(address))
        assert (gone in shown, "&lt;span" in shown) == (True, False)
        answers.answer(invitation=row, answer="regrets", note="", name="A", by=SYSTEM)
        assert going not in text(client.get("/admin/"))


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
class TestThreads:
    def test_three_at_once_write_once(self) -> None:
        summit = f.SummitFactory(answer_by=db_now() + timedelta(days=5))
        for _ in range(4):
            f.FocalPointFactory(party=invited(summit=summit))
        assert sorted(at_once(remind, remind, remind)) == [0, 0, 8]
        assert len(stored()) == 8
        assert AuditEntry.objects.filter(action="delegations.remind").count() == 4

    def test_control_with_keys_of_their_own_each_would_write(self, monkeypatch: pytest.MonkeyPatch) -> None:
        invited()
        real = reminders._mail
        turns = iter(range(100))

        def unkeyed(*asked: Any) -> InvitationMail:
            cause = real(*asked)
            return replace(cause, version=cause.version + next(turns))

        monkeypatch.setattr(reminders, "_mail", unkeyed)
        monkeypatch.setattr(reminders, "waiting", lambda summit, reminder: list(Invitation.objects.all()))
        assert sorted(at_once(remind, remind, remind)) == [1, 1, 1]
