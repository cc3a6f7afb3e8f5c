"""What the press desk is written to when something that happened to a speech has held texts. No word of a text is in
it."""

from collections.abc import Mapping, Sequence

from press.embargoes.services import desk_messages
from press.texts.models.embargoes import Lift
from press.texts.models.texts import Text
from press.texts.permissions import PRESS
from summit.outbox import enqueue
from summit.outbox.failure_reasons import because
from summit.outbox.models import Message
from summit.summits.models import Summit

KIND = "held"
RELEASED = "press.hold_released"


def tell(*, summit: Summit, reasons: Mapping[int, str]) -> int:
    """Store a message to each account of the press desk about the lifts that were held just now, by primary key with
    why, and return how many. To be called inside the transaction of what happened."""
    texts: dict[int, list[Text]] = {}
    for text in Text.objects.filter(lift__in=reasons, withdrawn_at__isnull=True).order_by("pk"):
        texts.setdefault(text.lift_id, []).append(text)
    lifts = list(Lift.objects.filter(pk__in=reasons).order_by("pk"))
    about = [
        {"lift": lift.public_id, "why": reasons[lift.pk], "paths": _paths(texts.get(lift.pk, []))} for lift in lifts
    ]
    # What holds a lift holds it once at a moment.
    first = lifts[0]
    key = f"press.held:{first.public_id}:{first.held_at:%Y%m%dT%H%M%S%f}"
    return enqueue.store(
        desk_messages.to_each(summit=summit, roles=PRESS, kind=KIND, subject_key=key, facts={"held": about})
    )


def _paths(texts: Sequence[Text]) -> list[str]:
    return [f"/admin/press/text/{text.pk}/change/" for text in texts]


def released(messages: Sequence[Message]) -> dict[int, str]:
    """Name the messages of which nothing is held any more. One query."""
    keys = {each["lift"] for message in messages for each in message.facts["held"]}
    still = set(Lift.objects.filter(public_id__in=keys, held_at__isnull=False).values_list("public_id", flat=True))
    return {
        message.pk: because(RELEASED)
        for message in messages
        if not {each["lift"] for each in message.facts["held"]} & still
    }
