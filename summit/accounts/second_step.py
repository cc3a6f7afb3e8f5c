"""A lost telephone: an organiser takes an account's second step away, so that its owner can set up a new one."""

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
    """Return whether `by` may take away the second step of an account.

    An organiser, where the account works or stands in their own summits alone: else the organiser of one summit
    would open the door to another. Nobody for themselves, who have their own page for it, and nobody but a superuser
    for a superuser.
    """
    if by.pk == account.pk or not by.is_active:
        return False
    if may_everything(by):
        return True
    theirs = _summits_of(account)
    return bool(theirs) and theirs <= set(summits_for(by, ACTION) or []) and not account.is_superuser


def _summits_of(account: User) -> set[int]:
    """Return the summits where an account holds a role or stands as a person, whether it is open or closed."""
    roles = RoleAssignment.objects.filter(user=account).order_by().values_list("summit_id", flat=True)
    return set(roles.union(Person.objects.filter(user=account).order_by().values_list("summit_id", flat=True)))


def only_summit(account: User) -> Summit | None:
    """Return the one summit with which an account has to do, None where there are several or none: organisers read
    the audit of their summit; what concerns several is for whoever set the system up. Two queries."""
    theirs = _summits_of(account)
    return Summit.objects.filter(pk=min(theirs) if len(theirs) == 1 else 0).first()


def check_can_reset(by: User, account: User) -> None:
    """Raise PermissionDenied, with a sentence that says who can, where `can_reset` is false."""
    if not can_reset(by, account):
        raise PermissionDenied(
            _("Organisers can do this for accounts of their summits alone; whoever set the system up, for all.")
        )


def reset(*, account: User, by: User) -> None:
    """Take away an account's passkeys, app and recovery codes, end its browsers and tokens, and tell its owner.

    Raises PermissionDenied, or ValueError where there is nothing to take away.
    """
    check_can_reset(by, account)
    with transaction.atomic():
        gone = Authenticator.objects.filter(user=account)
        kinds = sorted(gone.values_list("type", flat=True))
        if not kinds:
            raise ValueError(_("This account has no second step."))
        gone.delete()
        ended = browser_sessions.end_all(user=account)
        # Whoever has the lost telephone may have made some.
        revoked = tokens.revoke_all(user=account, by=by)
        detail = {"removed": kinds, "browsers_ended": ended}
        audit.record(by=by, action=ACTION, target=account, summit=only_summit(account), detail=detail)
        _tell(account, revoked)


def note(*, account: User, kind: str, added: bool) -> None:
    """Record that the owner of an account set up a passkey ("webauthn"), an app ("totp") or recovery codes, or took
    them away."""
    with transaction.atomic():
        audit.record(
            by=account,
            action="summit.set_up_second_step" if added else "summit.remove_second_step",
            target=account,
            summit=None,
            detail={"kind": kind},
        )


def _tell(account: User, revoked: int) -> None:
    """Write to the owner, in the account's language, also of so many tokens that were revoked."""
    with translation.override(spoken(account.language)):
        base = settings.BASE_URL
        context = {"url": f"{base}/accounts/login/", "revoked": revoked, "tokens": base + reverse("account_tokens")}
        text = render_to_string("mail/second_step_reset.txt", context)
        subject = settings.ACCOUNT_EMAIL_SUBJECT_PREFIX + _("Your second step was taken away")
        headers = {"Auto-Submitted": "auto-generated", "Content-Language": spoken(account.language)}
        EmailMessage(subject, text, to=[account.email], headers=headers).send()
