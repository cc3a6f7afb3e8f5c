"""Announce each published edition to subscribers once, after its publication.

Nothing here publishes a text. The functions find public texts, and store messages to subscribers about them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy, ngettext

from press.published_texts import websub
from press.subscriptions.events import CORRECTED, PUBLISHED
from press.subscriptions.messages import PUBLICATION, publications
from press.subscriptions.models import Announcement
from press.texts.models.visibility import public_editions
from press.texts.services.locks import lock_text
from summit.audit import services as audit
from summit.audit.actions import Facts, audit_action
from summit.core.compiled_query import Prepared
from summit.core.lock_yielding import Turns
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
        sent = PUBLICATION.send(*publications(text, editions))
        corrected = [each for each in editions if each.published_at > each.first_published_at]
        PUBLISHED.emit(*(each for each in editions if each not in corrected))
        CORRECTED.emit(*corrected)
        languages = {each.version.language for each in editions}
        websub.changed(text, languages, f"press.edition:{editions[0].public_id}")
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
