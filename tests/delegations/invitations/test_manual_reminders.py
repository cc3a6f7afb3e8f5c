"""Reminders that the desk sends: to whom, not twice, and what that means for the automatic ones."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from delegations.invitations.models.invitations import Invitation
from delegations.invitations.services import manual_reminders, reminders
from delegations.parties.models.parties import Party
from summit.audit.models import AuditEntry
from summit.core.database_clock import db_now
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests import factories as f
from tests.delegations.helpers import protocol, queries, said, sign_in, text
from tests.delegations.invitations.test_reminders import deliver, stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def summit() -> Summit:
    made: Summit = f.SummitFactory(answer_by=db_now() + timedelta(days=30))
    return made


def waiting(summit: Summit, name: str = "Aland", **values: Any) -> Invitation:
    """Return an invitation that is sent and unanswered, of a party with a mailbox."""
    kind = {"party__mission_email": f"{name.lower()}@land.example", "sent": True, **values}
    row: Invitation = f.InvitationFactory(party__summit=summit, party__name=name, **kind)
    Invitation.objects.filter(pk=row.pk, sent_at__isnull=False).update(sent_at=db_now() - timedelta(days=60))
    return row


def reasons(targets: manual_reminders.ReminderTargets) -> dict[str, str]:
    return {party.name: why for party, why in targets.skipped}


class TestSending:
    def test_the_same_letter_goes_once_and_is_recorded_with_who_sent_it(
        self, summit: Summit, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        row, by = waiting(summit), protocol(summit)
        assert manual_reminders.send(invitations=[row], by=by).letters == 1
        again = manual_reminders.send(parties=[row.party], by=by)
        assert (again.to, list(reasons(again))) == ([], ["Aland"])
        assert "You can send another 24 hours later." in reasons(again)["Aland"]
        assert stored() == deliver() == ["aland@land.example"]
        entry = AuditEntry.objects.get(action="delegations.remind")
        assert (entry.by, entry.detail) == (by, {"letters": 1})
        assert [days for days, _at in reminders.sent_reminders(row)] == [0]
        monkeypatch.setattr(manual_reminders, "db_now", lambda: db_now() + timedelta(hours=25))
        assert [found.pk for found in manual_reminders.preview(invitations=[row]).to] == [row.pk]

    def test_control_without_the_pause_it_would_be_announced_twice(
        self, summit: Summit, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        row, by = waiting(summit), protocol(summit)
        monkeypatch.setattr(reminders, "PAUSE", timedelta(0))
        assert [manual_reminders.send(invitations=[row], by=by).letters for _ in range(2)] == [1, 1]
        # The constraint of the outbox still keeps the second mail from being stored.
        assert stored() == ["aland@land.example"]

    def test_who_is_left_out_and_why(self, summit: Summit) -> None:
        f.InvitationFactory(party__summit=summit, party__name="Answered", answered=True)
        f.InvitationFactory(party__summit=summit, party__name="Draft")
        f.PartyFactory(summit=summit, name="Uninvited")
        f.PartyFactory(summit=summit, name="Host", is_host=True)
        waiting(summit, "Mute", party__mission_email="")
        late = f.SummitFactory(answer_by=db_now() - timedelta(days=1))
        waiting(late, "Late")
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
        session = waiting(summit, "Session", occasion="k3")
        revoked = f.InvitationFactory(party__summit=summit, party__name="Revoked", state="revoked")
        others = reasons(manual_reminders.preview(invitations=[session, revoked]))
        assert [why.split(".")[0] for why in others.values()] == [
            "Its invitation was revoked or replaced",
            "Reminders are only for invitations to the summit",
        ]

    def test_a_summit_without_a_deadline_reminds_too(self, summit: Summit) -> None:
        Summit.objects.filter(pk=summit.pk).update(answer_by=None)
        row = waiting(Summit.objects.get(pk=summit.pk))
        manual_reminders.send(invitations=[row], by=protocol(summit))
        assert deliver() == ["aland@land.example"]

    def test_who_may_not_invite_sends_none(self, summit: Summit) -> None:
        row = waiting(summit)
        with pytest.raises(PermissionDenied):
            manual_reminders.send(invitations=[row], by=f.UserFactory.with_role(Role.VIEWER, summit))
        assert stored() == []

    def test_many_take_as_many_queries_as_few(self, summit: Summit) -> None:
        rows = [waiting(summit, name) for name in ("One", "Two", "Three")]
        few, many = (
            queries(lambda some=some: manual_reminders.preview(invitations=some))  # type: ignore[misc]
            for some in (rows[:1], rows)
        )
        assert few == many


class TestAutomaticReminders:
    # A reminder is due fourteen days before the deadline: so many hours after the desk sent its own.
    @pytest.mark.parametrize(("hours", "reminded"), [(-1, 0), (23, 0), (25, 1)])
    def test_one_that_was_due_or_is_due_within_a_day_is_replaced(
        self, summit: Summit, hours: int, reminded: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        Summit.objects.update(answer_by=db_now() + timedelta(days=14, hours=hours))
        row = waiting(Summit.objects.get())
        manual_reminders.send(invitations=[row], by=protocol(summit))
        monkeypatch.setattr(reminders, "db_now", lambda: db_now() + timedelta(hours=26))
        assert reminders.remind() == reminded

    def test_control_without_the_rule_it_would_follow_at_once(
        self, summit: Summit, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        Summit.objects.update(answer_by=db_now() + timedelta(days=14) - timedelta(hours=1))
        row = waiting(Summit.objects.get())
        manual_reminders.send(invitations=[row], by=protocol(summit))
        monkeypatch.setattr(reminders, "PAUSE", timedelta(days=-30))
        assert reminders.remind() == 1


class TestPages:
    def test_from_the_list_of_delegations(self, summit: Summit) -> None:
        rows = [waiting(summit, name) for name in ("Aland", "Bland")]
        other = f.PartyFactory(summit=summit, name="Cland")
        desk = sign_in(summit)
        chosen = [row.party_id for row in rows] + [other.pk]
        listed = reverse("admin:delegations_party_changelist")
        shown = desk.post(listed, {"action": "remind", "_selected_action": chosen})
        for words in (
            "Send 2 reminders",
            "1 delegation skipped",
            "aland@land.example",
            "not yet received your reply",
        ):
            assert words in text(shown)
        address = reverse("admin:delegations_invitation_remind")
        sent = desk.post(f"{address}?from=parties", {"row": [row.pk for row in rows]})
        assert (sent.url, said(sent)) == (
            f"{listed}?summit__id__exact={summit.pk}&answer=open",
            ["Sending 2 reminders."],
        )
        assert stored() == ["aland@land.example", "bland@land.example"]
        again = desk.post(f"{address}?from=party", {"row": rows[0].pk})
        assert again.url == reverse("admin:delegations_party_detail", args=[rows[0].party_id])
        assert said(again)[-1].startswith("Aland: It had a reminder on ")
        assert len(stored()) == 2

    def test_a_list_offers_what_its_rows_can_need(self, summit: Summit) -> None:
        waiting(summit)
        desk = sign_in(summit)

        def offered(desk: Client, name: str, query: str) -> list[str]:
            page = desk.get(f"{reverse(f'admin:delegations_{name}_changelist')}?{query}")
            choices = page.context["action_form"].fields["action"].choices
            return [value for value, _label in choices if value in ("invite", "remind")]

        assert offered(desk, "party", "") == ["remind", "invite"]
        assert offered(desk, "party", "answer=open") == ["remind"]
        assert offered(desk, "invitation", "state__exact=sent") == ["remind"]
        f.PartyFactory(summit=summit)
        assert offered(desk, "party", "answer=uninvited") == ["invite"]
        f.InvitationFactory(party__summit=summit, answered=True)
        answered = desk.get(f"{reverse('admin:delegations_party_changelist')}?answer=answered")
        assert not answered.context["action_form"] or not offered(desk, "party", "answer=answered")
