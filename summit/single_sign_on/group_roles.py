"""Roles by groups: what a sign-in at an identity provider gives and takes, and their end after eight hours."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy

from summit.audit import services as audit
from summit.audit.actions import AuditAction, Facts, audit_action, row_actions
from summit.maintenance.sweeps import sweep
from summit.permissions.models import Role, RoleAssignment
from summit.single_sign_on.models import GroupRole
from summit.users.models import User

# A role by a group falls this long after the sign-in that gave it: a working day, without a lunch at the desk.
LIFETIME = timedelta(hours=8)


def _said(template: Any) -> Callable[[Facts], str]:
    """Return the function for the sentence of an entry, with its role and group. Old entries name no group."""

    def say(facts: Facts) -> str:
        role, group = str(facts.detail.get("role", "")), str(facts.detail.get("group", "")) or "–"
        return str(template) % {"role": dict(Role.choices).get(role, role), "group": group}

    return say


GIVE = audit_action(
    "summit.give_role_by_group",
    _said(gettext_lazy("gave the role “%(role)s” by the group “%(group)s”")),
    label=gettext_lazy("gave the role by a group"),
)
TAKE = audit_action(
    "summit.take_role_by_group",
    _said(gettext_lazy("took the role “%(role)s”: no longer in a group that gives it")),
    label=gettext_lazy("took the role: no longer in a group that gives it"),
)
TAKE_UNLINKED = audit_action(
    "summit.take_role_by_unlinking",
    _said(gettext_lazy("took the role “%(role)s” by a group: the sign-in was unlinked")),
    label=gettext_lazy("took the role by a group: the sign-in was unlinked"),
)
END = audit_action(
    "summit.end_role_by_group",
    _said(gettext_lazy("ended the role “%(role)s” by a group eight hours after the sign-in")),
    label=gettext_lazy("ended the role by a group eight hours after the sign-in"),
)
GROUP_ROLE_ACTIONS = row_actions(
    "summit.grouprole",
    add=gettext_lazy("gave a role to a group"),
    change=gettext_lazy("changed the role of a group"),
    remove=gettext_lazy("took a role from a group"),
)


def apply(*, user: User, issuer: str, groups: Iterable[str]) -> None:
    """Give an account the roles of its groups until LIFETIME from now, and take those that it has no group for.

    `groups` are all groups that the provider named at a sign-in. Roles that were assigned by hand, or by another
    provider, stay.
    """
    _apply(user, issuer, groups, TAKE)


def take_all(*, user: User, issuer: str) -> None:
    """Take all roles that an account has by groups at a provider, because its sign-in there was unlinked."""
    _apply(user, issuer, (), TAKE_UNLINKED)


def _apply(user: User, issuer: str, groups: Iterable[str], take: AuditAction) -> None:
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        rows = GroupRole.objects.filter(issuer=issuer, group__in=list(groups))
        wanted = {
            (summit_id, role): group for summit_id, role, group in rows.values_list("summit_id", "role", "group")
        }
        held = {
            (row.summit_id, row.role): row
            for row in RoleAssignment.all_rows.filter(user=user).select_related("summit")
        }
        live = set(RoleAssignment.objects.filter(user=user).values_list("pk", flat=True))
        for key, row in held.items():
            if row.issuer == issuer and key not in wanted:
                _fall(row, take if row.pk in live else END)
        for (summit_id, role), group in sorted(wanted.items()):
            row, created = RoleAssignment.all_rows.update_or_create(
                summit_id=summit_id,
                user=user,
                role=role,
                defaults={"until": Now() + LIFETIME, "issuer": issuer},
                create_defaults={"until": Now() + LIFETIME, "issuer": issuer, "by_hand": False},
            )
            if created or row.pk not in live:
                detail = {"role": role, "group": group, "rows": audit.references(row)}
                audit.record(by=audit.SYSTEM, action=GIVE, target=row, summit=row.summit, detail=detail)


@sweep("roles by group", every=60)
def end_over() -> int:
    """Delete roles by groups whose time is over, and return their number. They gave nothing any more."""
    with transaction.atomic():
        rows = RoleAssignment.all_rows.select_for_update().filter(until__lte=Now()).select_related("summit")
        over = list(rows.order_by("pk"))
        for row in over:
            _fall(row, END)
    return len(over)


def _fall(row: RoleAssignment, action: AuditAction) -> None:
    """Let a role by a group fall. What was assigned by hand stays."""
    if row.by_hand:
        RoleAssignment.all_rows.filter(pk=row.pk).update(until=None, issuer="")
        return
    detail = {"role": row.role, "rows": audit.references(row)}
    audit.record(by=audit.SYSTEM, action=action, target=row, summit=row.summit, detail=detail)
    RoleAssignment.all_rows.filter(pk=row.pk).delete()
