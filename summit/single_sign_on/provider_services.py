"""Adding, changing and removing identity providers and the roles of their groups."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from summit.audit import services as audit
from summit.audit.actions import row_actions
from summit.audit.row_changes import apply_values
from summit.core.punctuation import comma
from summit.core.registry import Registry
from summit.permissions.rules import check, may_everything
from summit.single_sign_on import ended_sessions, id_tokens, local_sign_ins, providers
from summit.single_sign_on.group_roles import GROUP_ROLE_ACTIONS
from summit.single_sign_on.models import GroupRole, IdentityProvider, Protocol
from summit.single_sign_on.providers import Provider
from summit.single_sign_on.refusals import SignInRefused
from summit.summits.models import Summit
from summit.users.models import User

# The fields that may be written. The short name and the issuer are fixed once a provider is added.
FIXED = ("slug", "issuer", "protocol")
CHANGEABLE = (
    *("name", "client_id", "client_secret", "sign_in_url", "sign_out_url", "certificates", "subject_attribute"),
    *("groups_claim", "second_factor_values", "is_active", "is_required", "for_delegations"),
)
# How many of the accounts that are linked at a provider a refusal names.
NAMED = 5
# Functions of the apps above: each returns why a provider with an issuer can't be removed, or "".
further_stops: Registry[Callable[[str], str]] = Registry()
# The parts of addresses that aren't short names of providers (summit.single_sign_on.urls).
RESERVED = ("link", "signed-out")
ACTIONS = row_actions(
    "summit.identityprovider",
    add=gettext_lazy("added the identity provider"),
    change=gettext_lazy("changed the identity provider"),
    remove=gettext_lazy("removed the identity provider"),
)


def check_may_set_up(by: User) -> None:
    """Raise PermissionDenied if a user may not set up providers: only the system administrator may."""
    if not may_everything(by):
        raise PermissionDenied(_("Only the system administrator can do this."))


def add_provider(*, values: Mapping[str, Any], by: User) -> IdentityProvider:
    """Add a provider and return it. Raises PermissionDenied, and ValidationError by field."""
    check_may_set_up(by)
    with transaction.atomic():
        row = IdentityProvider(**values)
        check_provider(row)
        _save(row)
        audit.record(
            by=by, action=ACTIONS.add, target=row, summit=None, fields=sorted(values), detail={"name": row.name}
        )
    return row


def change_provider(*, provider: IdentityProvider, values: Mapping[str, Any], by: User) -> None:
    """Change a provider. If it is turned off, whoever signed in at it is signed out.

    Raises PermissionDenied, and ValidationError by field, also for a field that is fixed.
    """
    check_may_set_up(by)
    if fixed := [name for name in values if name in FIXED and values[name] != getattr(provider, name)]:
        raise ValidationError({name: _("This can’t be changed. Add another provider.") for name in fixed})
    with transaction.atomic():
        row = IdentityProvider.objects.select_for_update().get(pk=provider.pk)
        changed = apply_values(row, values)
        if changed:
            check_provider(row)
            _save(row, update_fields=list(changed))
            if "is_active" in changed and not row.is_active:
                ended_sessions.end_at(row.issuer)
            detail = {"name": row.name, **audit.values(IdentityProvider, changed)}
            audit.record(by=by, action=ACTIONS.change, target=row, summit=None, fields=sorted(changed), detail=detail)


def remove_provider(*, provider: IdentityProvider, by: User) -> None:
    """Remove a provider that nothing needs (`stops_removal`). Raises PermissionDenied and ValidationError."""
    check_may_set_up(by)
    with transaction.atomic():
        if reason := stops_removal(provider):
            raise ValidationError(reason)
        audit.record(by=by, action=ACTIONS.remove, target=provider, summit=None, detail={"name": provider.name})
        IdentityProvider.objects.filter(pk=provider.pk).delete()


def stops_removal(provider: IdentityProvider) -> str:
    """Return why a provider can't be removed and what to do instead; "" if it can be.

    One whose issuer the environment has as well can be: what is linked there belongs to that one.
    """
    if any(each.issuer == provider.issuer for each in providers.of_environment()):
        return ""
    linked = User.objects.filter(socialaccount__provider=provider.issuer).order_by("email")
    addresses = list(linked.values_list("email", flat=True).distinct()[: NAMED + 1])
    if addresses:
        named = comma().join([*addresses[:NAMED], *(["…"] if len(addresses) > NAMED else [])])
        return _("Accounts are linked at this provider: %(accounts)s. Turn it off instead, or unlink them first.") % {
            "accounts": named
        }
    if GroupRole.objects.filter(issuer=provider.issuer).exists():
        return _("Groups at this provider have roles. Delete those under “Roles by group” first.")
    return next((reason for stops in further_stops if (reason := stops(provider.issuer))), "")


def try_out(provider: IdentityProvider) -> str:
    """Return why sign-ins at an OpenID provider would fail: it can't be asked, or names another issuer; "" if not.

    SAML has nothing to ask.
    """
    if provider.protocol == Protocol.SAML:
        return ""
    try:
        id_tokens.configuration(providers.of_row(provider))
    except SignInRefused as refused:
        return str(refused.reason.text)
    return ""


def check_provider(row: IdentityProvider) -> None:
    """Raise ValidationError, by field, for a provider that isn't complete or safe."""
    row.full_clean()
    names = {each.name for each in fields(Provider)} - {"second_factor_values", "from_environment"}
    providers.check_complete(Provider(**{name: getattr(row, name) for name in names}))
    if row.slug in RESERVED:
        raise ValidationError({"slug": _("Choose another short name: this one is in use.")})
    # One that the environment replaces can still be turned off.
    if row.is_active and providers.is_replaced(row):
        raise ValidationError({"slug": _("The environment (SSO_PROVIDERS) has this provider already.")})
    if row.for_delegations and SocialAccount.objects.filter(provider=row.issuer).exists():
        raise ValidationError({"for_delegations": _("Accounts are linked at this provider. Unlink them first.")})


def _save(row: IdentityProvider, **options: Any) -> None:
    """Save a provider that was checked. Raises ValidationError by field if that would lock everybody out."""
    row.save(**options)
    try:
        local_sign_ins.check_way_round()
    except ValidationError as problem:
        raise ValidationError({"is_required": problem.messages}) from None


def give_group_role(*, summit: Summit, issuer: str, group: str, role: str, by: User) -> GroupRole:
    """Give a role in a summit to a group at a provider, from its members' next sign-ins on, and return the row.

    Raises PermissionDenied, and ValidationError by field.
    """
    check(by, "summit.grouprole.change", summit)
    with transaction.atomic():
        row = GroupRole(summit=summit, issuer=issuer, group=group.strip(), role=role)
        row.full_clean()
        if providers.find(issuer) is None:
            raise ValidationError({"issuer": _("Choose a provider.")})
        row.save()
        detail = {"role": role, "group": row.group}
        audit.record(by=by, action=GROUP_ROLE_ACTIONS.add, target=row, summit=summit, detail=detail)
    return row


def take_group_role(*, row: GroupRole, by: User) -> None:
    """Take a role from a group. Its members lose it at their next sign-in, and after eight hours at the latest.

    Raises PermissionDenied.
    """
    check(by, "summit.grouprole.change", row.summit)
    with transaction.atomic():
        detail = {"role": row.role, "group": row.group}
        audit.record(by=by, action=GROUP_ROLE_ACTIONS.remove, target=row, summit=row.summit, detail=detail)
        GroupRole.objects.filter(pk=row.pk).delete()
