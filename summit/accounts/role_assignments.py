"""Who works for a summit: roles are given by e-mail and taken away again, never changed."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from summit.accounts.messages import welcome
from summit.audit import services as audit
from summit.outbox import enqueue
from summit.permissions.models import Role, RoleAssignment
from summit.permissions.rules import check
from summit.summits import services as summits_services
from summit.summits.models import Summit
from summit.users.models import User


@dataclass(frozen=True)
class Colleague:
    """Somebody who will work for a summit, in a role."""

    email: str
    role: str
    name: str = ""
    # Of the account and what is written to it, where it is new: "" for the summit's.
    language: str = ""


class LastOrganiser(ValueError):
    """A summit would be left without an organiser; its text is a sentence for whoever asked."""


def validate_open(address: str) -> None:
    """Refuse the address of an account that is closed: its owner could do nothing with a role. One query."""
    if User.objects.filter(email=address.strip().lower(), is_active=False).exists():
        raise ValidationError(_("This account is closed. Whoever set the system up can open it."))


def give(*, summit: Summit, user: User, role: str, by: User) -> bool:
    """Give an account a role, and return whether it did not hold it before. Whoever calls this has asked whether `by`
    may."""
    with transaction.atomic():
        assignment, made = RoleAssignment.objects.get_or_create(summit=summit, user=user, role=role)
        if made:
            audit.record(
                by=by,
                action="summit.roleassignment.add",
                target=assignment,
                summit=summit,
                fields=["user", "role"],
                detail={"role": str(role)},
            )
    return made


@summits_services.founding.register(10)
def found(summit: Summit, user: User) -> None:
    """Make whoever creates a summit its organiser, in the caller's transaction."""
    give(summit=summit, user=user, role=Role.ORGANISER, by=user)


def add_team(*, summit: Summit, colleagues: Sequence[Colleague], by: User) -> int:
    """Give colleagues their roles, and return how many accounts that reached.

    Who has no account yet gets one, and each who gets a role is written to: where the account can't sign in by a
    password yet, with a link to choose one. Raises PermissionDenied, and ValidationError for what can't stand in a
    field and for an account that is closed.
    """
    check(by, "summit.roleassignment.change", summit)
    with transaction.atomic():
        given: dict[int, tuple[User, list[str]]] = {}
        for colleague in colleagues:
            user = _account(colleague, summit, by)
            if give(summit=summit, user=user, role=colleague.role, by=by):
                given.setdefault(user.pk, (user, []))[1].append(colleague.role)
        # Whoever gives one of them another role at the same time waits, and names both.
        list(User.objects.select_for_update().filter(pk__in=given).order_by("pk").values_list("pk", flat=True))
        enqueue.store([welcome(summit=summit, user=user, roles=names) for user, names in given.values()])
    return len(given)


def _account(colleague: Colleague, summit: Summit, by: User) -> User:
    language = colleague.language or summit.language
    return account(email=colleague.email, name=colleague.name, language=language, summit=summit, by=by)


def account(*, email: str, name: str, language: str, summit: Summit, by: User) -> User:
    """Return the account of an address; where it has none, a new one that can't sign in by a password yet. Whoever
    calls this has asked whether `by` may. Raises ValidationError."""
    address = email.strip().lower()
    validate_open(address)
    user = User.objects.filter(email=address).first()
    if user is None:
        user = User(email=address, name=name, language=language)
        user.set_unusable_password()
        user.full_clean()
        user.save()
        audit.record(by=by, action="summit.user.add", target=user, summit=summit)
    return user


def take_away(*, assignments: Sequence[RoleAssignment], by: User) -> int:
    """Take roles away, all or none, and return how many.

    A summit keeps an organiser whose account is open and who is no application: of two who take each other's role
    away at once, the second is refused. Raises PermissionDenied and LastOrganiser.
    """
    with transaction.atomic():
        keys = {row.summit_id for row in assignments}
        # The lock on the summits makes whoever comes second count what the first has left.
        summits = Summit.objects.select_for_update().filter(pk__in=keys).order_by("pk").in_bulk()
        wanted = RoleAssignment.objects.filter(pk__in=[row.pk for row in assignments])
        rows = list(wanted.select_related("user__api_client"))
        for row in rows:
            check(by, "summit.roleassignment.change", summits[row.summit_id])
            audit.record(
                by=by,
                action="summit.roleassignment.remove",
                target=row,
                summit=summits[row.summit_id],
                detail={"rows": audit.references(row)},
            )
        RoleAssignment.objects.filter(pk__in=[row.pk for row in rows]).delete()
        people = [row for row in rows if row.role == Role.ORGANISER and not hasattr(row.user, "api_client")]
        _check_organised({row.summit_id: summits[row.summit_id] for row in people})
    return len(rows)


def _check_organised(summits: dict[int, Summit]) -> None:
    people = RoleAssignment.objects.filter(user__is_active=True, user__api_client=None)
    organisers = people.filter(summit__in=summits, role=Role.ORGANISER)
    organised = set(organisers.values_list("summit", flat=True))
    for key, summit in summits.items():
        if key not in organised:
            said = _("%(summit)s would have no organiser. Give somebody else the role first.")
            raise LastOrganiser(said % {"summit": summit.reads_as.name})
