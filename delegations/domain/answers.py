"""Answers to invitations. They may be changed until they are due, on the database's clock; a desk may record one at
any time."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from delegations.domain.states import sources
from delegations.models import Answer, Invitation, InvitationLink, InvitationState
from delegations.permissions import acting, can_answer_for, check_can_answer
from summit.domain import audit
from summit.domain.audit import By, Link, Mailbox, System
from summit.models import Summit, User
from summit.models.summits import SummitQuerySet
from summit.models.validators import validate_printable

NOTE_LENGTH = 2000
NAME_LENGTH = 200


class AnswerProblem(Exception):
    """An answer can't be taken as it is: `field` is "answer", "name" or "note", the text says what to do."""

    def __init__(self, field: str, said: str) -> None:
        super().__init__(said)
        self.field = field


class AnswerRefused(Exception):
    """The invitation takes no answer, with a sentence that says why and who can help."""


def answer(*, invitation: Invitation, answer: str, note: str, name: str, by: By) -> None:
    """Store a party's answer, with who gives it and what they add.

    Raises AnswerProblem for what was entered, PermissionDenied for who asks, AnswerRefused where answers were due
    before or the invitation doesn't stand. The row that was passed is brought up to date.
    """
    name, note = " ".join(name.split()), note.replace("\r\n", "\n").strip()
    _check(answer, note, name)
    with transaction.atomic():
        check_can_answer(by, invitation)
        changed = Invitation.objects.filter(_takes_answer(invitation, by), pk=invitation.pk).update(
            state=InvitationState.ANSWERED, answer=answer, note=note, answered_by=name, answered_at=Now()
        )
        if not changed:
            raise AnswerRefused(_why_refused(invitation))
        audit.record(
            by=by,
            action="delegations.answer",
            target=invitation,
            summit=invitation.party.summit,
            fields=["state", "answer", "note", "answered_by", "answered_at"],
            detail={"answer": answer},
        )
    invitation.refresh_from_db(fields=["state", "answer", "note", "answered_by", "answered_at"])


def _takes_answer(invitation: Invitation, by: By) -> Q:
    """The condition of the UPDATE. It joins no table: the state must be looked at again where the row was locked."""
    takes = Q(state__in=sources(InvitationState.ANSWERED))
    if isinstance(by, Link):
        links = InvitationLink.objects.filter(
            public_id=by.public_id, invitation_id=invitation.pk, revoked_at__isnull=True, expires_at__gt=Now()
        )
        takes &= Q(Exists(links))
    if isinstance(by, Mailbox):
        takes &= Q(Exists(acting(by, invitation.party_id)))
    if not _at_any_time(invitation, by):
        takes &= Q(Exists(still_open(invitation.party.summit_id)))
    return takes


def still_open(summit_id: int) -> SummitQuerySet:
    """Return the summit if it still takes answers, else nothing."""
    return Summit.objects.filter(Q(answer_by__isnull=True) | Q(answer_by__gt=Now()), pk=summit_id)


def _at_any_time(invitation: Invitation, by: By) -> bool:
    return isinstance(by, System) or (isinstance(by, User) and can_answer_for(by, invitation.party.summit_id))


def _why_refused(invitation: Invitation) -> str:
    summit = invitation.party.summit
    state = Invitation.objects.values_list("state", flat=True).get(pk=invitation.pk)
    said = {"contact": summit.contact_email, "party": invitation.party.name}
    if state == InvitationState.REVOKED:
        return _("The invitation of %(party)s was revoked. Protocol can say why: %(contact)s.") % said
    if state == InvitationState.DRAFT:
        return _("%(party)s isn't invited yet. Protocol can do that: %(contact)s.") % said
    return _("Answers were due before now. Protocol can still change yours: write to %(contact)s.") % said


def _check(answer: str, note: str, name: str) -> None:
    if answer not in Answer.values:
        raise AnswerProblem("answer", _("Choose whether the delegation takes part."))
    if not name:
        raise AnswerProblem("name", _("Enter the name of whoever answers."))
    for field, text, limit in (("name", name, NAME_LENGTH), ("note", note, NOTE_LENGTH)):
        if len(text) > limit:
            said = _("This has %(long)d characters. Shorten it to %(limit)d.")
            raise AnswerProblem(field, said % {"long": len(text), "limit": limit})
        try:
            validate_printable(text)
        except ValidationError as problem:
            raise AnswerProblem(field, " ".join(problem.messages)) from None
