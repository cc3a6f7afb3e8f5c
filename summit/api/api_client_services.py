"""Services that create and end applications: programs with roles of their own in one summit."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from summit.accounts import role_assignments
from summit.api_base.models.tokens import ApiClient, Token
from summit.audit import services as audit
from summit.audit.actions import Facts, audit_action, row_actions
from summit.core.models import new_public_id
from summit.permissions.models import BY_HAND, RoleAssignment
from summit.permissions.rules import check
from summit.summits.models import Summit
from summit.users.models import User

# A domain that no mail can reach (RFC 2606): nobody gets a link to choose a password for such an account.
DOMAIN = "api_clients.invalid"


def _ended(facts: Facts) -> str:
    number = int(facts.detail.get("tokens", 0))
    if not number:
        return _("ended the API client")
    message = ngettext(
        "ended the API client and its %(number)d token", "ended the API client and its %(number)d tokens", number
    )
    return message % {"number": number}


API_CLIENT_ACTIONS = row_actions(
    "api.apiclient",
    add=gettext_lazy("created the API client"),
    change=gettext_lazy("changed the API client"),
    remove=gettext_lazy("deleted the API client"),
)
END = audit_action("api.apiclient.end", _ended, label=gettext_lazy("ended the API client"))


def is_one(user: User) -> bool:
    """Return whether an account belongs to an application and not to a person. Makes no query."""
    return user.email.endswith(f"@{DOMAIN}")


def make(*, by: User, summit: Summit, name: str, given: Iterable[str]) -> ApiClient:
    """Create an application, and an account for it with the roles `given`, and return the application.

    Raises PermissionDenied, and ValidationError if the name is invalid or the roles are missing or unknown.
    """
    check(by, "api.apiclient.change", summit)
    check(by, "summit.roleassignment.change", summit)
    roles = sorted(set(given))
    if not roles or not set(roles) <= set(map(str, BY_HAND)):
        raise ValidationError({"roles": _("Choose at least one role. Roles determine what the API client can do.")})
    user = User(email=f"{new_public_id()}@{DOMAIN}", name=name.strip(), language=summit.language)
    user.set_unusable_password()
    api_client = ApiClient(summit=summit, name=name.strip(), user=user)
    api_client.full_clean(exclude=["user"])
    with transaction.atomic():
        user.save()
        api_client.user = user
        api_client.save()
        audit.record(by=by, action=API_CLIENT_ACTIONS.add, target=api_client, summit=summit, fields=["name"])
        for role in roles:
            role_assignments.give(summit=summit, user=user, role=role, by=by)
    return api_client


def end(*, api_client: ApiClient, by: User) -> bool:
    """End an application: revoke its tokens, close its account and remove the account's roles.

    Returns False if the application had ended before. Raises PermissionDenied.
    """
    summit = api_client.summit
    check(by, "api.apiclient.change", summit)
    with transaction.atomic():
        if not ApiClient.objects.filter(pk=api_client.pk, ended_at__isnull=True).update(ended_at=Now()):
            return False
        number = Token.objects.filter(api_client=api_client, revoked_at__isnull=True).update(revoked_at=Now())
        User.objects.filter(pk=api_client.user_id).update(is_active=False)
        role_assignments.remove(assignments=list(RoleAssignment.objects.filter(user=api_client.user_id)), by=by)
        audit.record(by=by, action=END, target=api_client, summit=summit, detail={"tokens": number})
    return True
