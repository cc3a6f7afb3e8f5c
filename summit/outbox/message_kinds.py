"""The registry of the kinds of messages. A message stores only the name of its kind.

Each app registers its kinds in its modules `messages.py`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from summit.outbox.models import Message


@dataclass(frozen=True)
class Attachment:
    """A part of a mail. `inline` parts are alternatives of the text, as RFC 5546 requires for a calendar."""

    filename: str
    content: bytes
    mimetype: str
    params: dict[str, str] = field(default_factory=dict)
    inline: bool = False


@dataclass(frozen=True)
class Mail:
    """The content of a message, from which the mail is built."""

    subject: str
    text: str
    attachments: Sequence[Attachment] = ()
    headers: dict[str, str] = field(default_factory=dict)
    reply_to: str = ""


# Renders a message from its frozen facts. Called once for each message, in the message's language.
Render = Callable[[Message], Mail]
# Gets messages that are about to be sent, and returns those that must not be sent because their cause no longer
# exists, as a dict from primary key to reason. The reason has the form of summit.outbox.failure_reasons.because.
Withdrawn = Callable[[Sequence[Message]], dict[int, str]]


@dataclass(frozen=True)
class MessageKind:
    """A kind of message.

    `task` is the name of the Celery task that sends such messages. `render` makes the mail, and `withdrawn` returns
    the messages that must not be sent any more.
    """

    name: str
    task: str
    render: Render
    withdrawn: Withdrawn
    # The name of the kind for desks.
    label: str | Promise = ""


KINDS: dict[str, MessageKind] = {}


def register(kind: MessageKind) -> MessageKind:
    """Register a kind of message and return it. Raises ValueError if another kind has its name."""
    if KINDS.setdefault(kind.name, kind) is not kind:
        raise ValueError(f"two kinds of message are called {kind.name}")
    return kind


def label_of(kind: str) -> str:
    """Return the label of a kind of message, or its name if the kind isn't registered any more."""
    return str(KINDS[kind].label) if kind in KINDS else kind


def never_withdrawn(messages: Sequence[Message]) -> dict[int, str]:
    """Return an empty dict, for kinds of messages that are never withdrawn."""
    return {}


def _never_rendered(message: Message) -> Mail:
    raise LookupError(f"message {message.public_id} was stored with its bytes and needs no rendering")


# Mails of Django and of libraries, such as a sign-in code or a note to the administrators. Stored as bytes.
SYSTEM_MAIL = register(
    MessageKind("system", "outbox.tasks.deliver", _never_rendered, never_withdrawn, _("mail about an account"))
)
