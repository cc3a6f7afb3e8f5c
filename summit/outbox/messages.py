"""The mails that Django and its libraries write, such as a code to reset a password. They are stored as bytes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from email.utils import parseaddr
from typing import TypedDict

from django.core.mail import EmailMessage
from django.utils.translation import gettext_lazy as _

from summit.outbox.addressees import Addressee
from summit.outbox.message_kinds import Mail, MessageKind, never_withdrawn, once, register
from summit.outbox.models import Message
from summit.summits.models import Summit


@dataclass(frozen=True)
class WrittenMail:
    """A mail of the framework. `key` identifies it, and `language` is the language in which it is written."""

    mail: EmailMessage
    key: str
    language: str
    summit: Summit | None = None


class NoFacts(TypedDict):
    """The facts of a mail that is stored as bytes: there are none."""


def _no_facts(written: WrittenMail, to: Addressee) -> NoFacts:
    return {}


def _recipients(mails: Sequence[WrittenMail]) -> Iterable[tuple[WrittenMail, Addressee]]:
    """Yield each recipient of the mails, including those of copies."""
    for written in mails:
        for address in written.mail.recipients():
            yield written, Addressee(f"mailbox:{written.key}", parseaddr(address)[1] or address, written.language)


def _never_rendered(message: Message) -> Mail:
    raise LookupError(f"message {message.public_id} was stored with its bytes and needs no rendering")


SYSTEM_MAIL = register(
    MessageKind(
        name="system",
        label=_("account email"),
        task="outbox.tasks.deliver",
        shown_by="tests/summit/outbox/test_enqueue.py",
        facts=NoFacts,
        recipients=_recipients,
        subject_key=lambda written: f"mail:{written.key}",
        version=once,
        build_facts=_no_facts,
        compose=_never_rendered,
        why=None,
        reasons={},
        withdrawn=never_withdrawn,
    )
)
