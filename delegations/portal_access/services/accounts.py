"""Giving portal accounts to people and removing them.

Most people have no account, because most members of a delegation never use the portal. If a person has an account, it
is linked to the person in this summit.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.members.models.focal_points import FocalPoint
from delegations.members.models.members import Membership
from summit.accounts import browser_sessions, role_assignments
from summit.accounts import messages as accounts_messages
from summit.accounts.visible_accounts import CHOOSE, visible_accounts
from summit.api import api_client_services
from summit.audit import services as audit
from summit.audit.actions import audit_action
from summit.people.models import Person
from summit.permissions.models import Role
from summit.permissions.rules import check
from summit.summits.models import Summit
from summit.users.models import User

ACTION = "delegations.give_account"
OF_PROGRAM = gettext_lazy("This account belongs to an API client. People need their own account.")
GIVE_ACCOUNT = audit_action("delegations.give_account", gettext_lazy("created an account for the person"))
TAKE_ACCOUNT = audit_action("delegations.take_account", gettext_lazy("removed the person’s account"))


@dataclass
class AccountRecipients:
    """The people who got an account (`to`), and the other people with the reasons (`skipped`)."""

    to: list[Person] = field(default_factory=list)
    skipped: list[tuple[Person, str]] = field(default_factory=list)


def preview(*, people: Iterable[Person]) -> AccountRecipients:
    """Return the people who would get an account, and the other people with the reasons.

    Makes five queries, whatever the number of people.
    """
    rows = list(people)
    keys = [row.pk for row in rows]
    acting = set(FocalPoint.objects.filter(person__in=keys).values_list("person_id", flat=True))
    members = set(Membership.objects.filter(person__in=keys).values_list("person_id", flat=True))
    addresses = {row.email.strip().lower() for row in rows if row.email}
    liaison = set(Person.objects.filter(pk__in=keys, liaison_officer__isnull=False).values_list("pk", flat=True))
    users = {user.email: user for user in User.objects.filter(email__in=addresses)}
    holding = Person.objects.filter(user__in=users.values())
    holders_by_account = {(row.summit_id, row.user_id): row for row in holding}
    recipients = AccountRecipients()
    claimed: dict[tuple[int, str], Person] = {}
    for row in rows:
        address = row.email.strip().lower()
        user = users.get(address)
        holder = claimed.get((row.summit_id, address))
        if user is not None:
            holder = holders_by_account.get((row.summit_id, user.pk)) or holder
        reason = _reason(row, user, holder, row.pk in acting | members | liaison)
        if reason:
            recipients.skipped.append((row, reason))
        else:
            claimed[row.summit_id, address] = row
            recipients.to.append(row)
    return recipients


def _reason(row: Person, user: User | None, holder: Person | None, belongs: bool) -> str:
    if row.user_id is not None:
        return _("Already has an account.")
    if not belongs:
        return _("Is not in any delegation and has no use for the portal.")
    if not row.email:
        return _("Has no email address to sign in with. Add one first.")
    if holder is not None:
        message = _(
            "%(person)s already uses this email address to sign in. Each account belongs to one person, so enter "
            "another address."
        )
        return message % {"person": holder.label}
    return _of_account(user) if user is not None else ""


def _of_account(user: User) -> str:
    """Return why nobody can sign in with an account, or "" if somebody can."""
    if api_client_services.is_one(user):
        return str(OF_PROGRAM)
    if not user.is_active:
        return _("The account for this email address is closed. Ask the system administrator to reopen it.")
    return ""


def give(*, people: Iterable[Person], by: User) -> AccountRecipients:
    """Give accounts to people and send each a mail, in one transaction. Return who got one, and the others with the
    reasons.

    If a mailbox has no account, a new one is created, and the mail has a link to choose a password. The caller
    fetches the people with their summits. Raises PermissionDenied.
    """
    with transaction.atomic():
        rows = list(people)
        summits = _locked(rows, by, ACTION)
        recipients = preview(people=Person.objects.filter(pk__in=[row.pk for row in rows]).order_by("pk"))
        for row in list(recipients.to):
            try:
                with transaction.atomic():
                    _give(row, summits[row.summit_id], by)
            except ValidationError as problem:
                recipients.to.remove(row)
                recipients.skipped.append((row, " ".join(problem.messages)))
    return recipients


def _locked(rows: Iterable[Person], by: User, action: str) -> dict[int, Summit]:
    keys = {row.summit_id for row in rows}
    # Others who give accounts in the same summit wait here, because an account can belong to only one person in it.
    summits = {row.pk: row for row in Summit.objects.select_for_update().filter(pk__in=keys).order_by("pk")}
    for summit in summits.values():
        check(by, action, summit)
    return summits


def _give(row: Person, summit: Summit, by: User) -> None:
    user = role_assignments.account(email=row.email, name=row.name, language=row.language, summit=summit, by=by)
    row.user = user
    row.save(update_fields=["user"])
    roles = [Role.FOCAL_POINT] if FocalPoint.objects.filter(person=row).exists() else []
    roles += [Role.DELEGATE] if Membership.objects.filter(person=row).exists() else []
    roles += (
        [Role.LIAISON_OFFICER] if Person.objects.filter(pk=row.pk, liaison_officer__isnull=False).exists() else []
    )
    accounts_messages.WELCOME.send(accounts_messages.of_portal(summit=summit, user=user, roles=roles))
    detail = {"rows": [audit.name_of(user)]}
    audit.record(by=by, action=GIVE_ACCOUNT, target=row, summit=summit, fields=["user"], detail=detail)


def withdraw_accounts(*, people: Iterable[Person], by: User) -> int:
    """Remove the accounts from people, sign them out everywhere, and return how many accounts were removed.

    The accounts still exist, because they may belong to a person in another summit, or to a desk user. Raises
    PermissionDenied.
    """
    removed = 0
    with transaction.atomic():
        rows = list(people)
        summits = _locked(rows, by, ACTION)
        holders = Person.objects.filter(pk__in=[row.pk for row in rows], user__isnull=False).select_related("user")
        for row in holders.order_by("pk"):
            user = row.user
            assert user is not None  # noqa: S101 - those without were left out
            row.user = None
            row.save(update_fields=["user"])
            browser_sessions.end_all(user=user)
            audit.record(
                by=by,
                action=TAKE_ACCOUNT,
                target=row,
                summit=summits[row.summit_id],
                fields=["user"],
                detail={"rows": [audit.name_of(user)]},
            )
            removed += 1
    return removed


def assign(*, person: Person, user: User | None, by: User) -> None:
    """Link an account to a person in place of the present one, or remove it if `user` is None. No mail is sent.

    The previous account is signed out everywhere. Raises PermissionDenied. Raises ValidationError if the person was
    erased, or if the account is an API client's, another person's in this summit, or not visible to `by`.
    """
    with transaction.atomic():
        summit = _locked([person], by, CHOOSE)[person.summit_id]
        current = Person.objects.select_related("user").get(pk=person.pk)
        if user == current.user:
            return
        if user is not None and not visible_accounts(by).filter(pk=user.pk).exists():
            raise ValidationError({"user": _("Choose an account from one of your summits.")})
        _check_may_have(current, user)
        holder = Person.objects.filter(summit=summit, user=user).first() if user else None
        if holder is not None:
            message = _("This account belongs to %(person)s in this summit. Each account belongs to one person.")
            raise ValidationError({"user": message % {"person": holder.label}})
        previous, current.user = current.user, user
        current.save(update_fields=["user"])
        if previous is not None:
            browser_sessions.end_all(user=previous)
            detail = {"rows": [audit.name_of(previous)]}
            audit.record(
                by=by,
                action=TAKE_ACCOUNT,
                target=current,
                summit=summit,
                fields=["user"],
                detail=detail,
            )
        if user is not None:
            detail = {"rows": [audit.name_of(user)]}
            audit.record(
                by=by,
                action=GIVE_ACCOUNT,
                target=current,
                summit=summit,
                fields=["user"],
                detail=detail,
            )


def _check_may_have(person: Person, user: User | None) -> None:
    """Raise ValidationError if the person was erased, or if the account is an API client's."""
    if user is not None and person.erased_at is not None:
        message = _("This person’s data was erased, so it cannot be edited. Add the person again.")
        raise ValidationError({"user": message})
    if user is not None and api_client_services.is_one(user):
        raise ValidationError({"user": OF_PROGRAM})
