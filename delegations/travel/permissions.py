"""Who may do what with declarations and visa support letters."""

from django.db.models import Q

from delegations.core.roles import WRITERS
from delegations.members import permissions as members_permissions
from delegations.travel.models.declarations import Declaration, DeclarationKind
from delegations.travel.models.visas import VisaLetter
from summit.permissions.models import Role
from summit.permissions.rules import Actor, allows, check, declare, declare_model, own_rows
from summit.summits.models import Summit

# What people bring: the desk that vets them decides. Who may carry what concerns no other desk.
_VETTING = (Role.VETTING, Role.ORGANISER)
declare_model(
    "delegations.declarationkind", view=(*WRITERS, Role.VETTING), change=WRITERS, view_own=(Role.FOCAL_POINT,)
)
declare_model("delegations.declaration", view=_VETTING, change=(), view_own=(Role.FOCAL_POINT,))
declare("delegations.declare", _VETTING, own=(Role.FOCAL_POINT,))
declare("delegations.decide_declaration", _VETTING)
# Visa support letters: a focal point asks, protocol signs. They name the passport, which whoever signs has to read.
declare_model("delegations.visaletter", view=WRITERS, change=(), view_own=(Role.FOCAL_POINT,))
declare("delegations.ask_visa", WRITERS, own=(Role.FOCAL_POINT,))
declare("delegations.issue_visa", WRITERS)
members_permissions.own_by_party(Declaration, VisaLetter)
# What has to be declared concerns all who are in the summit.
own_rows(DeclarationKind)(
    lambda user, role: Q(summit__in=members_permissions.own_parties(user, role).values("summit"))
)


def can_decide_declarations(user: Actor, summit: Summit | int) -> bool:
    """Return whether the account may permit and refuse what people of a summit declare."""
    return allows(user, "delegations.decide_declaration", summit)


def check_can_decide_declarations(user: Actor, summit: Summit | int) -> None:
    """Raise PermissionDenied where `can_decide_declarations` is false."""
    check(user, "delegations.decide_declaration", summit)


def can_issue_visas(user: Actor, summit: Summit | int) -> bool:
    """Return whether the account may issue and refuse visa support letters of a summit."""
    return allows(user, "delegations.issue_visa", summit)


def check_can_issue_visas(user: Actor, summit: Summit | int) -> None:
    """Raise PermissionDenied where `can_issue_visas` is false."""
    check(user, "delegations.issue_visa", summit)
