"""Permissions for declarations and visa support letters."""

from django.db.models import Q

from delegations.core.roles import WRITERS
from delegations.members import permissions as members_permissions
from delegations.travel.models.declarations import Declaration, DeclarationKind
from delegations.travel.models.visas import VisaLetter
from summit.permissions.models import Role
from summit.permissions.rules import Actor, allows, check, declare, declare_model, own_rows
from summit.summits.models import Summit

# Declarations: the desk that vets people decides on them. Other desks have no need to know who carries what.
_VETTING = (Role.VETTING, Role.ORGANISER)
declare_model(
    "delegations.declarationkind", view=(*WRITERS, Role.VETTING), change=WRITERS, view_own=(Role.FOCAL_POINT,)
)
declare_model("delegations.declaration", view=_VETTING, change=(), view_own=(Role.FOCAL_POINT,))
declare("delegations.declare", _VETTING, own=(Role.FOCAL_POINT,))
declare("delegations.decide_declaration", _VETTING)
# Visa support letters: focal points ask for them, and protocol signs them. Protocol sees the passport data in a
# letter, because the signatory has to read the letter.
declare_model("delegations.visaletter", view=WRITERS, change=(), view_own=(Role.FOCAL_POINT,))
declare("delegations.ask_visa", WRITERS, own=(Role.FOCAL_POINT,))
declare("delegations.issue_visa", WRITERS)
members_permissions.own_by_party(Declaration, VisaLetter)
# Everybody in the summit may see what has to be declared.
own_rows(DeclarationKind)(
    lambda user, role: Q(summit__in=members_permissions.own_parties(user, role).values("summit"))
)


def can_decide_declarations(user: Actor, summit: Summit | int) -> bool:
    """Return whether the account may permit and refuse declarations of the summit's people."""
    return allows(user, "delegations.decide_declaration", summit)


def check_can_decide_declarations(user: Actor, summit: Summit | int) -> None:
    """Raise PermissionDenied unless `can_decide_declarations` returns True."""
    check(user, "delegations.decide_declaration", summit)


def can_issue_visas(user: Actor, summit: Summit | int) -> bool:
    """Return whether the account may issue and refuse the summit's visa support letters."""
    return allows(user, "delegations.issue_visa", summit)


def check_can_issue_visas(user: Actor, summit: Summit | int) -> None:
    """Raise PermissionDenied unless `can_issue_visas` returns True."""
    check(user, "delegations.issue_visa", summit)
