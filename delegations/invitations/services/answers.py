"""Stores answers to invitations. They come by the letter's link or in the portal, or a desk user records them.

An answer may be changed until answers are due, by the database's clock; a desk user may record one at any time,
whether or not a letter was sent. Each answer is stored as a `Reply`, in the order of arrival, and the invitation
holds the latest.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from delegations.core.errors import FieldProblem
from delegations.invitations import events as invitation_events
from delegations.invitations import invitable_sessions
from delegations.invitations.events import ANSWERED
from delegations.invitations.models.invitations import (
    OVER,
    Answer,
    Channel,
    Invitation,
    InvitationState,
    Reply,
    ReplyScan,
)
from delegations.invitations.permissions import answering, can_answer_for, check_can_answer, check_can_answer_for
from delegations.invitations.services.scanned_answers import Scan
from delegations.invitations.state_machine import sources
from delegations.parties.selectors import levels, party_names
from summit.audit import services as audit
from summit.audit.actions import Facts, audit_action
from summit.audit.services import By, Link, Mailbox, System
from summit.core.database_clock import db_now
from summit.core.validators import validate_text
from summit.quarantine.kept_files import KeptFile, declare
from summit.quarantine.services import hold
from summit.summits.models import Summit, SummitQuerySet
from summit.undo import services as undo
from summit.undo.kinds import UndoRefused, undoes
from summit.undo.models import UndoStep
from summit.undo.services import changed_since
from summit.users.models import User
from summit.webhooks import events as webhooks

declare(
    KeptFile(
        model=ReplyScan,
        field="content",
        summit="reply__invitation__party__summit",
        page=lambda row: reverse("admin:delegations_reply_change", args=[row.reply_id]),
        subject=lambda row: row.reply,
    )
)

NOTE_LENGTH = 2000
NAME_LENGTH = 200
REFERENCE_LENGTH = 80
# The channels of answers that desk users record. Answers by the other channels reach the system directly.
DESK_CHANNELS = tuple(way for way in Channel if way not in (Channel.LINK, Channel.PORTAL))
FIELDS = ["state", "answer", "level", "note", "answered_by", "answered_at"]


def _answered(facts: Facts) -> str:
    answer, channel = str(facts.detail.get("answer")), str(facts.detail.get("channel", Channel.LINK))
    if channel in (Channel.LINK, Channel.PORTAL):
        return {
            Answer.ATTENDING.value: _("accepted the invitation"),
            Answer.REPRESENTED.value: _("accepted the invitation with a different representative"),
        }.get(answer, _("declined the invitation"))
    text = {
        Answer.ATTENDING.value: _("recorded that the invitation was accepted (%(channel)s)"),
        Answer.REPRESENTED.value: _(
            "recorded that the invitation was accepted with a different representative (%(channel)s)"
        ),
    }.get(answer, _("recorded that the invitation was declined (%(channel)s)"))
    return text % {"channel": Channel(channel).label}


ANSWER = audit_action("delegations.answer", _answered, label=gettext_lazy("answered the invitation"))
TAKE_BACK = audit_action("delegations.answer_take_back", gettext_lazy("undid the recorded answer"))


@dataclass(frozen=True)
class AnswerReceipt:
    """How an answer reached a desk. `channel` is one of DESK_CHANNELS; `reference` and `dated` are printed on the
    answer's paper."""

    channel: str
    reference: str = ""
    dated: date | None = None
    scan: Scan | None = None


class AnswerProblem(FieldProblem):
    """Raised if a value of an answer can't be accepted. The message says what to do.

    `field` is "answer", "level", "name", "note", "channel" or "reference". `others` are further problems.
    """

    def __init__(self, field: str, said: str, others: Iterable["AnswerProblem"] = ()) -> None:
        super().__init__(field, said)
        self.others = tuple(others)


class AnswerRefused(Exception):
    """Raised if the invitation can't be answered. The message is a sentence that says why and who can help."""


class AnswerOutdated(AnswerRefused):
    """Raised if another answer came while the page was open. `newer` is the latest answer, which should be read
    before it is replaced."""

    def __init__(self, newer: Reply) -> None:
        super().__init__(_("Another answer arrived while this page was open. Read it, then record yours."))
        self.newer = newer


def answer(
    *,
    invitation: Invitation,
    answer: str,
    note: str,
    name: str,
    by: By,
    level: str = "",
    way: AnswerReceipt | None = None,
    newest: str | None = None,
) -> Reply:
    """Store a party's answer with its level, its note and the name of the person who gives it, and return it.

    `way` says how the answer reached a desk; only desk users pass it. `newest` is the public id of the latest answer
    that the page showed, or "" if it showed none. Nothing is stored if there is a newer answer. If `newest` is None,
    this isn't checked. The `invitation` that was passed is refreshed. It may be an unsaved one, of a party that has
    none: a desk user's answer then stores it, or belongs to the one that was stored meanwhile.

    Raises AnswerProblem for the values, PermissionDenied for `by`, AnswerOutdated for `newest`, and AnswerRefused if
    the deadline has passed, the party is the host, or the invitation isn't in force. For a desk user's answer it
    needn't be sent.
    """
    if way is not None or invitation.pk is None:
        check_can_answer_for(by, invitation)
    reply = _read(invitation, answer, level, note, name)
    problems = [*_problems(reply), *_receipt_problems(way)]
    if problems:
        raise AnswerProblem(problems[0].field, str(problems[0]), problems[1:])
    with transaction.atomic():
        if invitation.pk is None:
            invitation = reply.invitation = _first(invitation, by)
        check_can_answer(by, invitation)
        _lock(invitation)
        _look_for_newer(invitation, newest)
        _store(reply, by, way)
    invitation.refresh_from_db(fields=FIELDS)
    return reply


def _first(invitation: Invitation, by: By) -> Invitation:
    """Store the first invitation of a party, or return the one that it has by now."""
    party = invitation.party
    if party.is_host:
        raise AnswerRefused(_("The host takes part without an invitation."))
    # Whoever sends invitations of the summit holds this lock too.
    list(Summit.objects.filter(pk=party.summit_id).select_for_update(no_key=True).order_by().values_list("pk"))
    known = Invitation.objects.filter(party=party, occasion=invitation.occasion).exclude(state__in=OVER).first()
    if known is None:
        invitation.prepared_by = by if isinstance(by, User) else None
        invitation.save(force_insert=True)
    return known or invitation


def _store(reply: Reply, by: By, receipt: AnswerReceipt | None) -> None:
    """Set the answer on the invitation, store it as a reply, and record it in the audit."""
    invitation = reply.invitation
    values = {"answer": reply.answer, "level": reply.level, "note": reply.note, "answered_by": reply.name}
    before = Invitation.objects.values_list("state", flat=True).get(pk=invitation.pk)
    rows = Invitation.objects.filter(_update_condition(invitation, by, receipt), pk=invitation.pk)
    if not rows.update(state=InvitationState.ANSWERED, answered_at=Now(), **values):
        raise AnswerRefused(_why_refused(invitation))
    _save_reply(reply, by, receipt)
    entry = audit.record(
        by=by,
        action=ANSWER,
        target=invitation,
        summit=invitation.party.summit,
        fields=FIELDS,
        detail={"answer": reply.answer, "channel": str(reply.channel)},
    )
    ANSWERED.emit(reply)
    if receipt is not None:
        undo.offer(entry, {"reply": reply.pk, "before": before})


def take_back(*, reply: Reply, before: str, by: User) -> Reply | None:
    """Delete the latest answer, which a desk user recorded by mistake. Return the answer that holds again, if any.

    `before` is the state of the invitation before the answer. This is no transition of the state machine: the
    invitation is as if the answer had not been recorded. Raises PermissionDenied, and AnswerRefused if there is a
    newer answer, if a webhook has told of this one, or if the earlier answer isn't stored.
    """
    invitation = reply.invitation
    check_can_answer_for(by, invitation)
    with transaction.atomic():
        _lock(invitation)
        earlier = invitation.replies.filter(pk__lt=reply.pk).order_by("pk").last()
        if newest_of(invitation) != reply or (before == InvitationState.ANSWERED and earlier is None):
            raise AnswerRefused(_("Another answer has since arrived. Record the valid answer."))
        values: dict[str, Any] = {"answer": "", "level": "", "note": "", "answered_by": "", "answered_at": None}
        if earlier is not None:
            values = {"answer": earlier.answer, "level": earlier.level, "note": earlier.note}
            values |= {"answered_by": earlier.name, "answered_at": earlier.at}
        rows = Invitation.objects.filter(pk=invitation.pk, state=InvitationState.ANSWERED)
        if earlier is None and rows.filter(sent_at__isnull=False).exists():
            # Its letter may have been sent after the answer.
            before = InvitationState.SENT
        if not rows.update(state=before, **values):
            raise AnswerRefused(_why_refused(invitation))
        if not webhooks.take_back(invitation_events.NAME, invitation_events.key_of(reply)):
            raise AnswerRefused(_("Another system has been notified of this answer. Record the valid answer."))
        reply.delete()
        audit.record(by=by, action=TAKE_BACK, target=invitation, summit=invitation.party.summit, fields=FIELDS)
    return earlier


def _taken_back(number: int) -> str:
    return ngettext("%(n)d answer undone.", "%(n)d answers undone.", number) % {"n": number}


@undoes(
    ANSWER,
    permission="delegations.answer_for",
    done=_taken_back,
    instead=gettext_lazy("Protocol can record the valid answer on the invitation’s page."),
)
def _undo_answer(step: UndoStep, by: User) -> str:
    related = "invitation__party__summit"
    reply = Reply.objects.select_related(related).filter(pk=step.data["reply"]).first()
    if reply is None or newest_of(reply.invitation) != reply:
        raise changed_since(step)
    try:
        earlier = take_back(reply=reply, before=step.data["before"], by=by)
    except AnswerRefused as problem:
        raise UndoRefused(str(problem)) from None
    if earlier is None:
        return _("The invitation is unanswered again.")
    return _("The earlier answer applies again: %(answer)s.") % {"answer": earlier.get_answer_display()}


def _read(invitation: Invitation, answer: str, level: str, note: str, name: str) -> Reply:
    """Return the values as an unsaved answer that isn't validated yet."""
    name, note = " ".join(name.split()), note.replace("\r\n", "\n").strip()
    # A party that sends its regrets has no level.
    level = level if answer != Answer.REGRETS else ""
    return Reply(invitation=invitation, answer=answer, level=level, note=note, name=name)


def newest_of(invitation: Invitation) -> Reply | None:
    """Return the latest answer to an invitation, or None."""
    return Reply.objects.filter(invitation=invitation.pk).order_by("pk").last()


def _lock(invitation: Invitation) -> None:
    """Lock the invitation, so that answers are stored one after the other. Their primary keys are then in the order
    of arrival.

    SQLite admits only one writing transaction anyway.
    """
    list(Invitation.objects.select_for_update().filter(pk=invitation.pk).order_by().values_list("pk", flat=True))


def _look_for_newer(invitation: Invitation, newest: str | None) -> None:
    last = newest_of(invitation) if newest is not None else None
    if last is not None and last.public_id != newest:
        raise AnswerOutdated(last)


def _save_reply(reply: Reply, by: By, receipt: AnswerReceipt | None) -> None:
    """Store an answer with its channel, and its scan if there is one."""
    reply.channel = receipt.channel if receipt else Channel.LINK if isinstance(by, Link) else Channel.PORTAL
    reply.recorded_by = by if isinstance(by, User) else None
    if receipt is not None:
        reply.reference, reply.dated = " ".join(receipt.reference.split()), receipt.dated
    reply.save(force_insert=True)
    if receipt is not None and receipt.scan is not None:
        scan = receipt.scan
        row = ReplyScan.objects.create(
            reply=reply,
            filename=scan.filename,
            media_type=scan.media_type,
            size=len(scan.content),
            content=scan.content,
        )
        hold(row=row, summit=reply.invitation.party.summit, by=by)


def _update_condition(invitation: Invitation, by: By, receipt: AnswerReceipt | None) -> Q:
    """Return the condition under which the UPDATE stores the answer.

    It must join no table, so that the database checks the state again once the row is locked.
    """
    condition = Q(state__in=sources(InvitationState.ANSWERED))
    if receipt is None:
        # Nobody but a desk knows of an invitation that isn't sent.
        condition &= ~Q(state__in=(InvitationState.DRAFT, InvitationState.APPROVED))
    if isinstance(by, Link | Mailbox):
        condition &= Q(Exists(answering(by, invitation)))
    if not _at_any_time(invitation, by):
        condition &= _in_time(invitation)
    return condition


def _in_time(invitation: Invitation) -> Q:
    """Return the condition that the answer is in time: before the summit's deadline, or before the session begins."""
    if not invitation.occasion:
        return Q(Exists(still_open(invitation.party.summit_id)))
    occasion = invitable_sessions.find(invitation.party.summit, [invitation.occasion]).get(invitation.occasion)
    return Q() if occasion and occasion.takes_answers(db_now()) else Q(pk__in=[])


def still_open(summit_id: int) -> SummitQuerySet:
    """Return the summit in a QuerySet, which is empty if its deadline for answers has passed."""
    return Summit.objects.filter(Q(answer_by__isnull=True) | Q(answer_by__gt=Now()), pk=summit_id)


def _at_any_time(invitation: Invitation, by: By) -> bool:
    return isinstance(by, System) or (isinstance(by, User) and can_answer_for(by, invitation.party.summit_id))


def _why_refused(invitation: Invitation) -> str:
    summit = invitation.party.summit
    state = Invitation.objects.values_list("state", flat=True).get(pk=invitation.pk)
    params = {"contact": summit.contact_email, "party": party_names.to_reader(invitation.party).name}
    if state == InvitationState.REVOKED:
        return _("The invitation to %(party)s was revoked. To find out why, contact protocol: %(contact)s.") % params
    if state == InvitationState.SUPERSEDED:
        return _("A newer letter replaced this invitation. Answer by its link, or write to %(contact)s.") % params
    if state in (InvitationState.DRAFT, InvitationState.APPROVED):
        return _("%(party)s is not invited yet. Contact protocol: %(contact)s.") % params
    if invitation.occasion:
        return (
            _("The session has started or is cancelled. Protocol can still record an answer: %(contact)s.") % params
        )
    return _("The deadline for answers has passed. Protocol can still change yours: write to %(contact)s.") % params


def _problems(reply: Reply) -> Iterator[AnswerProblem]:
    if reply.answer not in Answer.values:
        yield AnswerProblem("answer", _("Choose whether the delegation will attend."))
    if unfit := levels.problem(reply.level, reply.invitation.party.kind):
        yield AnswerProblem("level", unfit)
    if not reply.name:
        yield AnswerProblem("name", _("Enter the name of the person who answered."))
    for field, text, limit in (("name", reply.name, NAME_LENGTH), ("note", reply.note, NOTE_LENGTH)):
        yield from _problems_of_text(field, text, limit)


def _receipt_problems(receipt: AnswerReceipt | None) -> Iterator[AnswerProblem]:
    if receipt is None:
        return
    if receipt.channel not in DESK_CHANNELS:
        yield AnswerProblem("channel", _("Choose a channel."))
    yield from _problems_of_text("reference", receipt.reference, REFERENCE_LENGTH)


def _problems_of_text(field: str, text: str, limit: int) -> Iterator[AnswerProblem]:
    if len(text) > limit:
        message = _("Shorten this text to %(limit)d characters. It has %(long)d.")
        yield AnswerProblem(field, message % {"long": len(text), "limit": limit})
        return
    try:
        validate_text(text)
    except ValidationError as problem:
        yield AnswerProblem(field, " ".join(problem.messages))
