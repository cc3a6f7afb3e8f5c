"""The message of the ground floor: to a colleague who has been given a role."""

from collections.abc import Sequence

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from summit.languages import spoken
from summit.models import Role, Summit, User
from summit.outbox.domain import enqueue
from summit.outbox.kinds import Kind, Mail, register
from summit.outbox.models import Message
from summit.templatetags.marks import comma

KIND = "welcome"


def welcome(*, summit: Summit, user: User, roles: Sequence[str], version: int) -> Message:
    """Return the message to an account that it has been given roles in a summit, not stored yet."""
    return enqueue.draft(
        summit=summit,
        kind=KIND,
        subject_key=f"summit.welcome:{summit.public_id}:{user.public_id}",
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


def portal_welcome(*, summit: Summit, user: User, roles: Sequence[str]) -> Message:
    """Return the message to somebody who has been given an account for a summit's portal, not stored yet: a new one
    each time. One query."""
    message = welcome(summit=summit, user=user, roles=roles, version=0)
    message.subject_key = f"summit.portal:{summit.public_id}:{user.public_id}"
    message.version = Message.objects.filter(kind=KIND, subject_key=message.subject_key).count() + 1
    message.facts["portal"] = True
    return message


def render(message: Message) -> Mail:
    """Write the message, in the language that is active. The link is made here and kept with the bytes, which are
    encrypted, not with the facts. One query."""
    from summit.accounts.links import password_link

    facts = message.facts
    user = User.objects.get(public_id=facts["user"])
    context = {
        **facts,
        "roles": comma().join(str(Role(role).label) for role in facts["roles"]),
        "link": "" if user.has_usable_password() else password_link(user),
        "days": settings.PASSWORD_RESET_TIMEOUT // 86400,
        "portal": facts.get("portal", False),
        "sign_in": f"{settings.BASE_URL}/{'portal' if facts.get('portal') else 'admin'}/",
        "forgotten": f"{settings.BASE_URL}/accounts/password/reset/",
    }
    said = _("Your account for the %(summit)s") if facts.get("portal") else _("You work for the %(summit)s")
    subject = said % {"summit": facts["summit"]}
    return Mail(subject=subject, text=render_to_string("mail/welcome.txt", context), reply_to=facts["contact_email"])


def withdrawn(messages: Sequence[Message]) -> dict[int, str]:
    """Name the messages to accounts that may not sign in any more. One query."""
    keys = [message.facts["user"] for message in messages]
    live = set(User.objects.filter(public_id__in=keys, is_active=True).values_list("public_id", flat=True))
    reason = _("The account may not sign in any more.")
    return {message.pk: reason for message in messages if message.facts["user"] not in live}


WELCOME = register(Kind(KIND, "outbox.tasks.deliver", render, withdrawn, gettext_lazy("welcome")))
