"""Save editions. Every save makes a new edition in draft, which isn't public until it is approved."""

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from press.texts import listeners
from press.texts.errors import DecisionRefused, EditConflict
from press.texts.models.attachments import Attachment
from press.texts.models.editions import Edition, EditionAttachment
from press.texts.models.texts import TextVersion
from press.texts.permissions import check_can_write
from press.texts.selectors import paragraph_anchors
from press.texts.selectors.edition_validation import check_content
from press.texts.services.locks import lock_text
from summit.audit import services as audit
from summit.audit.actions import Facts, audit_action
from summit.users.models import User


def _number(facts: Facts) -> dict[str, Any]:
    return {"number": facts.detail.get("number", "")}


DRAFT = audit_action(
    "press.draft",
    lambda facts: _("saved edition %(number)s") % _number(facts),
    label=gettext_lazy("saved an edition"),
)


def newest(version: TextVersion) -> Edition:
    """Return the newest edition of a language version in any state, with its author. Makes one query."""
    return Edition.objects.filter(version=version).select_related("author").order_by("-number")[:1].get()


def draft(
    *,
    version: TextVersion,
    based_on: int,
    title: str,
    body: str,
    by: User,
    summary: str = "",
    change_kind: str = "",
    change_note: str = "",
    translates: int | None = None,
    attachments: Sequence[Attachment] | None = None,
) -> Edition:
    """Save a new edition of a language version, in draft, and return it.

    `based_on` is the number of the edition that the writer started from. For a translation, `translates` is the
    number of the translated authoritative edition. If `translates` or `attachments` is None, the value of the
    previous edition is kept. Saving the same values twice makes one edition. Raises PermissionDenied. Raises
    EditConflict, with the newest edition, if somebody has saved another one in the meantime. Raises DecisionRefused
    for a withdrawn text, and for a kind of change without a note. Raises ValidationError by field.
    """
    summit = version.text.summit
    check_can_write(by, summit)
    content = {"title": title.strip(), "summary": summary.strip(), "body": body}
    change = {"change_kind": change_kind, "change_note": change_note.strip()}
    edition = Edition(version=version, number=based_on + 1, author=by, translates=translates, **content, **change)
    _check(edition)
    try:
        with transaction.atomic():
            lock_text(version.text_id)
            check_standing(version)
            latest = newest(version)
            if latest.number != based_on:
                return _saved_already(latest, edition)
            _store(edition, latest, attachments)
            detail = {"number": edition.number}
            audit.record(by=by, action=DRAFT, target=edition, summit=summit, detail=detail)
    except IntegrityError:
        # Somebody else saved at the same time and got the number: the unique constraint decides.
        return _saved_already(newest(version), edition)
    return edition


def _store(edition: Edition, before: Edition, attachments: Sequence[Attachment] | None) -> None:
    _follow(edition, before)
    edition.save(force_insert=True)
    listeners.store(edition)
    attach(edition, list(before.attachments.order_by("attached")) if attachments is None else attachments)


def _check(edition: Edition) -> None:
    if edition.change_kind and not edition.change_note:
        raise DecisionRefused(_("Enter what was wrong or unclear. Readers see it beside the text."))
    edition.clean_fields()
    check_content(title=edition.title, summary=edition.summary, body=edition.body, change_note=edition.change_note)


def _follow(edition: Edition, before: Edition) -> None:
    """Set the anchors of a new edition: paragraphs that were in the edition `before` keep their anchors.

    If `translates` is None, the value of `before` is copied.
    """
    anchor_lists = Edition.objects.filter(version=edition.version).values_list("anchors", flat=True)
    edition.anchors = paragraph_anchors.follow(
        before=before.body,
        anchors=before.anchors,
        after=edition.body,
        used=(anchor for row in anchor_lists for anchor in row),
    )
    if edition.translates is None:
        edition.translates = before.translates


def attach(edition: Edition, files: Sequence[Attachment]) -> None:
    """Attach files to an edition, in order. Files of another text are left out."""
    own = [file for file in files if file.text_id == edition.version.text_id]
    EditionAttachment.objects.bulk_create(
        [EditionAttachment(edition=edition, attachment=file, position=place) for place, file in enumerate(own)]
    )


def _saved_already(latest: Edition, wanted: Edition) -> Edition:
    """Return the newest edition if it equals the wanted edition, because the same author saved it twice.

    Raises EditConflict if they differ.
    """
    same = ("number", "author_id", "title", "summary", "body", "change_kind", "change_note")
    if any(getattr(latest, name) != getattr(wanted, name) for name in same):
        raise _conflict(latest) from None
    return latest


def check_standing(version: TextVersion) -> None:
    """Raise DecisionRefused if the text of a language version has been withdrawn."""
    if TextVersion.objects.filter(pk=version.pk, text__withdrawn_at__isnull=False).exists():
        raise DecisionRefused(_("This text has been withdrawn. Create a new text instead."))


def _conflict(latest: Edition) -> EditConflict:
    return EditConflict(
        _("%(who)s has saved edition %(number)d since you started. Compare it with yours, then save again.")
        % {"who": latest.author, "number": latest.number},
        latest,
    )
