"""Reset an account's second step if its owner has lost the device, so that the owner can set up a new one."""

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from summit.accounts import browser_sessions
from summit.api_base import token_services
from summit.audit import services as audit
from summit.audit.actions import Facts, audit_action
from summit.core.languages import spoken
from summit.people.models import Person
from summit.permissions.models import RoleAssignment
from summit.permissions.rules import may_everything, summits_for
from summit.summits.models import Summit
from summit.users.models import User

ACTION = "summit.reset_second_step"


def _reset(facts: Facts) -> str:
    number = int(facts.detail.get("browsers_ended", 0))
    message = ngettext(
        "reset two-step verification and signed out %(number)d browser",
        "reset two-step verification and signed out %(number)d browsers",
        number,
    )
    return message % {"number": number}


def _kind(facts: Facts) -> str:
    names = {"webauthn": _("a passkey"), "totp": _("the authenticator app"), "recovery_codes": _("recovery codes")}
    return names.get(str(facts.detail.get("kind")), _("the second step"))


RESET_SECOND_STEP = audit_action(
    "summit.reset_second_step", _reset, label=gettext_lazy("reset two-step verification and signed out browsers")
)
SET_UP_SECOND_STEP = audit_action(
    "summit.set_up_second_step", lambda facts: _("set up %(what)s") % {"what": _kind(facts)}
)
REMOVE_SECOND_STEP = audit_action(
    "summit.remove_second_step", lambda facts: _("removed %(what)s") % {"what": _kind(facts)}
)


def can_reset(by: User, account: User) -> bool:
    """Return whether the user `by` may reset the second step of an account.

    Superusers may reset every account except their own. Organisers may reset accounts that have roles and people only
    in the organisers' own summits. Otherwise the organiser of one summit could weaken the protection of another.
    Organisers can't reset a superuser's account. Nobody may reset their own account here: it has a page for that.
    """
    if by.pk == account.pk or not by.is_active:
        return False
    if may_everything(by):
        return True
    summits = _summits_of(account)
    return bool(summits) and summits <= set(summits_for(by, ACTION) or []) and not account.is_superuser


def _summits_of(account: User) -> set[int]:
    """Return the keys of the summits in which an account, open or closed, holds a role or belongs to a person."""
    roles = RoleAssignment.objects.filter(user=account).order_by().values_list("summit_id", flat=True)
    return set(roles.union(Person.objects.filter(user=account).order_by().values_list("summit_id", flat=True)))


def only_summit(account: User) -> Summit | None:
    """Return the only summit in which an account has roles or people, or None if there isn't exactly one.

    An audit entry with that summit is visible to the summit's organisers. Entries about accounts of several summits
    are for superusers only. Makes two queries.
    """
    summits = _summits_of(account)
    return Summit.objects.filter(pk=min(summits) if len(summits) == 1 else 0).first()


def check_can_reset(by: User, account: User) -> None:
    """Raise PermissionDenied, with a sentence that says who can, where `can_reset` returns False."""
    if not can_reset(by, account):
        raise PermissionDenied(
            _(
                "Organisers can do this only for accounts of their own summits. For other accounts, ask the system "
                "administrator."
            )
        )


def reset(*, account: User, by: User) -> None:
    """Delete an account's second steps, sign out its browsers, revoke its tokens and mail its owner.

    The second steps are passkeys, the app and recovery codes. Raises PermissionDenied, or ValueError if the account
    has none of them.
    """
    check_can_reset(by, account)
    with transaction.atomic():
        authenticators = Authenticator.objects.filter(user=account)
        kinds = sorted(authenticators.values_list("type", flat=True))
        if not kinds:
            raise ValueError(_("This account has no two-step verification."))
        authenticators.delete()
        ended = browser_sessions.end_all(user=account)
        # Somebody with the lost telephone may have made tokens.
        revoked = token_services.revoke_all(user=account, by=by)
        detail = {"removed": kinds, "browsers_ended": ended}
        audit.record(by=by, action=RESET_SECOND_STEP, target=account, summit=only_summit(account), detail=detail)
        _send_reset_mail(account, revoked)


def record(*, account: User, kind: str, added: bool) -> None:
    """Record in the audit that an account's owner has added an authenticator or, without `added`, removed it.

    `kind` is "webauthn" for a passkey, "totp" for an app, or "recovery_codes".
    """
    with transaction.atomic():
        audit.record(
            by=account,
            action=SET_UP_SECOND_STEP if added else REMOVE_SECOND_STEP,
            target=account,
            summit=None,
            detail={"kind": kind},
        )


def _send_reset_mail(account: User, revoked: int) -> None:
    """Mail an account's owner about the reset, in the account's language.

    `revoked` is the number of revoked tokens.
    """
    with translation.override(spoken(account.language)):
        base = settings.BASE_URL
        context = {"url": f"{base}/accounts/login/", "revoked": revoked, "tokens": base + reverse("account_tokens")}
        text = render_to_string("mail/second_step_reset.txt", context)
        subject = settings.ACCOUNT_EMAIL_SUBJECT_PREFIX + _("Your two-step verification was reset")
        headers = {"Auto-Submitted": "auto-generated", "Content-Language": spoken(account.language)}
        EmailMessage(subject, text, to=[account.email], headers=headers).send()
