"""Notify the press desk that texts are held because their speeches changed. The messages quote nothing of a text."""

from collections.abc import Mapping, Sequence

from press.embargoes.services import desk_messages
from press.texts.models.embargoes import Embargo
from press.texts.models.texts import Text
from press.texts.permissions import PRESS
from summit.outbox import enqueue
from summit.outbox.failure_reasons import because
from summit.outbox.models import Message
from summit.summits.models import Summit

KIND = "held"
RELEASED = "press.hold_released"


def notify(*, summit: Summit, reasons: Mapping[int, str]) -> int:
    """Store a message to each desk user of the press office about embargoes that were just held.

    `reasons` is a dict from primary keys of embargoes to the reasons for the holds. Returns the number of messages
    stored. Call this inside the transaction that held the embargoes.
    """
    texts: dict[int, list[Text]] = {}
    for text in Text.objects.filter(embargo__in=reasons, withdrawn_at__isnull=True).order_by("pk"):
        texts.setdefault(text.embargo_id, []).append(text)
    embargoes = list(Embargo.objects.filter(pk__in=reasons).order_by("pk"))
    held = [
        {"embargo": embargo.public_id, "why": reasons[embargo.pk], "paths": _paths(texts.get(embargo.pk, []))}
        for embargo in embargoes
    ]
    # An embargo can't be held twice at the same time, so its id and the time of the hold identify the message.
    first = embargoes[0]
    key = f"press.held:{first.public_id}:{first.held_at:%Y%m%dT%H%M%S%f}"
    return enqueue.store(
        desk_messages.to_each(summit=summit, roles=PRESS, kind=KIND, subject_key=key, facts={"held": held})
    )


def _paths(texts: Sequence[Text]) -> list[str]:
    return [f"/admin/press/text/{text.pk}/change/" for text in texts]


def released(messages: Sequence[Message]) -> dict[int, str]:
    """Return a dict from the primary keys of outdated messages to the reason. Makes one query.

    A message is outdated if none of its embargoes is held any more.
    """
    keys = {each["embargo"] for message in messages for each in message.facts["held"]}
    still_held = set(
        Embargo.objects.filter(public_id__in=keys, held_at__isnull=False).values_list("public_id", flat=True)
    )
    return {
        message.pk: because(RELEASED)
        for message in messages
        if not {each["embargo"] for each in message.facts["held"]} & still_held
    }
