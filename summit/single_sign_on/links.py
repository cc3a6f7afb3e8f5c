"""Links between accounts and subjects of identity providers: by a link from a mail, or by an organiser with a code.

An account is never linked because of its e-mail address: whoever administers a provider can claim any address.
"""

import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models.functions import Now
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from summit.accounts import browser_sessions, mfa_reset
from summit.accounts import messages as accounts_messages
from summit.accounts.mfa_reset import only_summit
from summit.audit import services as audit
from summit.audit.actions import Facts, audit_action
from summit.core.languages import spoken
from summit.core.models import ALPHABET
from summit.maintenance import heartbeats
from summit.permissions.rules import may_everything
from summit.single_sign_on import ended_sessions, group_roles, local_sign_ins, providers, refusals
from summit.single_sign_on.facts import SignInFacts
from summit.single_sign_on.models import UnlinkedSignIn
from summit.single_sign_on.refusals import SignInRefused
from summit.users.models import User


def naming_provider(template: Any, label: Any) -> Callable[[Facts], str]:
    """Return the function for the sentence of an entry: `template` with the provider's name, or `label` without one.

    The label names the action where there is no entry.
    """

    def say(facts: Facts) -> str:
        name = facts.detail.get("provider")
        return str(template) % {"provider": name} if name else str(label)

    return say


LINK = audit_action(
    "summit.link_sign_in",
    naming_provider(gettext_lazy("linked a sign-in at %(provider)s"), gettext_lazy("linked a sign-in")),
)
UNLINK = audit_action(
    "summit.unlink_sign_in",
    naming_provider(gettext_lazy("unlinked a sign-in at %(provider)s"), gettext_lazy("unlinked a sign-in")),
)
_SALT = "summit.single_sign_on.links"
# How long a sign-in without an account waits for an organiser.
KEPT = timedelta(days=7)


def links_of(user: User) -> list[SocialAccount]:
    """Return an account's links, the oldest first. Makes one query."""
    return list(SocialAccount.objects.filter(user=user).order_by("pk"))


def can_link(by: User, account: User) -> bool:
    """Return whether `by` may link sign-ins to an account, and unlink them.

    Whoever is linked can do what the account may. So the rule is that for resetting a second step: organisers may do
    it for accounts of their own summits alone.
    """
    return mfa_reset.can_reset(by, account) or (may_everything(by) and by.pk == account.pk)


def check_can_link(by: User, account: User) -> None:
    """Raise PermissionDenied, with a sentence that says who can, where `can_link` returns False."""
    if not can_link(by, account):
        raise PermissionDenied(
            _(
                "Organisers can do this only for accounts of their own summits. For other accounts, ask the system "
                "administrator."
            )
        )


@accounts_messages.invitations.register(1)
def invitation_address(user: User) -> str:
    """Return the address by which the owner of an account links it, once and for as long as a link for a password.

    Returns "" if no identity provider is configured, or if the account is linked already.
    """
    if not providers.for_desks() or SocialAccount.objects.filter(user=user).exists():
        return ""
    token = signing.dumps([user.public_id, _state(user)], salt=_SALT, compress=False)
    return f"{settings.BASE_URL}{reverse('sso_invitation', args=[token])}"


def _state(user: User) -> str:
    """Return what an invitation depends on: it ends with the account's first sign-in, also where that is unlinked."""
    return user.last_login.isoformat() if user.last_login else ""


def invited(token: str) -> User | None:
    """Return the account of an invitation; None if that has expired, or the account has signed in or is closed."""
    try:
        public_id, state = signing.loads(token, salt=_SALT, max_age=settings.PASSWORD_RESET_TIMEOUT)
    except signing.BadSignature:
        return None
    user = User.objects.filter(public_id=public_id, is_active=True, socialaccount=None).first()
    return user if user is not None and _state(user) == state else None


def link_invited(*, token: str, facts: SignInFacts) -> SocialAccount:
    """Link a sign-in to the account whose owner got an invitation, and return the link. Raises SignInRefused."""
    with transaction.atomic():
        user = invited(token)
        if user is not None:
            User.objects.select_for_update().get(pk=user.pk)
        # Somebody else may have used the same invitation before the lock was there.
        if user is None or SocialAccount.objects.filter(user=user).exists():
            raise SignInRefused(refusals.LINK_OVER)
        try:
            return _link(user, facts.issuer, facts.subject, by=user)
        except ValidationError:
            raise SignInRefused(refusals.LAST_WAY_IN) from None


def remember(facts: SignInFacts) -> UnlinkedSignIn:
    """Store that a subject that is linked to no account has signed in, and return the row with the code for it."""
    # One whose week is over gets a new code, even if it isn't cleared yet.
    UnlinkedSignIn.objects.filter(issuer=facts.issuer, subject=facts.subject, at__lte=Now() - KEPT).delete()
    row, _created = UnlinkedSignIn.objects.update_or_create(
        issuer=facts.issuer,
        subject=facts.subject,
        defaults={"name": facts.name, "email": facts.email, "at": Now()},
        create_defaults={"name": facts.name, "email": facts.email, "code": _new_code()},
    )
    return row


def waiting_row(key: int) -> UnlinkedSignIn | None:
    """Return the sign-in that waits with a primary key, or None."""
    return UnlinkedSignIn.objects.filter(pk=key, at__gt=Now() - KEPT).first()


def waiting(code: str) -> UnlinkedSignIn | None:
    """Return the sign-in that waits with a code, as somebody typed it, or None."""
    letters = "".join(character for character in code.lower() if character.isalnum())
    # Crockford's base 32 takes letters for the digits that they look like.
    letters = letters.translate(str.maketrans("oil", "011"))
    typed = f"{letters[:4]}-{letters[4:]}"
    return UnlinkedSignIn.objects.filter(code=typed, at__gt=Now() - KEPT).first()


def link_waiting(*, account: User, row: UnlinkedSignIn, by: User, browser: str | None = None) -> SocialAccount:
    """Link a sign-in that waits to an account, and return the link. The owner gets a mail.

    `browser` is the key of the session that stays, if it is the account's own. Raises PermissionDenied, and
    ValidationError if the account is closed or linked at this provider already, the sign-in was linked meanwhile, or
    no system administrator could get in any more without a provider.
    """
    check_can_link(by, account)
    with transaction.atomic():
        account = User.objects.select_for_update().get(pk=account.pk)
        if not account.is_active:
            raise ValidationError(_("This account is closed. Reopen it first."))
        if SocialAccount.objects.filter(user=account, provider=row.issuer).exists():
            raise ValidationError(_("This account is linked at this provider already. Unlink that sign-in first."))
        if not UnlinkedSignIn.objects.filter(pk=row.pk).delete()[0]:
            raise ValidationError(_("This sign-in has since been linked."))
        return _link(account, row.issuer, row.subject, by=by, browser=browser)


def unlink(*, link: SocialAccount, by: User, browser: str | None = None) -> None:
    """Remove a link, and the roles that the account has by groups at that provider.

    It is signed out of the browsers in which it signed in by the link, but for the session with the key `browser`.
    Raises PermissionDenied.
    """
    account: User = link.user
    check_can_link(by, account)
    with transaction.atomic():
        if not SocialAccount.objects.filter(pk=link.pk).delete()[0]:
            return
        ended_sessions.end(issuer=link.provider, subject=link.uid, but=browser)
        group_roles.take_all(user=account, issuer=link.provider)
        detail = {"provider": providers.name_of(link.provider)}
        audit.record(by=by, action=UNLINK, target=account, summit=only_summit(account), detail=detail)
    _tell_owner(account, link.provider, linked=False)


def _link(user: User, issuer: str, subject: str, *, by: User, browser: str | None = None) -> SocialAccount:
    row: SocialAccount = SocialAccount.objects.create(user=user, provider=issuer, uid=subject, extra_data={})
    UnlinkedSignIn.objects.filter(issuer=issuer, subject=subject).delete()
    local_sign_ins.check_way_round()
    # What signed in before knew nothing of the provider.
    browser_sessions.end_all(user=user, but=browser)
    detail = {"provider": providers.name_of(issuer)}
    audit.record(by=by, action=LINK, target=user, summit=only_summit(user), detail=detail)
    _tell_owner(user, issuer, linked=True)
    return row


def _tell_owner(account: User, issuer: str, *, linked: bool) -> None:
    """Mail an account's owner that it was linked or unlinked, in the account's language."""
    with translation.override(spoken(account.language)):
        context = {
            "provider": providers.name_of(issuer),
            "linked": linked,
            "url": f"{settings.BASE_URL}/accounts/login/",
        }
        text = render_to_string("mail/sign_in_linked.txt", context)
        subject = (
            _("Your account was linked to %(provider)s")
            if linked
            else _("Your account was unlinked from %(provider)s")
        )
        headers = {"Auto-Submitted": "auto-generated", "Content-Language": spoken(account.language)}
        EmailMessage(
            settings.ACCOUNT_EMAIL_SUBJECT_PREFIX + subject % context, text, to=[account.email], headers=headers
        ).send()


def _new_code() -> str:
    letters = "".join(secrets.choice(ALPHABET) for _place in range(8))
    return f"{letters[:4]}-{letters[4:]}"


@heartbeats.clears(7)
def clear() -> None:
    """Delete sign-ins that nobody has linked within a week."""
    UnlinkedSignIn.objects.filter(at__lte=Now() - KEPT).delete()
