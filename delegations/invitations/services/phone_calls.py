"""The call sheet: which parties haven't answered and for how long, and the outcome of each call."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Case, OuterRef, QuerySet, Subquery, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.core.errors import FieldProblem
from delegations.invitations.models.invitations import IN_FORCE, Invitation, InvitationState
from delegations.invitations.models.letters import CallNote, CallOutcome
from delegations.invitations.permissions import check_can_call
from delegations.parties.selectors import regions
from summit.audit import services as audit
from summit.audit.actions import Facts, audit_action
from summit.core.validators import validate_printable
from summit.summits.models import Summit
from summit.users.models import User

NOTE_LENGTH = 500
# The numbers of days without an answer by which the call sheet can be filtered.
WAITS = (7, 14, 21)


def _called(facts: Facts) -> str:
    outcome = str(facts.detail.get("outcome", ""))
    label = CallOutcome(outcome).label if outcome in CallOutcome.values else ""
    return _("called the delegation (%(outcome)s)") % {"outcome": label} if label else _("called the delegation")


CALL = audit_action("delegations.call", _called, label=gettext_lazy("called the delegation"))


class CallProblem(FieldProblem):
    """Raised if a call can't be recorded as it was entered. The message says what to do.

    `field` is "outcome" or "note", or "" if the invitation is no longer in force.
    """


@dataclass(frozen=True)
class Narrowed:
    """The filters of the call sheet: a group of parties, the least number of days without an answer, and the outcome
    of the last call ("never" if there was none)."""

    group: str = ""
    days: int = 0
    last: str = ""


def record(*, invitation: Invitation, outcome: str, text: str, by: User) -> CallNote:
    """Record a call about an invitation and return it.

    Raises PermissionDenied, and CallProblem if a value can't be accepted or the invitation is no longer in force.
    """
    text = " ".join(text.split())
    if outcome not in CallOutcome.values:
        raise CallProblem("outcome", _("Choose the outcome of the call."))
    if len(text) > NOTE_LENGTH:
        message = _("Shorten this text to %(limit)d characters. It has %(long)d.")
        raise CallProblem("note", message % {"long": len(text), "limit": NOTE_LENGTH})
    try:
        validate_printable(text)
    except ValidationError as problem:
        raise CallProblem("note", " ".join(problem.messages)) from None
    summit: Summit = invitation.party.summit
    check_can_call(by, summit)
    with transaction.atomic():
        # The lock keeps the invitation from being revoked until the call is noted.
        standing = Invitation.objects.filter(state__in=IN_FORCE)
        if not standing.select_for_update().filter(pk=invitation.pk).exists():
            raise CallProblem("", _("This invitation is no longer valid. See the call sheet for those that are."))
        row = CallNote.objects.create(invitation=invitation, by=by, outcome=outcome, note=text)
        audit.record(by=by, action=CALL, target=invitation, summit=summit, detail={"outcome": str(outcome)})
    return row


def unanswered(summit: Summit, *, before: datetime | None = None) -> QuerySet[Invitation]:
    """Return the unanswered invitations to the summit itself. With `before`, return only those sent until that
    moment."""
    rows = Invitation.objects.filter(party__summit=summit, state=InvitationState.SENT, occasion="")
    return rows if before is None else rows.filter(sent_at__lte=before)


def sheet(*, summit: Summit, now: datetime, narrowed: Narrowed | None = None) -> QuerySet[Invitation]:
    """Return the unanswered invitations to a summit, in the order in which to telephone. Makes three queries,
    whatever the number.

    Invitations that have waited longest come first; invitations that were called about today, at the venue, come
    last. Each has its last call as `last_at`, `last_outcome`, `last_note` and `last_by`, and `called_today`.
    """
    filters = narrowed or Narrowed()
    calls = CallNote.objects.filter(invitation=OuterRef("pk")).order_by("-pk")
    today = now.astimezone(summit.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = unanswered(summit, before=now - timedelta(days=filters.days) if filters.days else None).annotate(
        last_at=Subquery(calls.values("at")[:1]),
        last_outcome=Subquery(calls.values("outcome")[:1]),
        last_note=Subquery(calls.values("note")[:1]),
        last_by=Subquery(calls.values("by__name")[:1]),
        called_today=Case(When(last_at__gte=today, then=Value(1)), default=Value(0)),
    )
    if filters.group:
        rows = rows.filter(regions.within(filters.group, "party__"))
    if filters.last == "never":
        rows = rows.filter(last_at__isnull=True)
    elif filters.last:
        rows = rows.filter(last_outcome=filters.last)
    ordered = rows.order_by("called_today", "sent_at", "party__sort_key", "pk").select_related("party__summit")
    return ordered.prefetch_related("party__focal_points__person")


def next_after(*, summit: Summit, now: datetime, invitation: Invitation) -> Invitation | None:
    """Return the next invitation to telephone about, or None. This is the first one on the call sheet that wasn't
    called about today, other than `invitation`."""
    remaining: QuerySet[Any] = sheet(summit=summit, now=now).exclude(pk=invitation.pk)
    found: Invitation | None = remaining.filter(called_today=0).first()
    return found


def days_since(moment: datetime, *, summit: Summit, now: datetime) -> int:
    """Return the number of days at the venue between the day of a moment and today."""
    return (now.astimezone(summit.zone).date() - moment.astimezone(summit.zone).date()).days
