"""The kinds of message. Each app registers its own from its `messages.py`; the outbox knows them by name alone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from summit.outbox.models import Message


@dataclass(frozen=True)
class Attachment:
    """A part of a mail. `inline` parts stand as alternatives of the text (RFC 5546 wants a calendar there)."""

    filename: str
    content: bytes
    mimetype: str
    params: dict[str, str] = field(default_factory=dict)
    inline: bool = False


@dataclass(frozen=True)
class Mail:
    """What a message says, before it is put into a mail."""

    subject: str
    text: str
    attachments: Sequence[Attachment] = ()
    headers: dict[str, str] = field(default_factory=dict)
    reply_to: str = ""


# Renders messages whose facts are frozen; called once for each, in the message's language.
Render = Callable[[Message], Mail]
# Of messages about to be sent, names those whose cause no longer stands, with the reason as
# summit.outbox.failure_reasons stores it, by primary key.
Withdrawn = Callable[[Sequence[Message]], dict[int, str]]


@dataclass(frozen=True)
class Kind:
    """A kind of message: the task that carries it, how it reads, and whether it is still called for."""

    name: str
    task: str
    render: Render
    withdrawn: Withdrawn
    # What the desks call it.
    label: str | Promise = ""


KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Make a kind known. Raises ValueError where another has its name."""
    if KINDS.setdefault(kind.name, kind) is not kind:
        raise ValueError(f"two kinds of message are called {kind.name}")
    return kind


def label_of(kind: str) -> str:
    """Return what the desks call a kind of message: its name where it is gone."""
    return str(KINDS[kind].label) if kind in KINDS else kind


def always_stands(messages: Sequence[Message]) -> dict[int, str]:
    """Withdraw nothing: for messages that nothing can make pointless."""
    return {}


def _never_rendered(message: Message) -> Mail:
    raise LookupError(f"message {message.public_id} was stored with its bytes and needs no rendering")


# Mail of the framework and of libraries (a code to sign in, a note to the administrators), captured whole.
SYSTEM_MAIL = register(
    Kind("system", "outbox.tasks.deliver", _never_rendered, always_stands, _("mail about an account"))
)
