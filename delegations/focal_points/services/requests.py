"""Creates, approves, refuses and withdraws requests for a new focal point. Users who act for a party make them;
protocol decides.

The requested person is entered in the summit only when protocol approves the request: a name in a request doesn't
make anybody part of a summit. A focal point who is to be replaced stops acting for the party at that moment.
"""

from collections.abc import Collection

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.core.errors import FieldProblem
from delegations.focal_points import messages
from delegations.focal_points.models import FocalPointRequest, RequestState
from delegations.focal_points.services import focal_points
from delegations.focal_points.services.focal_points import ASK, ActingRefused
from delegations.invitations.models.invitations import InvitationLink
from delegations.members.models.focal_points import FocalPoint
from delegations.members.permissions import check_can_act
from delegations.members.services import people
from delegations.parties.models.parties import Party
from delegations.portal_access.models import PortalSession
from delegations.portal_access.services import accounts
from summit.audit import services as audit
from summit.audit.actions import audit_action
from summit.audit.services import By, Link, Mailbox
from summit.core.validators import validate_mailbox, validate_printable
from summit.people.models import Person
from summit.permissions.rules import check
from summit.users.models import User

DECIDE = "delegations.decide_focal_point"
NAME_LENGTH, REASON_LENGTH = 200, 500
# A person who was refused can be asked for again, by another request.
TRANSITIONS: dict[str, frozenset[str]] = {
    RequestState.OPEN: frozenset({RequestState.APPROVED, RequestState.REFUSED, RequestState.WITHDRAWN}),
    RequestState.APPROVED: frozenset(),
    RequestState.REFUSED: frozenset(),
    RequestState.WITHDRAWN: frozenset(),
}
ASK_ACTION = audit_action("delegations.focalpointrequest.ask", gettext_lazy("requested a new focal point"))
APPROVE = audit_action("delegations.focalpointrequest.approve", gettext_lazy("approved a new focal point"))
REFUSE = audit_action("delegations.focalpointrequest.refuse", gettext_lazy("refused a new focal point"))
WITHDRAW = audit_action("delegations.focalpointrequest.withdraw", gettext_lazy("withdrew a focal point request"))


class FocalProblem(FieldProblem):
    """Raised if an entered value can't be accepted. `field` names the value's field, and the message says what to
    do."""


def ask(
    *,
    party: Party,
    name: str,
    office: str = "",
    email: str,
    language: str,
    instead_of: Person | None = None,
    by: By,
) -> FocalPointRequest:
    """Create a request that another person acts for a party, and return it.

    `instead_of` is the focal point to replace; None adds one to the others. Raises PermissionDenied, and FocalProblem
    if a value can't be accepted. Raises ActingRefused if another focal point or an open request has the mailbox
    already.
    """
    check_can_act(by, ASK, party)
    asker, answer_to = _asker(by)
    row = FocalPointRequest(
        party=party,
        name=_line("name", name, _("Enter a name.")),
        office=_line("office", office),
        email=_mailbox(email),
        language=language,
        instead_of=instead_of,
        asked_by=asker[:NAME_LENGTH],
        answer_to=answer_to,
    )
    if language not in dict(settings.LANGUAGES):
        raise FocalProblem("language", _("Choose one of the letter languages."))
    with transaction.atomic():
        # A second request for the same mailbox waits here for the lock, and then finds the first one.
        focal_points.lock(party)
        _check_new(row)
        row.save(force_insert=True)
        audit.record(
            by=by,
            action=ASK_ACTION,
            target=row,
            summit=party.summit,
            fields=["email", "language", "name", "office", *(["instead_of"] if instead_of else [])],
            part_of=party,
        )
    return row


def _line(field: str, text: str, lacking: str = "") -> str:
    text = " ".join(text.split())
    if not text and lacking:
        raise FocalProblem(field, lacking)
    if len(text) > NAME_LENGTH:
        message = _("Shorten this text to %(limit)d characters. It has %(long)d.")
        raise FocalProblem(field, message % {"long": len(text), "limit": NAME_LENGTH})
    try:
        validate_printable(text)
    except ValidationError as problem:
        raise FocalProblem(field, " ".join(problem.messages)) from None
    return text


def _mailbox(text: str) -> str:
    address = text.strip().lower()
    if not address:
        raise FocalProblem("email", _("Enter an email address. It is used to sign in to the portal."))
    try:
        validate_mailbox(address)
    except ValidationError:
        raise FocalProblem(
            "email", _("“%(mailbox)s” is not an email address. Enter one like name@example.org.") % {"mailbox": text}
        ) from None
    return address


def _asker(by: By) -> tuple[str, str]:
    """Return the name of the account or mailbox that makes the request, and the mailbox to which the decision is
    sent. Makes one query at most."""
    if isinstance(by, User):
        return by.name or by.email, by.email
    if isinstance(by, Mailbox):
        row = PortalSession.objects.select_related("person").get(public_id=by.public_id)
        return (row.person.label if row.person else row.mailbox), row.mailbox
    if isinstance(by, Link):
        link = InvitationLink.objects.select_related("person").get(public_id=by.public_id)
        return (link.person.label if link.person else link.address), link.address
    return str(by), ""


def _check_new(row: FocalPointRequest) -> None:
    """Raise FocalProblem or ActingRefused if a request asks for nothing new."""
    points = FocalPoint.objects.filter(party=row.party)
    facts = {"mailbox": row.email, "party": row.party.name, "contact": row.party.summit.contact_email}
    if row.instead_of is not None and not points.filter(person=row.instead_of).exists():
        raise FocalProblem("instead_of", _("This person is no longer a focal point. Choose again."))
    others = points.exclude(person=row.instead_of) if row.instead_of else points
    # A successor may use the mailbox of the one they replace. Two focal points at once may not: the mailbox wouldn't
    # tell who acts.
    if others.filter(person__email__iexact=row.email).exists():
        message = _("A focal point for %(party)s already uses the email address %(mailbox)s.")
        raise ActingRefused(message % facts)
    if FocalPointRequest.objects.filter(party=row.party, email=row.email, state=RequestState.OPEN).exists():
        message = _("There is already a pending request for %(mailbox)s. For help, contact protocol: %(contact)s.")
        raise ActingRefused(message % facts)


def approve(
    *, request: FocalPointRequest, by: User, known: Person | None = None, another: Collection[str] = ()
) -> FocalPoint:
    """Approve a request and return the new focal point: `known`, or a person who is entered from the request.

    The person who made the request, the new focal point, and the replaced one are notified. The new focal point gets
    an account if nobody else uses the mailbox; otherwise they sign in to the portal with a code sent to the mailbox.

    Raises PermissionDenied, ActingRefused and ValidationError. Raises people.PossibleDuplicate if people already
    entered seem to be the same person, except those with a public id in `another`.
    """
    party = request.party
    check(by, DECIDE, party.summit_id)
    with transaction.atomic():
        focal_points.lock(party)
        _decide(request, RequestState.APPROVED, by)
        person = _existing_person(request, known, by) if known else _create_person(request, by, another)
        point = focal_points.make(party, person, by)
        replaceable = FocalPoint.objects.filter(party=party, person=request.instead_of_id).exclude(pk=point.pk)
        replaced = replaceable.select_related("party__summit", "person").first() if request.instead_of_id else None
        if replaced is not None:
            focal_points.end(replaced, by)
        accounts.give(people=[person], by=by)
        person.refresh_from_db(fields=["user", "email", "language"])
        FocalPointRequest.objects.filter(pk=request.pk).update(person=person)
        request.person = person
        audit.record(
            by=by,
            action=APPROVE,
            target=request,
            summit=party.summit,
            fields=["person", "state"],
            part_of=party,
        )
        told = [messages.of_request(request, messages.APPROVED), messages.of_person(request, messages.NAMED, person)]
        if replaced is not None:
            told.append(messages.of_person(request, messages.ENDED, replaced.person))
        messages.FOCAL_POINT.send(*told)
    return point


def _create_person(request: FocalPointRequest, by: User, another: Collection[str]) -> Person:
    values = {name: getattr(request, name) for name in ("name", "office", "email", "language")}
    return people.create(party=request.party, values=values, by=by, another=another)


def _existing_person(request: FocalPointRequest, known: Person, by: User) -> Person:
    """Return `known`, a person who is entered already. If they have no mailbox, they get the one in the request.

    Raises ActingRefused if the person belongs to another summit.
    """
    if known.summit_id != request.party.summit_id:
        raise ActingRefused(_("This person belongs to another summit. Add them to this one first."))
    if not known.email:
        people.change(person=known, values={"email": request.email}, by=by)
        known.refresh_from_db(fields=["email"])
    return known


def refuse(*, request: FocalPointRequest, reason: str, by: User) -> None:
    """Refuse a request with a reason that the party can read, and notify the person who made it.

    Raises PermissionDenied, FocalProblem, and ActingRefused if the request was decided before.
    """
    party = request.party
    check(by, DECIDE, party.summit_id)
    reason = " ".join(reason.split())
    if not reason:
        raise FocalProblem("reason", _("Enter a reason. The delegation will see it."))
    if len(reason) > REASON_LENGTH:
        message = _("Shorten this text to %(limit)d characters. It has %(long)d.")
        raise FocalProblem("reason", message % {"long": len(reason), "limit": REASON_LENGTH})
    with transaction.atomic():
        _decide(request, RequestState.REFUSED, by, reason=reason)
        audit.record(
            by=by,
            action=REFUSE,
            target=request,
            summit=party.summit,
            fields=["reason", "state"],
            part_of=party,
        )
        messages.FOCAL_POINT.send(messages.of_request(request, messages.REFUSED))


def withdraw(*, request: FocalPointRequest, by: By) -> None:
    """Withdraw a request that isn't decided yet. Raises PermissionDenied, and ActingRefused if the request was
    decided before."""
    check_can_act(by, ASK, request.party)
    with transaction.atomic():
        _decide(request, RequestState.WITHDRAWN, None)
        audit.record(
            by=by,
            action=WITHDRAW,
            target=request,
            summit=request.party.summit,
            fields=["state"],
            part_of=request.party,
        )


def _decide(row: FocalPointRequest, target: RequestState, by: User | None, **values: object) -> None:
    """Change the request's state by one UPDATE, and refresh the row. `values` are further columns to set.

    Raises ActingRefused if another decision came first.
    """
    sources = [state for state, following in TRANSITIONS.items() if target in following]
    undecided = FocalPointRequest.objects.filter(pk=row.pk, state__in=sources)
    if not undecided.update(state=target, decided_at=Now(), decided_by=by, **values):
        raise ActingRefused(_("Someone else has already decided this request. Reload the page to see the decision."))
    row.refresh_from_db(fields=["state", "decided_at", "decided_by", "instead_of", *values])
