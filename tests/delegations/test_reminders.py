"""Reminders: to whom, when, once, and never after an answer or the deadline."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from delegations.domain import answers, links, reminders
from delegations.domain.approval import supersede
from delegations.domain.invitations import invite, revoke
from delegations.domain.reminders import due, gone, remind
from delegations.models import Invitation, InvitationLink, Party, Policy
from summit.db.clock import db_now
from summit.domain.audit import SYSTEM
from summit.models import AuditEntry, Role, Summit, User
from summit.outbox.domain import delivery, mime
from summit.outbox.models import Message
from tests import factories as f


def protocol(summit: Summit) -> User:
    return f.UserFactory.with_role(Role.PROTOCOL, summit)


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
            (datetime(2025, 3, 27, 16, 59, tzinfo=UTC), None),
            (datetime(2025, 3, 27, 17, 0, tzinfo=UTC), 14),
            (datetime(2025, 4, 3, 15, 59, tzinfo=UTC), 14),
            (datetime(2025, 4, 3, 16, 0, tzinfo=UTC), 7),
            (datetime(2025, 4, 8, 16, 0, tzinfo=UTC), 2),
            (datetime(2025, 4, 10, 15, 59, tzinfo=UTC), 2),
            (datetime(2025, 4, 10, 16, 0, tzinfo=UTC), None),
            (datetime(2025, 4, 11, 16, 0, tzinfo=UTC), None),
        ],
    )
    def test_the_newest_that_has_come_counts_until_answers_are_due(self, now: datetime, days: int | None) -> None:
        found = due(self.SUMMIT, Policy(), now)
        assert (found and found.days) == days

    @pytest.mark.parametrize("said", ["", "0", " "])
    def test_a_summit_that_reminds_of_nothing_has_none(self, said: str) -> None:
        assert due(self.SUMMIT, Policy(reminder_days=said), datetime(2025, 4, 10, tzinfo=UTC)) is None

    def test_without_a_deadline_there_is_none(self) -> None:
        assert due(Summit(time_zone="UTC"), Policy(), datetime(2025, 4, 10, tzinfo=UTC)) is None


@pytest.mark.django_db
class TestRemind:
    def test_missions_and_focal_points_get_one_mail_each_with_their_own_link(self) -> None:
        party = invited(name="Aland", mission_email="mission@land.example")
        f.FocalPointFactory(party=party, person__email="focal@land.example")
        assert remind() == 2
        assert stored() == ["focal@land.example", "mission@land.example"]
        assert deliver() == ["focal@land.example", "mission@land.example"]
        links_now = {link.address: link for link in InvitationLink.objects.live()}
        for message in Message.objects.filter(kind="reminder"):
            text = mime.render(message).text
            assert links.url(links_now[message.address]) in text
            assert "We have not yet learnt whether you will take part." in text
            assert mime.render(message).attachments == ()
        entry = AuditEntry.objects.get(action="delegations.remind")
        assert (entry.by, entry.detail) == (None, {"days": 7, "letters": 2})

    def test_the_link_of_the_letter_is_not_replaced(self) -> None:
        party = invited()
        before = InvitationLink.objects.get()
        remind()
        assert InvitationLink.objects.live().get() == before
        assert Message.objects.get(kind="reminder").facts["link"] == before.public_id
        assert party.invitations.get().state == "sent"

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
        [
            ("5.1.1 550 unknown", ["focal@aland.example"]),
            ("4.4.7 no answer", ["focal@aland.example", "mission@aland.example"]),
        ],
    )
    def test_a_mailbox_that_does_not_exist_waits_for_its_correction(self, why: str, reminded: list[str]) -> None:
        party = f.PartyFactory(
            summit=f.SummitFactory(answer_by=db_now() + timedelta(days=5)), mission_email="mission@aland.example"
        )
        f.FocalPointFactory(party=party, person__email="focal@aland.example", person__summit=party.summit)
        invite(parties=[party], by=protocol(party.summit))
        delivery.deliver(list(Message.objects.values_list("pk", flat=True)))
        Invitation.objects.update(sent_at=db_now() - timedelta(days=30))
        Message.objects.filter(address=party.mission_email).update(returned_at=db_now(), returned_why=why)
        remind()
        assert stored() == reminded

    def test_a_party_that_is_not_recognised_is_reminded_at_its_focal_points(self) -> None:
        party = invited(mission_email="office@land.example", recognised=False, flag="none")
        f.FocalPointFactory(party=party, person__email="focal@land.example")
        remind()
        assert stored() == ["focal@land.example"]

    def test_one_mailbox_of_two_parties_gets_a_mail_for_each(self) -> None:
        first = invited(mission_email="both@land.example")
        invited(summit=first.summit, mission_email="both@land.example")
        assert remind() == 2
        assert stored() == ["both@land.example", "both@land.example"]

    def test_again_and_again_writes_once_and_the_next_moment_once_more(self) -> None:
        party = invited()
        assert [remind(), remind()] == [1, 0]
        f.FocalPointFactory(party=party)
        # Whoever is named after the reminder gets the next one.
        assert remind() == 0
        Policy.objects.create(summit=party.summit, reminder_days="14, 6, 2")
        assert [remind(), remind()] == [2, 0]

    def test_a_late_start_sends_only_the_newest(self) -> None:
        invited(days=1)
        assert [remind(), remind()] == [1, 0]
        assert [reminders.days_of(row) for row in Message.objects.filter(kind="reminder")] == [2]

    def test_a_later_deadline_has_reminders_anew(self) -> None:
        party = invited(days=1)
        remind()
        Summit.objects.filter(pk=party.summit_id).update(answer_by=db_now() + timedelta(days=10))
        assert [remind(), remind()] == [1, 0]
        found = Message.objects.filter(kind="reminder").order_by("pk")
        assert [reminders.days_of(row) for row in found] == [2, 14]

    def test_whoever_was_invited_after_the_moment_is_not_reminded_of_it(self) -> None:
        party = invited()
        Invitation.objects.filter(party=party).update(sent_at=db_now() - timedelta(days=1))
        assert remind() == 0

    @pytest.mark.parametrize("how", ["answered", "revoked", "superseded", "past", "off", "session", "draft"])
    def test_who_is_not_reminded(self, how: str) -> None:
        party = invited()
        rows = Invitation.objects.filter(party=party)
        if how == "answered":
            answers.answer(invitation=rows.get(), answer="regrets", note="", name="A", by=SYSTEM)
        elif how == "past":
            Summit.objects.update(answer_by=db_now() - timedelta(minutes=1))
        elif how == "off":
            Policy.objects.create(summit=party.summit, reminder_days="")
        elif how == "session":
            rows.update(occasion="k3")
        else:
            rows.update(state=how)
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

    def test_which_went_is_told_when_they_have(self) -> None:
        invited()
        row = Invitation.objects.get()
        remind()
        assert gone(row) == []
        deliver()
        assert [days for days, _moment in gone(row)] == [7]

    def test_the_desks_home_tells_when_the_next_go(self, client: Client) -> None:
        party = invited()
        client.force_login(protocol(party.summit))
        said = "Reminders go to those who have not answered: 1 party now."
        # The one of two days before: those of 14 and 7 days have passed.
        assert client.get("/admin/").content.decode().count(said) == 1
        answers.answer(invitation=Invitation.objects.get(), answer="regrets", note="", name="A", by=SYSTEM)
        assert said not in client.get("/admin/").content.decode()

    def test_the_invitations_page_tells_it(self, client: Client) -> None:
        party = invited()
        client.force_login(protocol(party.summit))
        address = f"/admin/delegations/invitation/{Invitation.objects.get().pk}/change/"
        said = "(7 days before the deadline)"
        assert said not in client.get(address).content.decode()
        remind()
        deliver()
        content = client.get(address).content.decode()
        assert said in content
        assert "&lt;span" not in content

    def test_queries_do_not_grow_with_the_parties(self) -> None:
        def cost(size: int) -> int:
            summit = f.SummitFactory(answer_by=db_now() + timedelta(days=5))
            parties = f.PartyFactory.create_batch(size, summit=summit)
            invite(parties=parties, by=protocol(summit))
            for party in parties:
                f.FocalPointFactory(party=party)
            Invitation.objects.update(sent_at=f.START)
            with CaptureQueriesContext(connection) as captured:
                assert remind() == 2 * size
            Summit.objects.update(answer_by=None)
            return len(captured)

        assert cost(2) == cost(30)


@pytest.mark.django_db(transaction=True)
class TestThreads:
    def race(self) -> list[Any]:
        start, results = threading.Barrier(3), []

        def run() -> None:
            try:
                start.wait(10)
                results.append(remind())
            except Exception as problem:
                results.append(problem)
            finally:
                connection.close()

        threads = [threading.Thread(target=run) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        return sorted(results)

    def test_three_at_once_write_once(self) -> None:
        summit = f.SummitFactory(answer_by=db_now() + timedelta(days=5))
        for _ in range(4):
            f.FocalPointFactory(party=invited(summit=summit))
        assert self.race() == [0, 0, 8]
        assert len(stored()) == 8
        assert AuditEntry.objects.filter(action="delegations.remind").count() == 4

    def test_control_with_keys_of_their_own_each_would_write(self, monkeypatch: pytest.MonkeyPatch) -> None:
        invited()
        real = reminders._draft
        turns = iter(range(100))

        def unkeyed(**asked: Any) -> Message:
            return real(**{**asked, "version": asked["version"] + next(turns)})

        monkeypatch.setattr(reminders, "_draft", unkeyed)
        monkeypatch.setattr(reminders, "waiting", lambda summit, reminder: list(Invitation.objects.all()))
        assert self.race() == [1, 1, 1]
