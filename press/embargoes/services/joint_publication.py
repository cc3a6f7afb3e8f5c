"""Publish several texts together or not at all. They share one embargo, which waits for every language of each."""

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from press.texts.errors import DecisionRefused
from press.texts.models.embargoes import Embargo
from press.texts.models.texts import Text
from press.texts.models.visibility import published_embargoes
from press.texts.permissions import DECISIONS
from press.texts.services.locks import lock_text, lock_two
from summit.audit import services as audit
from summit.audit.actions import AuditAction, audit_action
from summit.permissions.rules import check
from summit.users.models import User

TIE = audit_action(
    "press.tie", gettext_lazy("set it to be published together with other texts, or in all its languages at once")
)
UNTIE = audit_action("press.untie", gettext_lazy("set it to be published on its own"))


def tie(*, text: Text, to: Text | None = None, by: User) -> None:
    """Tie `text` to the text `to`, so that both are published together. Without `to`, tie the languages of `text`.

    `text` gets the embargo of `to`, and so do the texts that shared its old embargo. Raises PermissionDenied. Raises
    DecisionRefused if any of these texts has been published or withdrawn, or if the two texts belong to different
    summits.
    """
    check(by, DECISIONS["tie"], text.summit)
    with transaction.atomic():
        embargo = lock_text(text.pk) if to is None else _merge_embargoes(text, to)
        _check_unread(embargo)
        Embargo.objects.filter(pk=embargo.pk).update(tied=True)
        _record(text, embargo, by=by, action=TIE)


def untie(*, text: Text, by: User) -> None:
    """Give a text a new embargo without a moment, so that the text is published separately from the others.

    A text that shares its embargo with no other text keeps the embargo. Its languages aren't tied any more: each is
    published without waiting for the others. Raises PermissionDenied. Raises DecisionRefused if the text has been
    published.
    """
    check(by, DECISIONS["untie"], text.summit)
    with transaction.atomic():
        embargo = lock_text(text.pk)
        _check_unread(embargo)
        others = Text.objects.filter(embargo=embargo.pk).exclude(pk=text.pk)
        if others.exists():
            Text.objects.filter(pk=text.pk).update(embargo=_own_embargo(embargo))
        else:
            Embargo.objects.filter(pk=embargo.pk).update(tied=False)
        _record(text, embargo, by=by, action=UNTIE)


def _own_embargo(like: Embargo) -> Embargo:
    """Create an embargo without a moment, and return it. Summit and hold are copied from the embargo `like`."""
    return Embargo.objects.create(
        summit=like.summit, held_at=like.held_at, held_by=like.held_by, hold_reason=like.hold_reason
    )


def _merge_embargoes(text: Text, to: Text) -> Embargo:
    """Move `text`, and the texts that share its embargo, to the embargo of `to`. Return that embargo."""
    if to.summit_id != text.summit_id:
        raise DecisionRefused(_("This text belongs to another summit. Choose one from this summit."))
    own_id, target_id = Text.objects.get(pk=text.pk).embargo_id, Text.objects.get(pk=to.pk).embargo_id
    lock_two(own_id, target_id)
    if {Text.objects.get(pk=text.pk).embargo_id, Text.objects.get(pk=to.pk).embargo_id} != {own_id, target_id}:
        raise DecisionRefused(_("Someone else has just changed what is published together. Reload the page."))
    if Text.objects.filter(embargo__in=(own_id, target_id), withdrawn_at__isnull=False).exists():
        raise DecisionRefused(_("One of these texts has been withdrawn. Choose others."))
    embargo = Embargo.objects.get(pk=target_id)
    if own_id == target_id:
        return embargo
    old = Embargo.objects.get(pk=own_id)
    _check_unread(old)
    if old.held_at is not None and embargo.held_at is None:
        Embargo.objects.filter(pk=embargo.pk).update(
            held_at=old.held_at, held_by=old.held_by, hold_reason=old.hold_reason
        )
    Text.objects.filter(embargo=own_id).update(embargo=target_id)
    old.delete()
    return embargo


def _check_unread(embargo: Embargo) -> None:
    if published_embargoes().filter(pk=embargo.pk).exists():
        raise DecisionRefused(_("This has already been published, so joint publication can no longer change."))


def _record(text: Text, embargo: Embargo, *, by: User, action: AuditAction) -> None:
    rows = list(Text.objects.filter(embargo=embargo.pk).exclude(pk=text.pk).order_by("pk"))
    audit.record(
        by=by, action=action, target=text, summit=text.summit, detail={"rows": [audit.name_of(row) for row in rows]}
    )
    text.refresh_from_db(fields=["embargo"])
