"""Personal data in the outbox: export and erase the mail to a person, and the mail that names the person.

`old` is the query for mail that is no longer needed.
"""

import json
from datetime import datetime

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from summit.outbox.models import Message, MessageState
from summit.privacy.registry import Portion, Subject, portion
from summit.summits.models import Summit

OVER = (MessageState.SENT, MessageState.FAILED, MessageState.DROPPED)


def _theirs(subject: Subject) -> QuerySet[Message]:
    condition = Q(person=subject.person) | Q(recipient_key=f"person:{subject.person.public_id}")
    for box in subject.mailboxes:
        condition |= Q(address__iexact=box)
    return Message.objects.filter(condition).order_by("pk")


def naming(subject: Subject) -> QuerySet[Message]:
    """Return the summit's messages that have a name or a mailbox of the person in the facts or the subject.

    Each name is also searched for with JSON's escapes, because JSON may write letters beyond ASCII as escapes.
    """
    condition = Q(pk__in=[])
    for term in (*subject.names, *subject.mailboxes):
        escaped = json.dumps(term)[1:-1]
        condition |= Q(text__contains=term) | Q(text__contains=escaped) | Q(rendered_subject__contains=term)
    rows = Message.objects.filter(summit=subject.summit).annotate(text=Cast("facts", TextField()))
    return rows.filter(condition)


def _erase(subject: Subject) -> int:
    return _theirs(subject).delete()[1].get("outbox.Message", 0)


def _erase_naming(subject: Subject) -> int:
    """Delete the messages that name a person and are no longer to be sent, and return how many.

    They are deleted because their facts can't be changed. Messages that still wait are sent first, and are deleted
    later with all old mail.
    """
    rows = naming(subject).filter(state__in=OVER).values_list("pk", flat=True)
    return Message.objects.filter(pk__in=list(rows)).delete()[1].get("outbox.Message", 0)


def old(*, summit: Summit | None, before: datetime | None = None) -> QuerySet[Message]:
    """Return the messages of a summit that are sent, failed or dropped.

    `summit` None means messages without a summit. With `before`, only messages caused before that moment.
    """
    rows = Message.objects.filter(summit=summit, state__in=OVER)
    return rows if before is None else rows.filter(created_at__lt=before)


portion(10)(
    Portion(
        name="mail",
        title=_("Email to the person"),
        model=Message,
        keys=("person",),
        rows=_theirs,
        erase=_erase,
        gone=_("Deleted with its content, sent or not."),
        columns=("kind", "address", "language", "facts", "created_at", "sent_at", "state", "rendered_subject"),
    )
)
portion(11)(
    Portion(
        name="mail_naming",
        title=_("Email to others that names the person"),
        model=Message,
        rows=naming,
        erase=_erase_naming,
        gone=_("Deleted here if sent. Copies received by others remain with them."),
        columns=("kind", "created_at", "sent_at"),
    )
)
