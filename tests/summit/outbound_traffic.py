"""A summit with one of everything that sends by itself, and all that sends."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from delegations.invitations.services import reminders
from press.embargoes.services import undelivered_speech_alarms
from press.subscriptions.models import Announcement
from press.subscriptions.services import announcements, withdrawals
from press.texts.models.embargoes import Embargo, EmbargoMode
from summit.outbox import delivery
from summit.outbox.models import Message
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.webhooks import delivery as events
from summit.webhooks.models import deliveries
from summit.webhooks.models.deliveries import Delivery
from summit.webhooks.response_policy import Outcome
from tests import factories as f
from tests.press.helpers import ago, make_text


def sending_summit(**values: Any) -> Summit:
    """Make a summit with one of everything from nine hours ago, and from two."""
    made: Summit = f.SummitFactory(**values, answer_by=datetime.now(UTC) + timedelta(days=6, hours=22))
    f.UserFactory.with_role(Role.PRESS_OFFICER, made)
    f.SubscriberFactory(summit=made, confirmed_at=ago(50))
    f.EndpointFactory(summit=made)
    for hours in (9, 2):
        f.MessageFactory(summit=made, created_at=ago(hours))
        f.DeliveryFactory(endpoint__summit=made, created_at=ago(hours))
        make_text(summit=made, moment=ago(hours), slug=f"out-{hours}")
        late = make_text(summit=made, speech=True)
        Embargo.objects.filter(pk=late.version.text.embargo_id).update(
            mode=EmbargoMode.DELIVERED, fallback_at=ago(hours)
        )
        gone = make_text(summit=made, moment=ago(20), withdrawn_at=ago(hours))
        Announcement.objects.create(edition=gone, recipients=1)
        reader = f.SubscriberFactory(summit=made, confirmed_at=ago(50))
        told = {"subject_key": f"press.edition:{gone.public_id}", "state": "sent", "sent_at": ago(19)}
        told |= {"kind": "publication", "recipient_key": f"press.subscriber:{reader.public_id}"}
        f.MessageFactory(summit=made, **told)
    f.InvitationFactory(party__summit=made, party__mission_email="m@land.example", state="sent", sent_at=ago(99))
    return made


def sweep_with(monkeypatch: pytest.MonkeyPatch) -> Callable[[], dict[str, int]]:
    """Return what runs all that sends by itself, once, and counts what went out; events reach their receivers."""
    monkeypatch.setattr(
        events, "deliver", lambda row: events._mark(row, deliveries.DeliveryState.SENT) and Outcome.DONE
    )

    def run() -> dict[str, int]:
        found = {
            "handed": sum(len(ids) for _task, ids in delivery.hand_out()),
            "mail": delivery.deliver(list(Message.objects.filter(kind="system").values_list("pk", flat=True))),
            "endpoints": len(events.hand_out()),
            "events": sum(events.work(pk) for pk in Delivery.objects.values_list("endpoint", flat=True).distinct()),
            "announced": announcements.announce_due(),
            "recalled": withdrawals.recall_due(),
            "alarms": undelivered_speech_alarms.raise_due(),
            "reminders": reminders.remind(),
        }
        return {name: number for name, number in found.items() if number}

    return run
