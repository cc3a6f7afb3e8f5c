"""Mail of a summit that sends nothing: what goes out once it is armed, and what is cancelled then."""

from collections.abc import Iterable

from django.db.models import Count, F, Q

from summit.domain.arming import OLDER, Channel, Waiting, channels
from summit.models import Summit
from summit.outbox.kinds import label_of
from summit.outbox.models import Message, MessageState
from summit.outbox.models.messages import MessageQuerySet
from summit.outbox.reasons import because, register

CANCELLED = register("outbox.older", OLDER)
_OLDER = Q(created_at__lt=F("summit__disarmed_at"))


def _waiting(summit: Summit) -> MessageQuerySet:
    return Message.objects.filter(summit=summit, state=MessageState.PENDING)


def look(summit: Summit) -> Iterable[Waiting]:
    """Yield how many messages of each kind wait. One query."""
    numbers = {"goes": Count("pk", filter=~_OLDER), "older": Count("pk", filter=_OLDER)}
    rows = _waiting(summit).order_by("kind").values_list("kind").annotate(**numbers)
    for kind, goes, older in rows:
        yield Waiting(label_of(kind), goes, older)


def cancel(summit: Summit) -> int:
    """Drop the messages that are older than the summit's arrival; return how many."""
    rows = _waiting(summit).filter(created_at__lt=summit.disarmed_at)
    return rows.update(state=MessageState.DROPPED, problem=because(CANCELLED), lease_until=None)


channels.register(10)(Channel(look, cancel))
