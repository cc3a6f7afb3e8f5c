"""Raise an alarm if a speech isn't marked as delivered by the time that was set.

An alarm publishes nothing. Pages of the desk show it at once (press.texts.selectors.workflow_queries). Desk users get
one mail for each time that is set.
"""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy

from press.embargoes.services import desk_messages
from press.texts.models.embargoes import Embargo, EmbargoMode
from press.texts.models.texts import Text
from press.texts.permissions import SEES_EMBARGOED
from press.texts.services.locks import lock_embargo
from summit.audit import services as audit
from summit.audit.actions import audit_action
from summit.core.compiled_query import Prepared
from summit.outbox import enqueue
from summit.outbox.failure_reasons import because
from summit.outbox.models import Message
from summit.summits.models import sends

KIND = "alarm"
ANSWERED = "press.alarm_answered"
ALARM = audit_action(
    "press.alarm", gettext_lazy("raised the alarm: nobody had said in time that the speech was given")
)


def standing_alarms() -> QuerySet[Embargo]:
    """Return the embargoes that have passed their alarm time before their speech is marked as delivered.

    Held embargoes and embargoes of cancelled speeches are included. Embargoes that have only withdrawn texts aren't.
    """
    texts = Text.objects.filter(embargo=OuterRef("pk"), withdrawn_at__isnull=True)
    late = Embargo.objects.filter(mode=EmbargoMode.DELIVERED, moment__isnull=True, fallback_at__lte=Now())
    return late.filter(Exists(texts))


def unraised() -> QuerySet[Embargo]:
    """Return the embargoes with a standing alarm about which the desk hasn't been notified yet."""
    return standing_alarms().filter(alarmed_at__isnull=True)


def raise_due(*, limit: int = 100) -> int:
    """Raise at most `limit` alarms that are due, and return how many were raised. Makes one query if none is due."""
    return sum(raise_alarm(embargo_id) for (embargo_id,) in _DUE.rows()[:limit])


_DUE = Prepared(lambda: unraised().filter(sends("summit_id")).order_by("fallback_at", "pk").values_list("pk"))


def raise_alarm(embargo_id: int) -> bool:
    """Raise the alarm of an embargo, and store the messages about it. Return whether the alarm was due.

    Both are done in one transaction. If several workers call this at once, only one of them raises the alarm. Raises
    DecisionRefused if the embargo doesn't exist any more.
    """
    with transaction.atomic():
        embargo = lock_embargo(embargo_id)
        due = unraised().filter(sends("summit_id"), pk=embargo_id).values("pk")
        if not Embargo.objects.filter(pk__in=due).update(alarmed_at=Now()):
            return False
        sent = enqueue.store(_messages(embargo))
        audit.record(by=audit.SYSTEM, action=ALARM, target=embargo, summit=embargo.summit, detail={"messages": sent})
    return True


def _messages(embargo: Embargo) -> list[Message]:
    """Return a message for each user who may see embargoed texts. It names the speech, and quotes no text."""
    at = embargo.fallback_at
    assert at is not None  # noqa: S101 - the alarm is due
    texts = Text.objects.filter(embargo=embargo, withdrawn_at__isnull=True).select_related(
        "slot__speaker", "slot__session"
    )
    return desk_messages.to_each(
        summit=embargo.summit,
        roles=SEES_EMBARGOED,
        kind=KIND,
        # The time is part of the key, so that each time that is set has its own alarm.
        subject_key=f"press.embargo:{embargo.public_id}:{at:%Y%m%dT%H%M%S%f}",
        facts={
            "embargo": embargo.public_id,
            "at": at.isoformat(),
            "held": embargo.held_at is not None,
            "texts": [_about(text) for text in texts.order_by("pk")],
        },
    )


def _about(text: Text) -> dict[str, object]:
    slot = text.slot
    return {
        "path": f"/admin/press/text/{text.pk}/change/",
        "who": (slot.speaker.name or slot.speaker.label) if slot else "",
        "session": slot.session.title if slot else "",
        "cancelled": slot is not None and slot.session.cancelled_at is not None,
        "dropped": slot is not None and slot.cancelled_at is not None,
    }


def answered(messages: Sequence[Message]) -> dict[int, str]:
    """Return a dict from the primary keys of messages with outdated alarms to the reason. Makes one query.

    An alarm is outdated if the speech was marked as delivered, the texts were withdrawn, or another time was set.
    """
    rows = standing_alarms().filter(public_id__in={message.facts["embargo"] for message in messages})
    standing = {(key, at.isoformat()) for key, at in rows.values_list("public_id", "fallback_at") if at}
    return {
        message.pk: because(ANSWERED)
        for message in messages
        if (message.facts["embargo"], message.facts["at"]) not in standing
    }
