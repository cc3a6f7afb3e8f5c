"""Services that assign and remove roles in a summit.

Accounts are found by e-mail address. Rows are created and deleted, never updated.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from summit.accounts import messages
from summit.audit import services as audit
from summit.audit.actions import row_actions
from summit.permissions.models import Role, RoleAssignment
from summit.permissions.rules import check, forget_roles
from summit.summits import services as summits_services
from summit.summits.models import Summit
from summit.users.models import User

ROLE_ASSIGNMENT_ACTIONS = row_actions(
    "summit.roleassignment",
    add=gettext_lazy("assigned the role"),
    change=gettext_lazy("changed the role"),
    remove=gettext_lazy("removed the role"),
)
USER_ACTIONS = row_actions(
    "summit.user",
    add=gettext_lazy("created the account"),
    change=gettext_lazy("changed the account"),
    remove=gettext_lazy("deleted the account"),
)


@dataclass(frozen=True)
class Colleague:
    """A person who gets a role in a summit, identified by an e-mail address."""

    email: str
    role: str
    name: str = ""
    # The language of a new account and of its mails; "" for the summit's.
    language: str = ""


class LastOrganiser(ValueError):
    """Raised if a summit would be left without an organiser. The exception's message is a sentence for the user."""


def validate_open(address: str) -> None:
    """Raise ValidationError if the account with this e-mail address is closed. Makes one query.

    A closed account couldn't use a role.
    """
    if User.objects.filter(email=address.strip().lower(), is_active=False).exists():
        raise ValidationError(_("This account is closed. Ask the system administrator to reopen it."))


def give(*, summit: Summit, user: User, role: str, by: User) -> bool:
    """Assign a role to an account by hand. Return False if the account already has it by hand.

    The caller must have checked the permission of `by`.
    """
    with transaction.atomic():
        assignment, created = RoleAssignment.all_rows.get_or_create(summit=summit, user=user, role=role)
        if not created:
            # The account has, or had, it by a group alone.
            created = bool(RoleAssignment.all_rows.filter(pk=assignment.pk, by_hand=False).update(by_hand=True))
        if created:
            forget_roles(user)
            audit.record(
                by=by,
                action=ROLE_ASSIGNMENT_ACTIONS.add,
                target=assignment,
                summit=summit,
                fields=["user", "role"],
                detail={"role": str(role)},
            )
    return created


@summits_services.founding.register(10)
def make_creator_organiser(summit: Summit, user: User) -> None:
    """Make the creator of a summit its organiser, in the caller's transaction."""
    give(summit=summit, user=user, role=Role.ORGANISER, by=user)


def add_team(*, summit: Summit, colleagues: Sequence[Colleague], by: User) -> int:
    """Assign roles to colleagues, and return the number of accounts with a new role.

    Colleagues without an account get one. Each account with a new role gets a message, with a link to choose a
    password if it has none yet. Raises PermissionDenied, and ValidationError where a value isn't valid or an account
    is closed.
    """
    check(by, "summit.roleassignment.change", summit)
    with transaction.atomic():
        new_roles: dict[int, tuple[User, list[str]]] = {}
        for colleague in colleagues:
            user = _account(colleague, summit, by)
            if give(summit=summit, user=user, role=colleague.role, by=by):
                new_roles.setdefault(user.pk, (user, []))[1].append(colleague.role)
        # A concurrent call for one of these accounts waits for the lock, and then sends one message with both roles.
        list(User.objects.select_for_update().filter(pk__in=new_roles).order_by("pk").values_list("pk", flat=True))
        new = new_roles.values()
        messages.WELCOME.send(*(messages.of_roles(summit=summit, user=user, roles=names) for user, names in new))
    return len(new_roles)


def _account(colleague: Colleague, summit: Summit, by: User) -> User:
    language = colleague.language or summit.language
    return account(email=colleague.email, name=colleague.name, language=language, summit=summit, by=by)


def account(*, email: str, name: str, language: str, summit: Summit, by: User) -> User:
    """Return the account with an e-mail address; if there is none, create one without a password.

    The caller must have checked the permission of `by`. Raises ValidationError if a value isn't valid or the account
    is closed.
    """
    address = email.strip().lower()
    validate_open(address)
    user = User.objects.filter(email=address).first()
    if user is None:
        user = User(email=address, name=name, language=language)
        user.set_unusable_password()
        user.full_clean()
        user.save()
        audit.record(by=by, action=USER_ACTIONS.add, target=user, summit=summit)
    return user


def remove(*, assignments: Sequence[RoleAssignment], by: User) -> int:
    """Remove role assignments, all or none, and return their number.

    Raises PermissionDenied. Raises LastOrganiser if a summit would have no organiser left with an open account.
    Accounts of API clients, and organisers by a group alone, don't count as organisers here. If two organisers remove
    each other at once, the second call raises LastOrganiser or PermissionDenied.
    """
    with transaction.atomic():
        keys = {row.summit_id for row in assignments}
        # With the lock on the summits, a concurrent call counts the organisers that this one has left.
        summits = Summit.objects.select_for_update().filter(pk__in=keys).order_by("pk").in_bulk()
        wanted = RoleAssignment.objects.filter(pk__in=[row.pk for row in assignments])
        rows = list(wanted.select_related("user__api_client"))
        for row in rows:
            check(by, "summit.roleassignment.change", summits[row.summit_id])
            audit.record(
                by=by,
                action=ROLE_ASSIGNMENT_ACTIONS.remove,
                target=row,
                summit=summits[row.summit_id],
                detail={"role": row.role, "rows": audit.references(row)},
            )
        RoleAssignment.objects.filter(pk__in=[row.pk for row in rows]).delete()
        people = [row for row in rows if row.role == Role.ORGANISER and not hasattr(row.user, "api_client")]
        _check_organised({row.summit_id: summits[row.summit_id] for row in people})
    return len(rows)


def _check_organised(summits: dict[int, Summit]) -> None:
    people = RoleAssignment.objects.filter(user__is_active=True, user__api_client=None, by_hand=True)
    organisers = people.filter(summit__in=summits, role=Role.ORGANISER)
    organised = set(organisers.values_list("summit", flat=True))
    for key, summit in summits.items():
        if key not in organised:
            message = _("%(summit)s would have no organiser. Give someone else the role first.")
            raise LastOrganiser(message % {"summit": summit.reads_as.name})
