"""Notify subscribers once that a text was withdrawn, if they were sent a mail about the text."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat, Now

from press.subscriptions.messages import PUBLICATION, WITHDRAWAL, withdrawals
from press.texts.models.editions import Edition
from press.texts.models.texts import Text
from press.texts.models.visibility import public_editions, removed_editions
from press.texts.services.locks import lock_text
from summit.audit import services as audit
from summit.core.compiled_query import Prepared
from summit.outbox.models import Message
from summit.summits.models import sends

# More than a day after the withdrawal a mail is useless. Besides, the messages that say who got mails about a text
# aren't stored forever.
WITHIN = timedelta(days=1)


def unrecalled() -> QuerySet[Text]:
    """Return the withdrawn texts about which subscribers must be notified now.

    They are the texts of `unrecalled_anywhere`, except texts of summits with paused outbound mail.
    """
    return unrecalled_anywhere().filter(sends("summit_id"))


def unrecalled_anywhere() -> QuerySet[Text]:
    """Return lately withdrawn texts about which subscribers were sent a mail, but nothing about the withdrawal.

    If a summit was moved here, texts withdrawn before the move are left out: the other deployment sent the mails.
    """
    editions = Edition.objects.filter(version__text=OuterRef("pk")).annotate(
        key=Concat(Value("press.edition:"), "public_id")
    )
    mails = Message.objects.filter(kind=PUBLICATION.name, subject_key=OuterRef("key"))
    mails_of_withdrawal = Message.objects.filter(kind=WITHDRAWAL.name, subject_key=OuterRef("withdrawn_key"))
    withdrawn_here = Q(summit__paused_at__isnull=True) | Q(withdrawn_at__gt=F("summit__paused_at"))
    rows = Text.objects.filter(withdrawn_here, withdrawn_at__gt=Now() - WITHIN)
    rows = rows.annotate(withdrawn_key=Concat(Value("press.withdrawn:"), "public_id"))
    return rows.filter(Exists(editions.filter(Exists(mails))), ~Exists(mails_of_withdrawal))


def recall_due(*, limit: int = 200) -> int:
    """Store the mails about at most `limit` withdrawn texts, and return about how many texts there were any.

    Makes one query if there are none.
    """
    return sum(recall(text_id) for (text_id,) in _DUE.rows()[:limit])


_DUE = Prepared(lambda: unrecalled().values_list("pk"))


def recall(text_id: int) -> bool:
    """Tell each subscriber who was sent a mail about a text of its withdrawal. Return whether there was any.

    This is one transaction. No mails are stored for a text that was never public.
    """
    with transaction.atomic():
        lock_text(text_id)
        text = unrecalled().filter(pk=text_id).select_related("summit").first()
        edition = _read(text) if text is not None else None
        if text is None or edition is None:
            return False
        sent = WITHDRAWAL.send(*withdrawals(text, edition))
        audit.record(
            by=audit.SYSTEM, action="press.recall", target=text, summit=text.summit, detail={"messages": sent}
        )
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
