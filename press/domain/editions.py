"""Editions: every save is a new one, and one that everybody may read has been seen by a second person."""

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from press.domain.checks import check_remark, check_words
from press.domain.locks import lock_lift
from press.domain.problems import DecisionRefused, EditConflict
from press.models import Edition, EditionState, TextVersion
from press.models.texts import TRANSITIONS
from press.permissions import check_can_review, check_can_write
from summit.domain import audit
from summit.models import Summit, User


def newest(version: TextVersion) -> Edition:
    """Return the newest edition of a language version, whatever its state."""
    return Edition.objects.filter(version=version).select_related("author").order_by("-number")[:1].get()


def draft(
    *,
    version: TextVersion,
    based_on: int,
    title: str,
    body: str,
    by: User,
    summary: str = "",
    change_note: str = "",
) -> Edition:
    """Save words as a new edition, in draft.

    `based_on` is the number of the edition that the writer started from. The same saved twice is one edition. Raises
    EditConflict, with the newest edition, where somebody saved another since; PermissionDenied; DecisionRefused for a
    withdrawn text; ValidationError by field.
    """
    summit = version.text.summit
    check_can_write(by, summit)
    words = {"title": title.strip(), "summary": summary.strip(), "body": body, "change_note": change_note.strip()}
    edition = Edition(version=version, number=based_on + 1, author=by, **words)
    edition.clean_fields()
    check_words(**words)
    try:
        with transaction.atomic():
            lock_lift(version.text.lift_id)
            _check_not_withdrawn(version)
            latest = newest(version)
            if latest.number != based_on:
                return _saved_already(latest, edition)
            edition.save(force_insert=True)
            audit.record(
                by=by, action="press.draft", target=edition, summit=summit, detail={"number": edition.number}
            )
    except IntegrityError:
        # Two saved at once and the other's number came first: the constraint is the last word.
        return _saved_already(newest(version), edition)
    return edition


def _saved_already(latest: Edition, wanted: Edition) -> Edition:
    """Return the newest edition where its author pressed the button twice. Raises EditConflict."""
    same = ("number", "author_id", "title", "summary", "body", "change_note")
    if any(getattr(latest, name) != getattr(wanted, name) for name in same):
        raise _conflict(latest) from None
    return latest


def submit(*, edition: Edition, by: User) -> None:
    """Submit the newest edition for review. Raises PermissionDenied or DecisionRefused."""
    check_can_write(by, _summit(edition))
    latest = newest(edition.version)
    if latest.pk != edition.pk:
        raise DecisionRefused(_("Edition %(number)d is newer. Submit that one.") % {"number": latest.number})
    _decide(edition, EditionState.IN_REVIEW, by=by, action="press.submit", note="")


def ask_changes(*, edition: Edition, note: str, by: User) -> None:
    """Send an edition back with a remark on what to change. Raises PermissionDenied or DecisionRefused."""
    check_can_review(by, _summit(edition))
    if not note.strip():
        raise DecisionRefused(_("Say what to change: the writer sees this remark."))
    _decide(edition, EditionState.CHANGES_ASKED, by=by, action="press.ask_changes", note=note.strip())


def approve(*, edition: Edition, by: User, note: str = "") -> None:
    """Approve an edition that somebody else wrote: it is read by all as soon as its lift has lifted.

    Raises PermissionDenied, or DecisionRefused: for one's own words, for what isn't in review, for a withdrawn
    text, and where a newer edition has been approved.
    """
    check_can_review(by, _summit(edition))
    if edition.author_id == by.pk:
        raise DecisionRefused(
            _("You wrote edition %(number)d. Another press approver has to approve it.") % {"number": edition.number}
        )
    _decide(edition, EditionState.APPROVED, by=by, action="press.approve", note=note.strip())


def _decide(edition: Edition, state: EditionState, *, by: User, action: str, note: str) -> None:
    """Move an edition to a state that may follow its own; of two decisions at once the first wins."""
    check_remark(note)
    allowed = [before for before, after in TRANSITIONS.items() if state in after]
    with transaction.atomic():
        lock_lift(edition.version.text.lift_id)
        _check_not_withdrawn(edition.version)
        rows = Edition.objects.filter(pk=edition.pk, state__in=allowed)
        if state == EditionState.APPROVED:
            rows = rows.filter(~Exists(_newer_approved()))
        if not rows.update(state=state, decided_by=by, decided_at=Now(), decision_note=note):
            raise _refusal(edition)
        audit.record(
            by=by,
            action=action,
            target=edition,
            summit=_summit(edition),
            fields=["state", "decided_by", "decided_at"],
            detail={"number": edition.number},
        )
    edition.refresh_from_db(fields=["state", "decided_by", "decided_at", "decision_note"])


def _newer_approved() -> QuerySet[Edition]:
    return Edition.objects.filter(
        version=OuterRef("version"), number__gt=OuterRef("number"), state=EditionState.APPROVED
    )


def _refusal(edition: Edition) -> DecisionRefused:
    now = Edition.objects.get(pk=edition.pk)
    if Edition.objects.filter(version=now.version_id, number__gt=now.number, state=EditionState.APPROVED).exists():
        return DecisionRefused(_("A newer edition has been approved already. Review that one."))
    return DecisionRefused(
        _("Edition %(number)d is “%(state)s” now. Look at the page again before you decide.")
        % {"number": now.number, "state": now.get_state_display()}
    )


def _check_not_withdrawn(version: TextVersion) -> None:
    if TextVersion.objects.filter(pk=version.pk, text__withdrawn_at__isnull=False).exists():
        raise DecisionRefused(_("This text has been withdrawn. Enter a new text instead."))


def _conflict(latest: Edition) -> EditConflict:
    return EditConflict(
        _("%(who)s saved edition %(number)d meanwhile. Nothing is lost: compare it with yours and save again.")
        % {"who": latest.author, "number": latest.number},
        latest,
    )


def _summit(edition: Edition) -> Summit:
    return edition.version.text.summit
