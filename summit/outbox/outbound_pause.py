"""Mail of what sends nothing, a summit or the installation: what goes out once it is armed, and what is cancelled."""

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
    """Return what waits of a summit, or of the installation: what is about no summit."""
    summit = sender if isinstance(sender, Summit) else None
    return Message.objects.filter(summit=summit, state=MessageState.PENDING)


def look(sender: Summit | Installation) -> Iterable[Waiting]:
    """Yield how many messages of each kind wait. One query."""
    # What nobody has disarmed yet came this moment.
    older = Q(created_at__lt=sender.disarmed_at) if sender.disarmed_at else Q()
    numbers = {"all": Count("pk"), "older": Count("pk", filter=older)}
    rows = _waiting(sender).order_by("kind").values_list("kind").annotate(**numbers)
    for kind, all_of_it, before in rows:
        yield Waiting(label_of(kind), all_of_it - before, before)


def cancel(sender: Summit | Installation) -> int:
    """Drop the messages that are older than its arrival; return how many."""
    rows = _waiting(sender).filter(created_at__lt=sender.disarmed_at)
    return rows.update(state=MessageState.DROPPED, problem=because(CANCELLED), lease_until=None)


channels.register(10)(Channel(look, cancel))
installation.channels.register(10)(Channel(look, cancel))
