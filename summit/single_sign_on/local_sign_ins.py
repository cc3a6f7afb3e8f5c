"""Sign-ins with a password or passkey of Summit, round an identity provider: who may, and who is told of it."""

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from summit.accounts.mfa_reset import only_summit
from summit.audit import services as audit
from summit.audit.actions import audit_action
from summit.permissions.models import RoleAssignment
from summit.permissions.rules import may_everything
from summit.single_sign_on import messages, providers
from summit.single_sign_on.models import EmergencyAccount
from summit.summits.models import Summit
from summit.users.models import User

ALLOW = audit_action("summit.allow_emergency_sign_in", gettext_lazy("made the account an emergency account"))
FORBID = audit_action("summit.forbid_emergency_sign_in", gettext_lazy("made the account an ordinary account again"))
USE = audit_action("summit.use_emergency_sign_in", gettext_lazy("signed in as an emergency account"))


def is_emergency_account(user: User) -> bool:
    """Return whether an account may go round a required provider. Makes one query."""
    return EmergencyAccount.objects.filter(user=user).exists()


def is_emergency() -> Exists:
    """Return the condition of a query for accounts that are emergency accounts."""
    return Exists(EmergencyAccount.objects.filter(user=OuterRef("pk")))


def must_use_provider(user: User) -> bool:
    """Return whether an account may sign in at its provider alone.

    That is so if it is linked at an active provider that is required, and isn't an emergency account. Makes two
    queries, and a third if a provider is required.
    """
    required = [each.issuer for each in providers.for_desks() if each.is_required]
    if not required or not SocialAccount.objects.filter(user=user, provider__in=required).exists():
        return False
    return not is_emergency_account(user)


def can_change_emergency(by: User) -> bool:
    """Return whether a user may say which accounts are emergency accounts: the system administrator alone."""
    return may_everything(by)


def check_can_change_emergency(by: User) -> None:
    """Raise PermissionDenied where `can_change_emergency` returns False."""
    if not can_change_emergency(by):
        raise PermissionDenied(_("Only the system administrator can do this."))


def check_way_round(*, closing: User | None = None) -> None:
    """Raise ValidationError if no system administrator could sign in while the required providers are down.

    Whoever could has a password or a passkey, and is an emergency account or linked at none of these providers. Call
    it after a change, in its transaction; before an account is closed, with that account.
    """
    required = [each.issuer for each in providers.for_desks() if each.is_required]
    if not required:
        return
    emergency = EmergencyAccount.objects.values("user")
    bound = SocialAccount.objects.filter(provider__in=required).exclude(user__in=emergency)
    free = User.objects.filter(is_superuser=True, is_active=True).exclude(pk__in=bound.values("user"))
    if closing is not None:
        free = free.exclude(pk=closing.pk)
    with_passkey = set(Authenticator.objects.filter(type=Authenticator.Type.WEBAUTHN).values_list("user", flat=True))
    if not any(user.pk in with_passkey or user.has_usable_password() for user in free):
        raise ValidationError(
            _("Make an account of a system administrator an emergency account first, so that no one is locked out.")
        )


def set_emergency(*, account: User, on: bool, by: User) -> None:
    """Make an account an emergency account, or an ordinary one again.

    Raises PermissionDenied, and ValidationError if nobody could get in any more while providers are down.
    """
    check_can_change_emergency(by)
    with transaction.atomic():
        if on:
            changed = EmergencyAccount.objects.get_or_create(user=account)[1]
        else:
            changed = bool(EmergencyAccount.objects.filter(user=account).delete()[0])
            check_way_round()
        if changed:
            audit.record(by=by, action=ALLOW if on else FORBID, target=account, summit=only_summit(account))


def record_use(*, account: User) -> None:
    """Record that an emergency account signed in with its own password or passkey, and tell the other organisers.

    Organisers of each summit in which the account has a role are told, and all system administrators.
    """
    with transaction.atomic():
        entry = audit.record(by=account, action=USE, target=account, summit=only_summit(account))
        summits = Summit.objects.filter(pk__in=RoleAssignment.objects.filter(user=account).values("summit"))
        causes = [messages.EmergencySignIn(account, summit, entry.pk, entry.at) for summit in summits.order_by("pk")]
        messages.EMERGENCY_SIGN_IN.send(*causes, messages.EmergencySignIn(account, None, entry.pk, entry.at))
