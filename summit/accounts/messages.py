"""The welcome message, sent to a user with a new role or to a person with a new account for the portal."""

from collections.abc import Sequence

from django.conf import settings
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from summit.accounts.password_links import password_link
from summit.core.languages import spoken
from summit.core.punctuation import comma
from summit.outbox import enqueue
from summit.outbox.message_kinds import Mail, MessageKind, register
from summit.outbox.models import Message, MessageState
from summit.permissions.models import Role, RoleAssignment
from summit.summits.models import Summit
from summit.users.models import User

KIND = "welcome"


def welcome(*, summit: Summit, user: User, roles: Sequence[str]) -> Message:
    """Return the unsaved message about an account's new roles in a summit.

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
    return _draft(summit=summit, user=user, roles=roles, key=key, version=version)


def portal_welcome(*, summit: Summit, user: User, roles: Sequence[str]) -> Message:
    """Return the unsaved message about a person's new account for a summit's portal. Makes one query.

    Each call makes a new version, even if an earlier message is pending.
    """
    key = f"summit.portal:{summit.public_id}:{user.public_id}"
    message = _draft(summit=summit, user=user, roles=roles, key=key, version=_about([key]).count() + 1)
    message.facts["portal"] = True
    return message


def _about(keys: Sequence[str]) -> QuerySet[Message]:
    return Message.objects.filter(kind=KIND, subject_key__in=keys).order_by("version").defer("rendered")


def _draft(*, summit: Summit, user: User, roles: Sequence[str], key: str, version: int) -> Message:
    return enqueue.draft(
        summit=summit,
        kind=KIND,
        subject_key=key,
        version=version,
        recipient_key=f"user:{user.public_id}",
        address=user.email,
        language=user.language,
        facts={
            "user": user.public_id,
            "name": user.name,
            "summit": summit.named(spoken(user.language)).name,
            "contact_email": summit.contact_email,
            "roles": [str(role) for role in roles],
        },
    )


def render(message: Message) -> Mail:
    """Return the mail for a message, in the active language. Makes two queries.

    The link for choosing a password is created here. It is therefore stored only in the rendered bytes, which are
    encrypted, and not in the facts. Roles that were removed meanwhile aren't named.
    """
    facts = message.facts
    user = User.objects.get(public_id=facts["user"])
    roles = facts["roles"] if facts.get("portal") else _roles_still_held([message])[message.pk]
    context = {
        **facts,
        "roles": comma().join(str(Role(role).label) for role in roles),
        "number": len(roles),
        "link": "" if user.has_usable_password() else password_link(user),
        "days": settings.PASSWORD_RESET_TIMEOUT // 86400,
        "portal": facts.get("portal", False),
        "sign_in": f"{settings.BASE_URL}/{'portal' if facts.get('portal') else 'admin'}/",
        "forgotten": f"{settings.BASE_URL}/accounts/password/reset/",
    }
    template = _("Your account for the %(summit)s") if facts.get("portal") else _("You work for the %(summit)s")
    subject = template % {"summit": facts["summit"]}
    return Mail(subject=subject, text=render_to_string("mail/welcome.txt", context), reply_to=facts["contact_email"])


def withdrawn(messages: Sequence[Message]) -> dict[int, str]:
    """Return a dict from the primary key of each withdrawn message to the reason. Makes three queries.

    A message is withdrawn if its account may not sign in any more, if its roles were removed, or if a later message
    also names its roles.
    """
    keys = [message.facts["user"] for message in messages]
    live = set(User.objects.filter(public_id__in=keys, is_active=True).values_list("public_id", flat=True))
    closed_reason, named_reason = (
        _("The account may not sign in any more."),
        _("A later message names these roles as well."),
    )
    with_closed_account = {message.pk: closed_reason for message in messages if message.facts["user"] not in live}
    of_roles = [message for message in messages if not message.facts.get("portal")]
    related = _about([message.subject_key for message in of_roles])
    later = list(related.filter(state__in=[MessageState.PENDING, MessageState.SENT]))
    removed_reason = _("The roles were taken away again.")
    with_removed_roles = {key: removed_reason for key, roles in _roles_still_held(of_roles).items() if not roles}
    return {
        **{message.pk: named_reason for message in messages if _is_named(message, later)},
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


WELCOME = register(MessageKind(KIND, "outbox.tasks.deliver", render, withdrawn, gettext_lazy("welcome")))
