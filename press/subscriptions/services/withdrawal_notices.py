"""Notify subscribers once that a text was withdrawn, if they were sent a mail about the text."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat, Now
from django.utils.translation import gettext_lazy, ngettext

from press.subscriptions.models import Subscriber
from press.texts.addresses import address
from press.texts.models.editions import Edition
from press.texts.models.texts import Text
from press.texts.models.visibility import public_editions, removed_editions
from press.texts.services.locks import lock_text
from summit.audit import services as audit
from summit.audit.actions import Facts, audit_action
from summit.core.compiled_query import Prepared
from summit.core.languages import spoken
from summit.outbox import enqueue
from summit.outbox.models import Message
from summit.summits.models import sends

KIND = "withdrawal"
# More than a day after the withdrawal a notice is useless. Besides, the messages that say who got mails about a text
# aren't stored forever.
WITHIN = timedelta(days=1)


def _recalled(facts: Facts) -> str:
    number = int(facts.detail.get("messages", 0))
    message = ngettext(
        "told %(number)d subscriber that it was withdrawn",
        "told %(number)d subscribers that it was withdrawn",
        number,
    )
    return message % {"number": number}


RECALL = audit_action(
    "press.recall",
    _recalled,
    label=gettext_lazy("told subscribers that it was withdrawn"),
)


def _key(text: Text) -> str:
    return f"press.withdrawn:{text.public_id}"


def unrecalled() -> QuerySet[Text]:
    """Return the withdrawn texts about which subscribers must be notified now.

    They are the texts of `unrecalled_anywhere`, except texts of summits with paused outbound mail.
    """
    return unrecalled_anywhere().filter(sends("summit_id"))


def unrecalled_anywhere() -> QuerySet[Text]:
    """Return lately withdrawn texts about which subscribers were sent a mail, but no withdrawal notice.

    If a summit was moved here, texts withdrawn before the move are left out: the other deployment sent the notices.
    """
    editions = Edition.objects.filter(version__text=OuterRef("pk")).annotate(
        key=Concat(Value("press.edition:"), "public_id")
    )
    mails = Message.objects.filter(kind="publication", subject_key=OuterRef("key"))
    notices = Message.objects.filter(kind=KIND, subject_key=OuterRef("withdrawn_key"))
    withdrawn_here = Q(summit__paused_at__isnull=True) | Q(withdrawn_at__gt=F("summit__paused_at"))
    rows = Text.objects.filter(withdrawn_here, withdrawn_at__gt=Now() - WITHIN)
    rows = rows.annotate(withdrawn_key=Concat(Value("press.withdrawn:"), "public_id"))
    return rows.filter(Exists(editions.filter(Exists(mails))), ~Exists(notices))


def recall_due(*, limit: int = 200) -> int:
    """Store the notices about at most `limit` withdrawn texts, and return about how many texts there were any.

    Makes one query if there are none.
    """
    return sum(recall(text_id) for (text_id,) in _DUE.rows()[:limit])


_DUE = Prepared(lambda: unrecalled().values_list("pk"))


def recall(text_id: int) -> bool:
    """Store a withdrawal notice for each subscriber who was sent a mail about a text. Return whether there was any.

    This is one transaction. No notices are stored for a text that was never public.
    """
    with transaction.atomic():
        lock_text(text_id)
        text = unrecalled().filter(pk=text_id).select_related("summit").first()
        edition = _read(text) if text is not None else None
        if text is None or edition is None:
            return False
        sent = enqueue.store(list(_messages(text, edition)))
        audit.record(by=audit.SYSTEM, action=RECALL, target=text, summit=text.summit, detail={"messages": sent})
    return bool(sent)


def _read(text: Text) -> Edition | None:
    """Return the last published edition of a text in the authoritative language, even if the text is removed.

    Returns None if the text was never published.
    """
    for editions in (public_editions(), removed_editions()):
        rows = editions.filter(version__text=text.pk, version__authoritative=True).order_by("-number")
        edition = rows.select_related("version__text").first()
        if edition is not None:
            return edition
    return None


def _messages(text: Text, edition: Edition) -> Iterable[Message]:
    keys = [f"press.edition:{key}" for key in _keys_of(text)]
    recipient_keys = set(
        Message.objects.filter(kind="publication", subject_key__in=keys).values_list("recipient_key", flat=True)
    )
    for subscriber in Subscriber.objects.filter(summit=text.summit_id).active().order_by("id"):
        if f"press.subscriber:{subscriber.public_id}" in recipient_keys:
            yield _message(text, edition, subscriber)


def _keys_of(text: Text) -> list[str]:
    return list(Edition.objects.filter(version__text=text).values_list("public_id", flat=True))


def _message(text: Text, edition: Edition, subscriber: Subscriber) -> Message:
    return enqueue.draft(
        summit=text.summit,
        kind=KIND,
        subject_key=_key(text),
        version=1,
        recipient_key=f"press.subscriber:{subscriber.public_id}",
        address=subscriber.address,
        language=subscriber.language,
        facts={
            "subscriber": subscriber.public_id,
            "title": edition.title,
            "reason": text.removal_reason or text.withdrawal_reason,
            "removed": text.removed_at is not None,
            "path": address(text.summit, edition),
            "summit": text.summit.named(spoken(subscriber.language)).name,
        },
    )
