"""Announce each published edition to subscribers once, after its publication.

Nothing here publishes a text. The functions find public texts, and store messages to subscribers about them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy, ngettext

from delegations.parties.selectors.party_names import Books
from press.published_texts.selectors import speaker
from press.subscriptions import events as subscriptions_events
from press.subscriptions.models import Announcement, Subscriber
from press.texts.addresses import address
from press.texts.models.texts import Text
from press.texts.models.visibility import public_editions
from press.texts.services.locks import lock_text
from summit.audit import services as audit
from summit.audit.actions import Facts, audit_action
from summit.core.compiled_query import Prepared
from summit.core.languages import spoken
from summit.core.lock_yielding import Turns
from summit.outbox import enqueue
from summit.outbox.models import Message
from summit.summits.models import sends

if TYPE_CHECKING:
    from press.texts.models.visibility import PublicEdition


def _announced(facts: Facts) -> str:
    number = int(facts.detail.get("messages", 0))
    message = ngettext("announced it to %(number)d subscriber", "announced it to %(number)d subscribers", number)
    return message % {"number": number}


ANNOUNCE = audit_action(
    "press.announce",
    _announced,
    label=gettext_lazy("announced it to subscribers"),
)


def untold() -> QuerySet[PublicEdition]:
    """Return the public editions that haven't been announced. Editions of withdrawn texts are left out."""
    return public_editions().filter(announcement__isnull=True, version__text__withdrawn_at__isnull=True)


def unannounced() -> QuerySet[PublicEdition]:
    """Return the editions to announce now: of those in `untold`, the ones of summits without paused outbound mail."""
    return untold().filter(sends("version__text__summit_id"))


def announce_due(*, limit: int = 200) -> int:
    """Announce at most `limit` texts that were published since the last call, and return how many were announced.

    Makes one query if there are none. All workers go through the texts in the same order. A worker stops at a text
    that another worker has announced: the other one continues, and no text is checked twice. The next call finds the
    texts that are left.
    """
    done, turns = 0, Turns()
    for (text_id,) in _DUE.rows()[:limit]:
        turns.yield_if_due()
        if not announce(text_id):
            break
        done += 1
    return done


def _due() -> QuerySet[PublicEdition, tuple[int]]:
    """Return the primary keys of the texts that have an edition to announce, in ascending order."""
    return unannounced().order_by("version__text_id").values_list("version__text_id").distinct()


_DUE = Prepared(_due)


def announce(text_id: int) -> bool:
    """Announce the public editions of a text, and return whether there were any to announce.

    This is one transaction. It takes the embargo's lock, and then checks again which editions are public: they may
    have been held or rescheduled. So of several workers only one announces.
    """
    with transaction.atomic():
        lock_text(text_id)
        editions = _still_due(text_id)
        if not editions:
            return False
        text = editions[0].version.text
        sent = enqueue.store(list(_messages(text, editions)))
        subscriptions_events.announced(text, editions)
        Announcement.objects.bulk_create([Announcement(edition=edition, recipients=sent) for edition in editions])
        audit.record(
            by=audit.SYSTEM,
            action=ANNOUNCE,
            target=text,
            summit=text.summit,
            detail={"editions": [edition.public_id for edition in editions], "messages": sent},
        )
    return True


def _still_due(text_id: int) -> list[PublicEdition]:
    rows = unannounced().filter(version__text=text_id)
    return list(
        rows.select_related("version__text__summit", "version__text__slot__speaker", "version__text__slot__party")
    )


def _messages(text: Text, editions: Iterable[PublicEdition]) -> Iterable[Message]:
    """Yield a message for each subscriber, about the edition in the subscriber's language.

    If `editions` has none in this language, the message is about the one in the authoritative language. If that is
    missing too, there is no message.
    """
    by_language = {edition.version.language: edition for edition in editions}
    books = Books(text.summit)
    original = next((edition for edition in editions if edition.version.authoritative), None)
    for subscriber in Subscriber.objects.filter(summit=text.summit_id).active().order_by("id"):
        edition = by_language.get(subscriber.language, original)
        if edition is not None:
            yield _message(text, edition, subscriber, books)


def _message(text: Text, edition: PublicEdition, subscriber: Subscriber, books: Books) -> Message:
    slot = edition.version.text.slot
    party_name = books.of(slot.party_id, edition.version.language) if slot else None
    return enqueue.draft(
        summit=text.summit,
        kind="publication",
        subject_key=f"press.edition:{edition.public_id}",
        version=edition.number,
        recipient_key=f"press.subscriber:{subscriber.public_id}",
        address=subscriber.address,
        language=subscriber.language,
        facts={
            "subscriber": subscriber.public_id,
            "edition": edition.public_id,
            "title": edition.title,
            "summary": edition.summary,
            "who": speaker(edition, party_name),
            "footnote": party_name.footnote if party_name else "",
            "kind": text.kind,
            "wording": text.wording,
            "corrected": edition.published_at > edition.first_published_at,
            "change_kind": edition.change_kind,
            "change_note": edition.change_note,
            "path": address(text.summit, edition),
            "summit": text.summit.named(spoken(subscriber.language)).name,
        },
    )
