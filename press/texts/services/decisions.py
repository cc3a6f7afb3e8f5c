"""Decisions about editions, by the rules of press.texts.models.state_machine.TABLE. Each locks the text's embargo."""

from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from press.texts.errors import DecisionRefused
from press.texts.models.editions import Edition, EditionState
from press.texts.models.embargoes import Embargo
from press.texts.models.state_machine import BY_NAME
from press.texts.models.visibility import missing, published_editions, published_embargoes
from press.texts.permissions import DECISIONS
from press.texts.selectors.edition_validation import check_remark
from press.texts.services.editions import check_standing, newest
from press.texts.services.locks import lock_text
from summit.audit import services as audit
from summit.audit.actions import AuditAction, Facts, audit_action
from summit.permissions.rules import check
from summit.summits.models import Summit
from summit.users.models import User

LONGEST_REASON = 300
COMPLETE = audit_action(
    "press.complete", gettext_lazy("approved the last of the texts published together, which published them")
)


def _number(facts: Facts) -> dict[str, Any]:
    return {"number": facts.detail.get("number", "")}


SUBMIT = audit_action(
    "press.submit",
    lambda facts: _("submitted edition %(number)s for review") % _number(facts),
    label=gettext_lazy("submitted an edition for review"),
)
ASK_CHANGES = audit_action(
    "press.ask_changes",
    lambda facts: _("requested changes to edition %(number)s") % _number(facts),
    label=gettext_lazy("requested changes to an edition"),
)
APPROVE = audit_action(
    "press.approve",
    lambda facts: _("approved edition %(number)s") % _number(facts),
    label=gettext_lazy("approved an edition"),
)
APPROVE_ALONE = audit_action(
    "press.approve_alone",
    lambda facts: _("approved edition %(number)s without a second person") % _number(facts),
    label=gettext_lazy("approved an edition without a second person"),
)
REVIEW_AFTERWARDS = audit_action(
    "press.review_afterwards",
    lambda facts: _("reviewed edition %(number)s after publication") % _number(facts),
    label=gettext_lazy("reviewed an edition approved by one person"),
)


def submit(*, edition: Edition, by: User) -> None:
    """Submit an edition for review.

    Raises PermissionDenied. Raises DecisionRefused if the edition isn't the newest, if it is neither a draft nor an
    edition for which changes were asked, and if the text is withdrawn.
    """
    check(by, DECISIONS["submit"], _summit(edition))
    latest = newest(edition.version)
    if latest.pk != edition.pk:
        raise DecisionRefused(_("Edition %(number)d is newer. Submit that one.") % {"number": latest.number})
    _decide(edition, "submit", by=by, action=SUBMIT)


def ask_changes(*, edition: Edition, note: str, by: User) -> None:
    """Ask the writer to change an edition. `note` says what to change, and the writer sees it.

    Raises PermissionDenied. Raises DecisionRefused without a note, for a note that can't be shown, if the edition
    isn't in review, and if the text is withdrawn.
    """
    check(by, DECISIONS["ask_changes"], _summit(edition))
    if not note.strip():
        raise DecisionRefused(_("Enter what to change. The writer sees your comment."))
    _decide(edition, "ask_changes", by=by, action=ASK_CHANGES, note=note.strip())


def approve(*, edition: Edition, by: User, note: str = "") -> None:
    """Approve an edition that somebody else wrote. The edition is public as soon as its embargo has ended.

    Raises PermissionDenied. Raises DecisionRefused if the user wrote the edition, if the edition isn't in review or
    isn't the newest, or if the text is withdrawn. An edition that would replace a published edition without a kind of
    change is refused as well.
    """
    check(by, DECISIONS["approve"], _summit(edition))
    _check_another(edition, "approve", by)
    _decide(edition, "approve", by=by, action=APPROVE, note=note.strip())


def approve_alone(*, edition: Edition, reason: str, by: User) -> None:
    """Approve an edition in an emergency without a second person, even if the user wrote it.

    The admin marks the edition in red until somebody else has reviewed it. Raises PermissionDenied. Raises
    DecisionRefused without a valid reason, if the edition is approved already or isn't the newest, or if the text is
    withdrawn. An edition that would replace a published edition without a kind of change is refused as well.
    """
    check(by, DECISIONS["approve_alone"], _summit(edition))
    cleaned_reason = reason.strip()
    if not cleaned_reason:
        raise DecisionRefused(_("Enter why no one else can approve it. The reason is kept with the text."))
    if len(cleaned_reason) > LONGEST_REASON:
        raise DecisionRefused(_("Use at most %(most)d characters.") % {"most": LONGEST_REASON})
    check_remark(cleaned_reason)
    _decide(edition, "approve_alone", by=by, action=APPROVE_ALONE, more={"emergency_reason": cleaned_reason})


def review_afterwards(*, edition: Edition, by: User) -> None:
    """Record that a second person has reviewed an edition that somebody approved alone.

    Raises PermissionDenied. Raises DecisionRefused if the user wrote or approved the edition, or if the edition
    doesn't wait for such a review.
    """
    check(by, DECISIONS["review_afterwards"], _summit(edition))
    _check_another(edition, "review_afterwards", by)
    if edition.decided_by_id == by.pk:
        raise DecisionRefused(_("You approved it yourself. Someone else must review it."))
    with transaction.atomic():
        lock_text(edition.version.text_id)
        rows = Edition.objects.filter(pk=edition.pk, afterwards_at__isnull=True).exclude(emergency_reason="")
        if not rows.update(afterwards_by=by, afterwards_at=Now()):
            raise DecisionRefused(_("Nothing is waiting for a later review. Reload the page."))
        _record(edition, by=by, action=REVIEW_AFTERWARDS, fields=["afterwards_by", "afterwards_at"])
    edition.refresh_from_db()


def _check_another(edition: Edition, name: str, by: User) -> None:
    if BY_NAME[name].another and edition.author_id == by.pk:
        raise DecisionRefused(
            _("You wrote edition %(number)d. Another press approver must approve it.") % {"number": edition.number}
        )


def _decide(
    edition: Edition, name: str, *, by: User, action: AuditAction, note: str = "", more: dict[str, Any] | None = None
) -> None:
    """Change the state of an edition by the row `name` of the table.

    Of two concurrent decisions the first succeeds, and the second raises DecisionRefused.
    """
    check_remark(note)
    row = BY_NAME[name]
    values = {"state": row.after, "decided_by": by, "decided_at": Now(), "decision_note": note} | (more or {})
    with transaction.atomic():
        embargo = lock_text(edition.version.text_id)
        check_standing(edition.version)
        rows = Edition.objects.filter(pk=edition.pk, state__in=row.before)
        already_published = published_embargoes().filter(pk=embargo.pk).exists()
        if row.after == EditionState.APPROVED:
            _check_change_kind(edition)
            # If there is a newer edition, this one may contain the mistake that the newer one corrects.
            rows = rows.filter(~Exists(_newer()))
        if not rows.update(**values):
            raise _refusal(edition)
        _record(edition, by=by, action=action, fields=["state", "decided_by", "decided_at", *(more or {})])
        if row.after == EditionState.APPROVED and not already_published:
            _complete(embargo, by)
    edition.refresh_from_db(fields=[*values, "state"])


def _check_change_kind(edition: Edition) -> None:
    """Raise DecisionRefused if an edition has no kind of change, and would replace a published edition."""
    if not edition.change_kind and published_editions().filter(version=edition.version_id).exists():
        raise DecisionRefused(
            _(
                "Edition %(number)d would replace a published one. Save it again as a correction or clarification, "
                "with what changed, then submit it."
            )
            % {"number": edition.number}
        )


def _complete(embargo: Embargo, by: User) -> None:
    """Publish the texts of a tied embargo with a past moment, if all are approved now, and record this."""
    rows = Embargo.objects.filter(~missing(), pk=embargo.pk, tied=True, moment__lte=Now())
    if rows.update(moment=Now(), decided_by=by):
        audit.record(by=by, action=COMPLETE, target=embargo, summit=embargo.summit, fields=["moment", "decided_by"])


def _newer() -> QuerySet[Edition]:
    return Edition.objects.filter(version=OuterRef("version"), number__gt=OuterRef("number"))


def _refusal(edition: Edition) -> DecisionRefused:
    current = Edition.objects.get(pk=edition.pk)
    latest = newest(current.version)
    if latest.number > current.number:
        message = _("%(who)s has saved edition %(newer)d since edition %(number)d. Read it before you decide.")
        return DecisionRefused(message % {"who": latest.author, "newer": latest.number, "number": current.number})
    return DecisionRefused(
        _("Edition %(number)d is now “%(state)s”. Reload the page before you decide.")
        % {"number": current.number, "state": current.get_state_display()}
    )


def _record(edition: Edition, *, by: User, action: AuditAction, fields: list[str]) -> None:
    audit.record(
        by=by,
        action=action,
        target=edition,
        summit=_summit(edition),
        fields=fields,
        detail={"number": edition.number},
    )


def _summit(edition: Edition) -> Summit:
    return edition.version.text.summit
