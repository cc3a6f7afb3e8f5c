"""The mail that tells organisers that an emergency account was used."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from summit.outbox.addressees import Addressee, of_user, with_roles
from summit.outbox.message_kinds import MessageKind, never_withdrawn, once, register
from summit.outbox.models import Message
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.templatetags.moments import day_clock
from summit.users.models import User


@dataclass(frozen=True)
class EmergencySignIn:
    """A sign-in of an emergency account: `summit` says whose organisers are told; None tells the administrators.

    `entry` is the key of its entry in the audit.
    """

    account: User
    summit: Summit | None
    entry: int
    at: datetime


class EmergencySignInFacts(TypedDict):
    """The facts of a message that an emergency account was used."""

    account: str
    at: str
    summit: str


def _recipients(causes: Iterable[EmergencySignIn]) -> Iterable[tuple[EmergencySignIn, Addressee]]:
    for cause in causes:
        if cause.summit is None:
            users = User.objects.filter(is_superuser=True, is_active=True).order_by("pk")
            found = [of_user(user) for user in users]
        else:
            found = with_roles(cause.summit, (Role.ORGANISER,))
        own = of_user(cause.account).key
        yield from ((cause, to) for to in found if to.key != own)


def _facts(cause: EmergencySignIn, to: Addressee) -> EmergencySignInFacts:
    with override(to.language):
        at = day_clock(cause.at, cause.summit) if cause.summit else f"{date_format(cause.at, 'DATETIME_FORMAT')} UTC"
    return {
        "account": cause.account.email,
        "at": at,
        "summit": to.name_of(cause.summit) if cause.summit else "",
    }


def _context(message: Message) -> dict[str, Any]:
    return dict(message.facts)


def _subject(context: dict[str, Any]) -> str:
    return _("Emergency account %(account)s was used") % context


EMERGENCY_SIGN_IN: MessageKind[EmergencySignIn] = register(
    MessageKind(
        name="emergency_sign_in",
        label=gettext_lazy("emergency account used"),
        task="outbox.tasks.deliver",
        shown_by="tests/summit/single_sign_on/test_providers.py",
        facts=EmergencySignInFacts,
        recipients=_recipients,
        subject_key=lambda cause: f"emergency:{cause.entry}:{cause.summit.public_id if cause.summit else ''}",
        version=once,
        build_facts=_facts,
        template="mail/emergency_sign_in.txt",
        subject=_subject,
        context=_context,
        why=gettext_lazy("You are receiving this because you are responsible for the summit or the installation."),
        reasons={},
        withdrawn=never_withdrawn,
    )
)
