"""Tell of the withdrawal of texts: subscribers by a mail, if they were sent one about the text, and programs."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat, Now
from django.utils.translation import gettext_lazy, ngettext

from press.published_texts import websub
from press.subscriptions.events import WITHDRAWN, TextWithdrawal
from press.subscriptions.messages import PUBLICATION, WITHDRAWAL, withdrawals
from press.subscriptions.models import Announcement
from press.texts import listeners
from press.texts.models.editions import Edition
from press.texts.models.texts import Text
from press.texts.models.visibility import public_editions, removed_editions
from press.texts.services.locks import lock_text
from summit.audit import services as audit
from summit.audit.actions import Facts, audit_action
from summit.core.compiled_query import Prepared
from summit.outbox.models import Message
from summit.summits.models import sends

# More than a day after the withdrawal a mail is useless. Besides, the messages that say who got mails about a text
# aren't stored forever.
WITHIN = timedelta(days=1)


def _recalled(facts: Facts) -> str:
    number = int(facts.detail.get("messages", 0))
    message = ngettext(
        "notified %(number)d subscriber of the withdrawal",
        "notified %(number)d subscribers of the withdrawal",
        number,
    )
    return message % {"number": number}


RECALL = audit_action(
    "press.recall",
    _recalled,
    label=gettext_lazy("notified subscribers of the withdrawal"),
)


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
        audit.record(by=audit.SYSTEM, action=RECALL, target=text, summit=text.summit, detail={"messages": sent})
    return bool(sent)


@listeners.withdrawn(10)
def emit_withdrawal(text: Text, removed: bool) -> None:
    """Emit the event that a text was withdrawn or removed, in the transaction that withdraws or removes the text.

    No event is emitted for a text that was never announced.
    """
    WITHDRAWN.emit_known(TextWithdrawal(text, removed))
    announcements = Announcement.objects.filter(edition__version__text=text.pk).order_by()
    if languages := set(announcements.values_list("edition__version__language", flat=True)):
        websub.changed(text, languages, f"press.text:{text.public_id}:{2 if removed else 1}")


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
