"""Raise the alarm for speeches that should have been given by a time, but weren't marked as given.

An alarm publishes nothing. The desk sees it at once (press.texts.selectors.workflow_queries), and its members get one
mail for each time that is set.
"""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Now

from press.embargoes.services import desk_messages
from press.texts.models.embargoes import Embargo, EmbargoMode
from press.texts.models.texts import Text
from press.texts.permissions import SEES_EMBARGOED
from press.texts.services.locks import lock_embargo
from summit.audit import services as audit
from summit.core.compiled_query import Prepared
from summit.outbox import enqueue
from summit.outbox.failure_reasons import because
from summit.outbox.models import Message
from summit.summits.models import sends

KIND = "alarm"
ANSWERED = "press.alarm_answered"


def standing_alarms() -> QuerySet[Embargo]:
    """Return the embargoes whose alarm time has passed while their speech isn't marked as given.

    Held embargoes and those of cancelled speeches are included; those whose texts have all been withdrawn are not.
    """
    texts = Text.objects.filter(embargo=OuterRef("pk"), withdrawn_at__isnull=True)
    late = Embargo.objects.filter(mode=EmbargoMode.DELIVERED, moment__isnull=True, fallback_at__lte=Now())
    return late.filter(Exists(texts))


def unraised() -> QuerySet[Embargo]:
    """Return the standing alarms about which the desk hasn't been notified."""
    return standing_alarms().filter(alarmed_at__isnull=True)


def raise_due(*, limit: int = 100) -> int:
    """Raise the alarms that are due, at most `limit`, and return how many. One query if there are none."""
    return sum(raise_alarm(embargo_id) for (embargo_id,) in _DUE.rows()[:limit])


_DUE = Prepared(lambda: unraised().filter(sends("summit_id")).order_by("fallback_at", "pk").values_list("pk"))


def raise_alarm(embargo_id: int) -> bool:
    """Raise the alarm of an embargo and store its messages; return whether it was due.

    Both happen in one transaction. If several workers call it at once, only one raises the alarm.
    """
    with transaction.atomic():
        embargo = lock_embargo(embargo_id)
        due = unraised().filter(sends("summit_id"), pk=embargo_id).values("pk")
        if not Embargo.objects.filter(pk__in=due).update(alarmed_at=Now()):
            return False
        sent = enqueue.store(_messages(embargo))
        audit.record(
            by=audit.SYSTEM, action="press.alarm", target=embargo, summit=embargo.summit, detail={"messages": sent}
        )
    return True


def _messages(embargo: Embargo) -> list[Message]:
    """Return a message for each user who sees embargoed texts. It names the speech, and quotes no text."""
    at = embargo.fallback_at
    assert at is not None  # noqa: S101 - the alarm is due
    texts = Text.objects.filter(embargo=embargo, withdrawn_at__isnull=True).select_related(
        "slot__speaker", "slot__session"
    )
    return desk_messages.to_each(
        summit=embargo.summit,
        roles=SEES_EMBARGOED,
        kind=KIND,
        # One alarm for each time that is set.
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
    """Return the messages whose alarm is no longer standing: primary key to reason. One query.

    The speech was marked as given, the texts were withdrawn, or another time was set.
    """
    rows = standing_alarms().filter(public_id__in={message.facts["embargo"] for message in messages})
    still = {(key, at.isoformat()) for key, at in rows.values_list("public_id", "fallback_at") if at}
    return {
        message.pk: because(ANSWERED)
        for message in messages
        if (message.facts["embargo"], message.facts["at"]) not in still
    }
