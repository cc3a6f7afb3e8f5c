"""Reset an account's second step, after its owner has lost the telephone, so that they can set up a new one."""

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from summit.accounts import browser_sessions
from summit.api_base import tokens
from summit.audit import services as audit
from summit.core.languages import spoken
from summit.people.models import Person
from summit.permissions.models import RoleAssignment
from summit.permissions.rules import may_everything, summits_for
from summit.summits.models import Summit
from summit.users.models import User

ACTION = "summit.reset_second_step"


def can_reset(by: User, account: User) -> bool:
    """Return whether `by` may reset the second step of an account.

    Superusers may for all accounts but their own. Organisers may where the account holds roles and belongs to people
    in their own summits only: otherwise the organiser of one summit could weaken the protection of another. Nobody
    may for their own account, which has a page for it, and only a superuser for a superuser.
    """
    if by.pk == account.pk or not by.is_active:
        return False
    if may_everything(by):
        return True
    theirs = _summits_of(account)
    return bool(theirs) and theirs <= set(summits_for(by, ACTION) or []) and not account.is_superuser


def _summits_of(account: User) -> set[int]:
    """Return the keys of the summits in which an account, open or closed, holds a role or belongs to a person."""
    roles = RoleAssignment.objects.filter(user=account).order_by().values_list("summit_id", flat=True)
    return set(roles.union(Person.objects.filter(user=account).order_by().values_list("summit_id", flat=True)))


def only_summit(account: User) -> Summit | None:
    """Return the summit of an account with roles or people in exactly one summit, or None. Two queries.

    An audit entry with that summit is visible to its organisers. Entries about accounts of several summits are for
    superusers only.
    """
    theirs = _summits_of(account)
    return Summit.objects.filter(pk=min(theirs) if len(theirs) == 1 else 0).first()


def check_can_reset(by: User, account: User) -> None:
    """Raise PermissionDenied, with a sentence that says who can, where `can_reset` returns False."""
    if not can_reset(by, account):
        raise PermissionDenied(
            _("Organisers can do this for accounts of their summits alone; whoever set the system up, for all.")
        )


def reset(*, account: User, by: User) -> None:
    """Delete an account's passkeys, app and recovery codes, sign out its browsers, revoke its tokens, mail its owner.

    Raises PermissionDenied, or ValueError where the account has no second step.
    """
    check_can_reset(by, account)
    with transaction.atomic():
        gone = Authenticator.objects.filter(user=account)
        kinds = sorted(gone.values_list("type", flat=True))
        if not kinds:
            raise ValueError(_("This account has no second step."))
        gone.delete()
        ended = browser_sessions.end_all(user=account)
        # Somebody with the lost telephone may have made tokens.
        revoked = tokens.revoke_all(user=account, by=by)
        detail = {"removed": kinds, "browsers_ended": ended}
        audit.record(by=by, action=ACTION, target=account, summit=only_summit(account), detail=detail)
        _send_reset_mail(account, revoked)


def record(*, account: User, kind: str, added: bool) -> None:
    """Record that the owner of an account has `added` or removed an authenticator.

    `kind` is "webauthn" for a passkey, "totp" for an app, or that of recovery codes.
    """
    with transaction.atomic():
        audit.record(
            by=account,
            action="summit.set_up_second_step" if added else "summit.remove_second_step",
            target=account,
            summit=None,
            detail={"kind": kind},
        )


def _send_reset_mail(account: User, revoked: int) -> None:
    """Mail the owner of an account about the reset, with the number of revoked tokens, in the account's language."""
    with translation.override(spoken(account.language)):
        base = settings.BASE_URL
        context = {"url": f"{base}/accounts/login/", "revoked": revoked, "tokens": base + reverse("account_tokens")}
        text = render_to_string("mail/second_step_reset.txt", context)
        subject = settings.ACCOUNT_EMAIL_SUBJECT_PREFIX + _("Your second step was taken away")
        headers = {"Auto-Submitted": "auto-generated", "Content-Language": spoken(account.language)}
        EmailMessage(subject, text, to=[account.email], headers=headers).send()
