"""The welcome message, sent to a user with a new role or to a person with a new account for the portal."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from summit.accounts.password_links import password_link
from summit.core.punctuation import comma
from summit.core.registry import Registry
from summit.outbox.addressees import Addressee, of_user
from summit.outbox.failure_reasons import because
from summit.outbox.message_kinds import MessageKind, for_each, register
from summit.outbox.models import Message, MessageState
from summit.permissions.models import Role, RoleAssignment
from summit.summits.models import Summit
from summit.users.models import User

# Functions of the packages above that return the address of another way to sign in for the first time, or "".
invitations: Registry[Callable[[User], str]] = Registry()
KIND = "welcome"
CLOSED, NAMED, REMOVED = "summit.account_closed", "summit.roles_named", "summit.roles_removed"


@dataclass(frozen=True)
class Welcome:
    """An account's new roles in a summit; with `portal`, a person's new account for the summit's portal."""

    summit: Summit
    user: User
    roles: Sequence[str]
    subject_key: str
    version: int
    portal: bool = False


def of_roles(*, summit: Summit, user: User, roles: Sequence[str]) -> Welcome:
    """Return the cause of a message about an account's new roles in a summit.

    If earlier messages are pending, the new message replaces them and also names their roles that are still held. The
    caller must have locked the account. Makes one query, or two if an earlier message is pending.
    """
    key = f"summit.welcome:{summit.public_id}:{user.public_id}"
    earlier = list(_about([key]))
    pending_roles = [role for each in earlier if each.state == MessageState.PENDING for role in each.facts["roles"]]
    if pending_roles:
        held = set(RoleAssignment.objects.filter(summit=summit, user=user).values_list("role", flat=True))
        roles = list(dict.fromkeys([*(role for role in pending_roles if role in held), *map(str, roles)]))
    version = max((each.version for each in earlier), default=0) + 1
    return Welcome(summit, user, roles, key, version)


def of_portal(*, summit: Summit, user: User, roles: Sequence[str]) -> Welcome:
    """Return the cause of a message about a person's new account for a summit's portal. Makes one query.

    Each call makes a new version, even if an earlier message is pending.
    """
    key = f"summit.portal:{summit.public_id}:{user.public_id}"
    return Welcome(summit, user, roles, key, _about([key]).count() + 1, portal=True)


def _about(keys: Sequence[str]) -> QuerySet[Message]:
    return Message.objects.filter(kind=KIND, subject_key__in=keys).order_by("version").defer("rendered")


class WelcomeFacts(TypedDict):
    """The facts of a welcome message. `portal` is there, and true, only for an account for the portal."""

    user: str
    name: str
    summit: str
    contact_email: str
    roles: list[str]
    portal: NotRequired[bool]


def _facts(welcome: Welcome, to: Addressee) -> WelcomeFacts:
    facts: WelcomeFacts = {
        "user": welcome.user.public_id,
        "name": welcome.user.name,
        "summit": to.name_of(welcome.summit),
        "contact_email": welcome.summit.contact_email,
        "roles": [str(role) for role in welcome.roles],
    }
    if welcome.portal:
        facts["portal"] = True
    return facts


def _context(message: Message) -> dict[str, Any]:
    """Return the context of the mail, in the active language. Makes two queries.

    The link for choosing a password is created here. It is therefore stored only in the rendered bytes, which are
    encrypted, and not in the facts. Roles that were removed meanwhile aren't named.
    """
    facts = message.facts
    user = User.objects.get(public_id=facts["user"])
    roles = facts["roles"] if facts.get("portal") else _roles_still_held([message])[message.pk]
    return {
        **facts,
        "roles": comma().join(str(Role(role).label) for role in roles),
        "number": len(roles),
        "link": "" if user.has_usable_password() else password_link(user),
        "invitation": next((address for invite in invitations if (address := invite(user))), ""),
        "days": settings.PASSWORD_RESET_TIMEOUT // 86400,
        "portal": facts.get("portal", False),
        "sign_in": f"{settings.BASE_URL}/{'portal' if facts.get('portal') else 'admin'}/",
        "forgotten": f"{settings.BASE_URL}/accounts/password/reset/",
    }


def _subject(context: dict[str, Any]) -> str:
    template = (
        _("Your account for the %(summit)s") if context["portal"] else _("You are in the team of the %(summit)s")
    )
    return template % context


def withdrawn(messages: Sequence[Message]) -> dict[int, str]:
    """Return a dict from the primary key of each withdrawn message to the reason. Makes three queries.

    A message is withdrawn if its account may not sign in any more, if its roles were removed, or if a later message
    also names its roles.
    """
    keys = [message.facts["user"] for message in messages]
    live = set(User.objects.filter(public_id__in=keys, is_active=True).values_list("public_id", flat=True))
    with_closed_account = {message.pk: because(CLOSED) for message in messages if message.facts["user"] not in live}
    about_roles = [message for message in messages if not message.facts.get("portal")]
    related = _about([message.subject_key for message in about_roles])
    later = list(related.filter(state__in=[MessageState.PENDING, MessageState.SENT]))
    still_held = _roles_still_held(about_roles)
    with_removed_roles = {key: because(REMOVED) for key, roles in still_held.items() if not roles}
    return {
        **{message.pk: because(NAMED) for message in messages if _is_named(message, later)},
        **with_removed_roles,
        **with_closed_account,
    }


def _roles_still_held(messages: Sequence[Message]) -> dict[int, list[str]]:
    """Return a dict from each message's primary key to those of its roles that are still held. Makes one query."""
    accounts = [message.facts["user"] for message in messages]
    rows = RoleAssignment.objects.filter(
        user__public_id__in=accounts, summit__in=[message.summit_id for message in messages]
    )
    held = set(rows.order_by().values_list("user__public_id", "summit_id", "role"))
    return {
        message.pk: [
            role for role in message.facts["roles"] if (message.facts["user"], message.summit_id, role) in held
        ]
        for message in messages
    }


def _is_named(message: Message, others: Sequence[Message]) -> bool:
    roles = set(message.facts["roles"])
    later = (each for each in others if each.subject_key == message.subject_key and each.version > message.version)
    return any(roles <= set(each.facts["roles"]) for each in later)


WELCOME = register(
    MessageKind(
        name=KIND,
        label=gettext_lazy("welcome"),
        task="outbox.tasks.deliver",
        shown_by="tests/delegations/portal_access/test_accounts.py",
        facts=WelcomeFacts,
        recipients=for_each(lambda welcome: [of_user(welcome.user)]),
        subject_key=lambda welcome: welcome.subject_key,
        version=lambda welcome: welcome.version,
        build_facts=_facts,
        template="mail/welcome.txt",
        subject=_subject,
        context=_context,
        reply_to="contact_email",
        trimmed=False,
        why=gettext_lazy("You are receiving this because the organisers gave you an account."),
        reasons={
            CLOSED: gettext_lazy("The account can no longer sign in."),
            NAMED: gettext_lazy("A later message includes these roles."),
            REMOVED: gettext_lazy("The roles were removed."),
        },
        withdrawn=withdrawn,
    )
)
