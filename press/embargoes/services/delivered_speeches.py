"""Publish the texts that wait for a speech when the speakers' list says that it was delivered.

Whoever may schedule texts ends the embargo with the speech, as by the press desk's own button. From others the press
desk gets its alarm at once. Texts that wait for several speeches are left to the press desk.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from typing import TypedDict

from django.core.exceptions import PermissionDenied
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from press.embargoes.permissions import can_schedule
from press.embargoes.services import embargoes
from press.texts.errors import DecisionRefused
from press.texts.models.editions import EditionState
from press.texts.models.embargoes import Embargo, EmbargoMode
from press.texts.models.texts import Text
from press.texts.services import holds, locks
from sessions.draft.models.participants import Slot
from sessions.speakers.delivery_listeners import DeliveryListener, listeners
from summit.audit.actions import audit_action
from summit.core.database_clock import db_now
from summit.permissions.rules import allows
from summit.users.models import User

SPEECH_ENDED = audit_action("press.speech_ended", gettext_lazy("ended the speech for which the text waits"))
SPEECH_RESUMED = audit_action(
    "press.speech_resumed", gettext_lazy("took back the end of the speech for which the text waits")
)


class StoredDelivery(TypedDict):
    """What taking a delivery back needs: the embargoes that were ended, and those whose alarm was set off.

    Embargoes are named by their public ids. `alerted` has the time of the alarm before, if there was one.
    """

    ended: list[str]
    alerted: dict[str, str | None]


def consequences(slot: Slot, by: User) -> str:
    """Return what follows for the texts of a speech if `by` ends it, as sentences.

    Who may not see texts learns nothing about them. Makes four queries at most.
    """
    summit = slot.session.summit
    may_schedule = can_schedule(by, summit)
    if not may_schedule and not allows(by, "press.text.view", summit):
        return ""
    texts = _waiting(slot)
    if texts and not may_schedule:
        return _("Its text waits for delivery: the press office is alerted and publishes it.")
    return " ".join(_outlook(texts))


def delivered(slot: Slot, by: User) -> StoredDelivery:
    """Publish the texts that wait for a speech, or alert the press desk if `by` may not schedule texts."""
    stored = StoredDelivery(ended=[], alerted={})
    may_schedule = can_schedule(by, slot.session.summit)
    waiting = {text.embargo_id: text.embargo for text in _waiting(slot)}
    for _key, embargo in sorted(waiting.items()):
        if not may_schedule:
            before = embargo.fallback_at
            if _alert(embargo, by):
                stored["alerted"][embargo.public_id] = before.isoformat() if before else None
            continue
        # The press desk may have decided otherwise in the meantime.
        with suppress(DecisionRefused):
            embargoes.deliver(embargo=embargo, by=by)
            stored["ended"].append(embargo.public_id)
    return stored


def taken_back(slot: Slot, stored: StoredDelivery, by: User) -> str:
    """Make texts wait for the speech again, if they aren't published. Return a sentence about those that are."""
    published = 0
    for embargo in Embargo.objects.filter(public_id__in=stored["ended"]).select_related("summit").order_by("pk"):
        try:
            later = embargo.fallback_at if embargo.fallback_at and embargo.fallback_at > db_now() else None
            embargoes.wait_for_delivery(embargo=embargo, by=by, fallback=later)
        except (DecisionRefused, PermissionDenied):
            published += embargo.texts.filter(withdrawn_at__isnull=True).count()
    rows = Embargo.objects.filter(public_id__in=stored["alerted"], mode=EmbargoMode.DELIVERED, moment=None)
    for embargo in rows.select_related("summit").order_by("pk"):
        locks.lock_embargo(embargo.pk)
        before = stored["alerted"][embargo.public_id]
        values = {"fallback_at": datetime.fromisoformat(before) if before else None, "alarmed_at": None}
        if rows.filter(pk=embargo.pk).update(**values):
            holds.record_embargo(embargo, by=by, action=SPEECH_RESUMED, fields=["fallback_at"])
    if not published:
        return ""
    message = ngettext(
        "%(n)d text stays published. The press office can put it on hold.",
        "%(n)d texts stay published. The press office can put them on hold.",
        published,
    )
    return message % {"n": published}


listeners.register(10)(DeliveryListener(consequences, delivered, taken_back))


def _waiting(slot: Slot) -> list[Text]:
    """Return the texts that wait for a speech, and for no other speech. Makes four queries at most."""
    rows = Text.objects.filter(withdrawn_at__isnull=True)
    waits = rows.filter(slot=slot, embargo__mode=EmbargoMode.DELIVERED, embargo__moment__isnull=True)
    others = rows.filter(slot__isnull=False).exclude(slot=slot)
    together = rows.filter(embargo__in=waits.values("embargo")).exclude(embargo__in=others.values("embargo"))
    return list(together.select_related("embargo__summit").prefetch_related("versions__editions").order_by("pk"))


def _outlook(texts: Iterable[Text]) -> Iterator[str]:
    """Yield a sentence for the texts that are published at once, for those that are held, and for the others."""
    held = at_once = later = 0
    for text in texts:
        approved = [
            any(edition.state == EditionState.APPROVED for edition in version.editions.all())
            for version in text.versions.all()
        ]
        if text.embargo.held_at is not None:
            held += 1
        elif any(approved) and (all(approved) or not text.embargo.tied):
            at_once += 1
        else:
            later += 1
    if at_once:
        yield ngettext("Its text is published at once.", "Its %(n)d texts are published at once.", at_once) % {
            "n": at_once
        }
    if later:
        yield ngettext(
            "Its text is published once it is approved.", "%(n)d texts are published once they are approved.", later
        ) % {"n": later}
    if held:
        yield ngettext(
            "Its text is on hold and stays unpublished.", "%(n)d texts are on hold and stay unpublished.", held
        ) % {"n": held}


def _alert(embargo: Embargo, by: User) -> bool:
    """Set off the alarm of an embargo whose speech has ended. Return False if it isn't needed any more."""
    locks.lock_embargo(embargo.pk)
    rows = Embargo.objects.filter(pk=embargo.pk, mode=EmbargoMode.DELIVERED, moment=None, alarmed_at=None)
    if not rows.exclude(fallback_at__lte=Now()).update(fallback_at=Now()):
        return False
    holds.record_embargo(embargo, by=by, action=SPEECH_ENDED, fields=["fallback_at"])
    return True
