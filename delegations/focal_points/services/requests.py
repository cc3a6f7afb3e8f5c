"""A new focal point: asked for by those who act for the party, decided by protocol.

Whoever is asked for is entered in the summit when protocol approves it, not before: nobody is in a summit because
somebody wrote their name. One in whose place they come acts no more from that moment on.
"""

from collections.abc import Collection

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from delegations.core.errors import FieldProblem
from delegations.focal_points.models import FocalPointRequest, RequestState
from delegations.focal_points.services import focal_points, notices
from delegations.focal_points.services.focal_points import ASK, ActingRefused
from delegations.invitations.models.invitations import InvitationLink
from delegations.members.models.focal_points import FocalPoint
from delegations.members.permissions import check_can_act
from delegations.members.services import people
from delegations.parties.models.parties import Party
from delegations.portal_access.models import PortalSession
from delegations.portal_access.services import accounts
from summit.audit import services as audit
from summit.audit.services import By, Link, Mailbox
from summit.core.validators import validate_mailbox, validate_printable
from summit.people.models import Person
from summit.permissions.rules import check
from summit.users.models import User

DECIDE = "delegations.decide_focal_point"
NAME_LENGTH, REASON_LENGTH = 200, 500
# Whoever is refused may be asked for anew, by another request.
TRANSITIONS: dict[str, frozenset[str]] = {
    RequestState.OPEN: frozenset({RequestState.APPROVED, RequestState.REFUSED, RequestState.WITHDRAWN}),
    RequestState.APPROVED: frozenset(),
    RequestState.REFUSED: frozenset(),
    RequestState.WITHDRAWN: frozenset(),
}


class FocalProblem(FieldProblem):
    """What was entered can't be taken: `field` names it, the text says what to do."""


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
    """Ask that another person acts for a party, beside its focal points or in the place of one, and return the
    request. Raises FocalProblem, PermissionDenied, and ActingRefused where it is asked already."""
    check_can_act(by, ASK, party)
    asker, answer_to = _asker(by)
    row = FocalPointRequest(
        party=party,
        name=_line("name", name, _("Write the name of whom you ask for.")),
        office=_line("office", office),
        email=_mailbox(email),
        language=language,
        instead_of=instead_of,
        asked_by=asker[:NAME_LENGTH],
        answer_to=answer_to,
    )
    if language not in dict(settings.LANGUAGES):
        raise FocalProblem("language", _("Choose a language that letters are written in."))
    with transaction.atomic():
        # Whoever asks for the same mailbox at the same time waits here, and then meets the request.
        focal_points.lock(party)
        _check_new(row)
        row.save(force_insert=True)
        audit.record(
            by=by,
            action="delegations.focalpointrequest.ask",
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
        said = _("This has %(long)d characters. Shorten it to %(limit)d.")
        raise FocalProblem(field, said % {"long": len(text), "limit": NAME_LENGTH})
    try:
        validate_printable(text)
    except ValidationError as problem:
        raise FocalProblem(field, " ".join(problem.messages)) from None
    return text


def _mailbox(text: str) -> str:
    address = text.strip().lower()
    if not address:
        raise FocalProblem("email", _("Write their e-mail: they open the portal by it."))
    try:
        validate_mailbox(address)
    except ValidationError:
        raise FocalProblem("email", _("“%(mailbox)s” is no mailbox. Correct it.") % {"mailbox": text}) from None
    return address


def _asker(by: By) -> tuple[str, str]:
    """Return who asks, by name, and the mailbox at which they are answered. One query at most."""
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
    """Refuse a request that has nothing new in it."""
    points = FocalPoint.objects.filter(party=row.party)
    facts = {"mailbox": row.email, "party": row.party.name, "contact": row.party.summit.contact_email}
    if row.instead_of is not None and not points.filter(person=row.instead_of).exists():
        raise FocalProblem("instead_of", _("This person is no focal point any more. Choose again."))
    others = points.exclude(person=row.instead_of) if row.instead_of else points
    # Two who share a mailbox may follow each other, and may not be told apart by it.
    if others.filter(person__email__iexact=row.email).exists():
        said = _("A focal point of %(party)s has the mailbox %(mailbox)s already.")
        raise ActingRefused(said % facts)
    if FocalPointRequest.objects.filter(party=row.party, email=row.email, state=RequestState.OPEN).exists():
        said = _("%(mailbox)s was asked for already, and protocol has not decided yet. Ask there: %(contact)s.")
        raise ActingRefused(said % facts)


def approve(
    *, request: FocalPointRequest, by: User, known: Person | None = None, another: Collection[str] = ()
) -> FocalPoint:
    """Let whom was asked for act for the party: `known`, or a person who is entered for it. Whoever asked and the new
    focal point are told, and who was replaced.

    They get an account where the mailbox is nobody else's; otherwise they open the portal by a code to it. Raises
    PermissionDenied, ActingRefused, ValidationError, and people.SeemsKnown, which `another` answers as in
    people.enter.
    """
    party = request.party
    check(by, DECIDE, party.summit_id)
    with transaction.atomic():
        focal_points.lock(party)
        _decide(request, RequestState.APPROVED, by)
        person = _found(request, known, by) if known else _entered(request, by, another)
        point = focal_points.make(party, person, by)
        left = FocalPoint.objects.filter(party=party, person=request.instead_of_id).exclude(pk=point.pk)
        gone = left.select_related("party__summit", "person").first() if request.instead_of_id else None
        if gone is not None:
            focal_points.end(gone, by)
        accounts.give(people=[person], by=by)
        person.refresh_from_db(fields=["user", "email", "language"])
        FocalPointRequest.objects.filter(pk=request.pk).update(person=person)
        request.person = person
        audit.record(
            by=by,
            action="delegations.focalpointrequest.approve",
            target=request,
            summit=party.summit,
            fields=["person", "state"],
            part_of=party,
        )
        notices.approved(request, gone.person if gone else None)
    return point


def _entered(request: FocalPointRequest, by: User, another: Collection[str]) -> Person:
    values = {name: getattr(request, name) for name in ("name", "office", "email", "language")}
    return people.enter(party=request.party, values=values, by=by, another=another)


def _found(request: FocalPointRequest, known: Person, by: User) -> Person:
    """Return somebody who is entered already; where they have no mailbox they get the one that was asked for."""
    if known.summit_id != request.party.summit_id:
        raise ActingRefused(_("This person belongs to another summit. Enter them in this one first."))
    if not known.email:
        people.change(person=known, values={"email": request.email}, by=by)
        known.refresh_from_db(fields=["email"])
    return known


def refuse(*, request: FocalPointRequest, reason: str, by: User) -> None:
    """Refuse a request, with the reason that the party reads, and tell whoever asked. Raises PermissionDenied,
    FocalProblem, or ActingRefused where it was decided before."""
    party = request.party
    check(by, DECIDE, party.summit_id)
    reason = " ".join(reason.split())
    if not reason:
        raise FocalProblem("reason", _("Write why. The delegation reads it."))
    if len(reason) > REASON_LENGTH:
        said = _("This has %(long)d characters. Shorten it to %(limit)d.")
        raise FocalProblem("reason", said % {"long": len(reason), "limit": REASON_LENGTH})
    with transaction.atomic():
        _decide(request, RequestState.REFUSED, by, reason=reason)
        audit.record(
            by=by,
            action="delegations.focalpointrequest.refuse",
            target=request,
            summit=party.summit,
            fields=["reason", "state"],
            part_of=party,
        )
        notices.refused(request)


def withdraw(*, request: FocalPointRequest, by: By) -> None:
    """Take back a request that isn't decided. Raises PermissionDenied, or ActingRefused where it is."""
    check_can_act(by, ASK, request.party)
    with transaction.atomic():
        _decide(request, RequestState.WITHDRAWN, None)
        audit.record(
            by=by,
            action="delegations.focalpointrequest.withdraw",
            target=request,
            summit=request.party.summit,
            fields=["state"],
            part_of=request.party,
        )


def _decide(row: FocalPointRequest, target: RequestState, by: User | None, **values: object) -> None:
    """Decide by the one UPDATE that finds it in a state from which it may; the row is brought up to date."""
    sources = [state for state, following in TRANSITIONS.items() if target in following]
    found = FocalPointRequest.objects.filter(pk=row.pk, state__in=sources)
    if not found.update(state=target, decided_at=Now(), decided_by=by, **values):
        raise ActingRefused(_("Somebody else decided this request. Look at where it stands now."))
    row.refresh_from_db(fields=["state", "decided_at", "decided_by", "instead_of", *values])
