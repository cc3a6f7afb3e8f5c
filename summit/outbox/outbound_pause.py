"""The messages of a summit or installation that is paused: count those that wait, and cancel the old ones."""

from collections.abc import Iterable

from django.db.models import Count, Q

from summit.outbox.failure_reasons import because, register
from summit.outbox.message_kinds import label_of
from summit.outbox.models import Message, MessageState
from summit.outbox.models.messages import MessageQuerySet
from summit.summits import installation
from summit.summits.models import Installation, Summit
from summit.summits.outbound_pause import OLDER, Channel, Waiting, channels

CANCELLED = register("outbox.older", OLDER)


def _waiting(sender: Summit | Installation) -> MessageQuerySet:
    """Return the pending messages of a summit. For the installation, return those that have no summit."""
    summit = sender if isinstance(sender, Summit) else None
    return Message.objects.filter(summit=summit, state=MessageState.PENDING)


def count_waiting(sender: Summit | Installation) -> Iterable[Waiting]:
    """Yield for each kind of waiting message how many will be sent, and how many cancelled, after the pause.

    Makes one query.
    """
    # A summit or installation that was never paused counts as paused now, so all messages are older.
    older = Q(created_at__lt=sender.paused_at) if sender.paused_at else Q()
    numbers = {"all": Count("pk"), "older": Count("pk", filter=older)}
    rows = _waiting(sender).order_by("kind").values_list("kind").annotate(**numbers)
    for kind, total, older_count in rows:
        yield Waiting(label_of(kind), total - older_count, older_count)


def cancel(sender: Summit | Installation) -> int:
    """Drop the waiting messages that are older than the pause of the summit or installation, and return how many."""
    rows = _waiting(sender).filter(created_at__lt=sender.paused_at)
    return rows.update(state=MessageState.DROPPED, problem=because(CANCELLED), lease_until=None)


channels.register(10)(Channel(count_waiting, cancel))
installation.channels.register(10)(Channel(count_waiting, cancel))
