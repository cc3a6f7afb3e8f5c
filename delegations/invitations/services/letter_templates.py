"""Stores and deletes a summit's own texts of letters."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.invitations.models.invitations import Invitation, InvitationState
from delegations.invitations.models.letters import LetterTemplate, Purpose
from delegations.invitations.permissions import check_can_write_templates
from delegations.invitations.selectors import letter_templates, placeholders
from delegations.invitations.services.drafts_and_approval import REOPEN
from summit.audit import services as audit
from summit.audit.actions import AuditAction, row_actions
from summit.core.languages import spoken
from summit.core.validators import validate_printable, validate_text
from summit.summits.models import Summit
from summit.users.models import User

LENGTHS = {"subject": 200, "body": 8000}
TEMPLATE_ACTIONS = row_actions(
    "delegations.lettertemplate",
    add=gettext_lazy("customised a letter"),
    change=gettext_lazy("changed the text of a letter"),
    remove=gettext_lazy("restored the default text of a letter"),
)


def save(
    *, summit: Summit, purpose: str, language: str, subject: str, body: str, by: User, fresh: bool = False
) -> LetterTemplate:
    """Store a summit's own text of a letter and return it. With `fresh`, the summit must not have such a text yet.

    If the text is another than before, invitations with this letter that are approved but not sent become drafts
    again, so that only approved texts are sent. Raises PermissionDenied, and ValidationError by field with messages
    that list what is allowed.
    """
    check_can_write_templates(by, summit)
    subject, body = " ".join(subject.split()), body.replace("\r\n", "\n").strip()
    _check(purpose, language, subject, body)
    with transaction.atomic():
        Summit.objects.select_for_update().get(pk=summit.pk)
        existing = LetterTemplate.objects.filter(summit=summit, purpose=purpose, language=language).first()
        row = existing or LetterTemplate(summit=summit, purpose=purpose, language=language)
        if existing and fresh:
            raise ValidationError(_("There is already a letter for this purpose in this language. Change that one."))
        changed = [name for name, value in (("subject", subject), ("body", body)) if getattr(row, name) != value]
        if existing and not changed:
            return existing
        row.subject, row.body = subject, body
        row.save()
        _reopen(row, by)
        _record(
            row,
            changed,
            by,
            action=TEMPLATE_ACTIONS.change if existing else TEMPLATE_ACTIONS.add,
        )
    return row


def remove(*, template: LetterTemplate, by: User) -> None:
    """Delete a summit's own text, so that the system's text is used again. Raises PermissionDenied."""
    check_can_write_templates(by, template.summit)
    with transaction.atomic():
        Summit.objects.select_for_update().get(pk=template.summit_id)
        _reopen(template, by)
        _record(template, [], by, action=TEMPLATE_ACTIONS.remove)
        template.delete()


def _record(row: LetterTemplate, changed: list[str], by: User, *, action: AuditAction) -> None:
    detail = {"purpose": row.purpose, "language": row.language}
    audit.record(by=by, action=action, target=row, summit=row.summit, fields=changed, detail=detail)


def _reopen(row: LetterTemplate, by: User) -> None:
    """Make approved invitations that use this letter drafts again."""
    approved = Invitation.objects.select_for_update(of=("self",)).filter(
        party__summit=row.summit_id, state=InvitationState.APPROVED
    )
    reopened = [
        invitation
        for invitation in approved.select_related("party")
        if (
            letter_templates.purpose_for(invitation.party.kind, invitation.occasion),
            spoken(invitation.party.language),
        )
        == (row.purpose, row.language)
    ]
    Invitation.objects.filter(pk__in=[each.pk for each in reopened], state=InvitationState.APPROVED).update(
        state=InvitationState.DRAFT, approved_at=None, approved_by=None
    )
    audit.record_many(
        [audit.entry(by=by, action=REOPEN, target=each, summit=row.summit, fields=["state"]) for each in reopened]
    )


def _check(purpose: str, language: str, subject: str, body: str) -> None:
    if purpose not in Purpose.values:
        raise ValidationError({"purpose": [_("Choose the purpose of the letter.")]})
    if language not in settings.INTERFACE_LANGUAGES:
        offered = ", ".join(settings.INTERFACE_LANGUAGES)
        message = _("Letters can be written in: %(offered)s. Choose one of these languages.")
        raise ValidationError({"language": [message % {"offered": offered}]})
    problems: dict[str, list[str]] = {}
    for field, text, lacking in (
        ("subject", subject, _("Enter a subject.")),
        ("body", body, _("Enter the text of the letter.")),
    ):
        limit = LENGTHS[field]
        try:
            (validate_text if field == "body" else validate_printable)(text)
        except ValidationError as problem:
            problems[field] = problem.messages
        if not text:
            problems[field] = [lacking]
        elif len(text) > limit:
            message = _("Shorten this text to %(limit)d characters. It has %(long)d.")
            problems[field] = [message % {"long": len(text), "limit": limit}]
    if problems:
        raise ValidationError(problems)
    placeholders.check(purpose=purpose, subject=subject, body=body)
