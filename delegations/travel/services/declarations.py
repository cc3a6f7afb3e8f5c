"""Declarations of items that people bring, as the summit's policy requires, and the host's decisions on them.

A focal point declares for the party's people until the kind's deadline, by the database's clock. A desk that decides
on declarations can declare at any time. The text of a declaration is encrypted and isn't in the audit.
"""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from delegations.core.errors import FieldProblem
from delegations.members import departure_listeners
from delegations.members.models.members import Membership
from delegations.members.permissions import check_can_act
from delegations.parties.models.parties import Party
from delegations.travel.models.declarations import Declaration, DeclarationKind, DeclarationState
from delegations.travel.permissions import can_decide_declarations, check_can_decide_declarations
from summit.audit import services as audit
from summit.audit.actions import audit_action
from summit.audit.services import By, System
from summit.core.validators import validate_text
from summit.people.models import Person
from summit.users.models import User

DETAILS_LENGTH, REASON_LENGTH = 1000, 500
# Declarations in these states are in force.
STANDING = (DeclarationState.DECLARED, DeclarationState.PERMITTED)
# The decisions that are possible in each state. A decision may be changed, but a declaration never becomes undecided
# again.
TRANSITIONS: dict[str, frozenset[str]] = {
    DeclarationState.DECLARED: frozenset({DeclarationState.PERMITTED, DeclarationState.REFUSED}),
    DeclarationState.PERMITTED: frozenset({DeclarationState.REFUSED}),
    DeclarationState.REFUSED: frozenset({DeclarationState.PERMITTED}),
}
DECLARE = audit_action("delegations.declaration.declare", gettext_lazy("declared an item"))
WITHDRAW = audit_action("delegations.declaration.withdraw", gettext_lazy("withdrew a declaration"))
PERMIT = audit_action("delegations.declaration.permit", gettext_lazy("permitted a declaration"))
REFUSE = audit_action("delegations.declaration.refuse", gettext_lazy("refused a declaration"))


class DeclarationProblem(FieldProblem):
    """A value can't be accepted. `field` is "kind", "details" or "reason", and the message says what to do."""


class DeclarationRefused(Exception):
    """An item can't be declared, or a declaration can't be withdrawn or decided. The message says why and who can
    help."""


def declare(*, party: Party, person: Person, kind: DeclarationKind, details: str, by: By) -> Declaration:
    """Declare an item that a member of a party brings, and return the declaration.

    A person may have several declarations of a kind. If the same text is declared again, the form counts as sent
    twice, and the first declaration is returned. Raises DeclarationProblem, PermissionDenied, and DeclarationRefused
    if the person is no member of the party or the kind's deadline has passed.
    """
    check_can_act(by, "delegations.declare", party)
    details = _checked("details", details, DETAILS_LENGTH, _("Describe the item."))
    if kind.summit_id != party.summit_id:
        raise DeclarationProblem("kind", _("Choose an item to declare."))
    with transaction.atomic():
        # If the person is withdrawn at the same time, one of the two transactions waits for this row.
        member = Membership.objects.select_for_update().filter(party=party, person=person).first()
        if member is None:
            raise DeclarationRefused(_not_a_member(party, person))
        if not _in_time(kind, party, by):
            raise DeclarationRefused(
                _("The deadline to declare %(kind)s has passed. The host can still add it: write to %(contact)s.")
                % {"kind": kind, "contact": party.summit.contact_email}
            )
        for existing in Declaration.objects.filter(kind=kind, party=party, person=person, state__in=STANDING):
            if existing.details == details:
                return existing
        row = Declaration.objects.create(kind=kind, party=party, person=person, details=details)
        audit.record(
            by=by,
            action=DECLARE,
            target=row,
            summit=party.summit,
            fields=["kind", "details"],
            part_of=person,
        )
    return row


def _checked(field: str, text: str, limit: int, lacking: str) -> str:
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise DeclarationProblem(field, lacking)
    if len(text) > limit:
        message = _("Shorten this text to %(limit)d characters. It has %(long)d.") % {
            "long": len(text),
            "limit": limit,
        }
        raise DeclarationProblem(field, message)
    try:
        validate_text(text)
    except ValidationError as problem:
        raise DeclarationProblem(field, " ".join(problem.messages)) from None
    return text


def _not_a_member(party: Party, person: Person) -> str:
    message = _("%(person)s is no longer in %(party)s. See the delegation’s list of people.")
    return message % {"person": person.label, "party": party.name}


def still_open(kind: DeclarationKind) -> bool:
    """Return whether focal points may still declare items of a kind, by the database's clock. Makes one query."""
    rows = DeclarationKind.objects.filter(Q(until__isnull=True) | Q(until__gt=Now()))
    return rows.filter(pk=kind.pk).exists()


def _in_time(kind: DeclarationKind, party: Party, by: By) -> bool:
    desk = isinstance(by, System) or (isinstance(by, User) and can_decide_declarations(by, party.summit))
    return desk or still_open(kind)


def withdraw(*, declaration: Declaration, by: By) -> None:
    """Delete a declaration that is undecided or permitted. A refused one can't be withdrawn.

    Raises PermissionDenied, DeclarationRefused.
    """
    check_can_act(by, "delegations.declare", declaration.party)
    with transaction.atomic():
        row = Declaration.objects.select_for_update().filter(pk=declaration.pk).first()
        if row is None:
            raise DeclarationRefused(_("This declaration is already withdrawn."))
        if row.state == DeclarationState.REFUSED:
            raise DeclarationRefused(
                _("The host has refused this declaration and keeps it on record. You don’t need to do anything.")
            )
        _remove(declaration, by)


def _remove(row: Declaration, by: By) -> None:
    audit.record(
        by=by,
        action=WITHDRAW,
        target=row,
        summit=row.party.summit,
        detail={"rows": audit.references(row)},
        part_of=row.person,
    )
    Declaration.objects.filter(pk=row.pk).delete()


@departure_listeners.follows(
    20, "declarations", lambda n: ngettext("%(n)d declaration", "%(n)d declarations", n) % {"n": n}
)
def delete_declarations_of_former_member(party: Party, person: Person, by: By) -> int:
    """Delete the declarations of a person who leaves a party, so that no permit remains.

    Refused declarations are kept.
    """
    rows = Declaration.objects.filter(party=party, person=person).exclude(state=DeclarationState.REFUSED)
    found = list(rows.select_related("party__summit", "person"))
    for row in found:
        _remove(row, by)
    return len(found)


def permit(*, declaration: Declaration, by: User) -> None:
    """Permit a declaration. Raises PermissionDenied, and DeclarationRefused if it is permitted already."""
    check_can_decide_declarations(by, declaration.party.summit)
    with transaction.atomic():
        _move(declaration, DeclarationState.PERMITTED, by, "")
        audit.record(
            by=by,
            action=PERMIT,
            target=declaration,
            summit=declaration.party.summit,
            fields=["state"],
            part_of=declaration.person,
        )


def refuse(*, declaration: Declaration, reason: str, by: User) -> None:
    """Refuse a declaration, with a reason that the focal point can read.

    Raises PermissionDenied, DeclarationProblem, and DeclarationRefused if it is refused already.
    """
    check_can_decide_declarations(by, declaration.party.summit)
    reason = _checked("reason", reason, REASON_LENGTH, _("Enter a reason. The delegation will see it."))
    with transaction.atomic():
        _move(declaration, DeclarationState.REFUSED, by, reason)
        audit.record(
            by=by,
            action=REFUSE,
            target=declaration,
            summit=declaration.party.summit,
            fields=["state", "reason"],
            part_of=declaration.person,
        )


def _move(row: Declaration, target: DeclarationState, by: User, reason: str) -> None:
    """Store a decision and refresh the row. Raises DeclarationRefused if the declaration's state doesn't allow it.

    A single UPDATE checks the state and changes it.
    """
    sources = [state for state, following in TRANSITIONS.items() if target in following]
    rows = Declaration.objects.filter(pk=row.pk, state__in=sources)
    if not rows.update(state=target, decided_at=Now(), decided_by=by, reason=reason):
        raise DeclarationRefused(
            _("Someone else has already decided this declaration, or it was withdrawn. Reload the page.")
        )
    row.refresh_from_db()
