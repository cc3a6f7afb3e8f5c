"""The registry of the kinds of messages. A message stores only the name of its kind.

Each app declares its kinds in its modules `messages.py`. A declaration has the whole mail: what is stored, who gets
it, how it is rendered, and for which reasons it isn't sent after all.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from operator import attrgetter
from typing import Any, Generic, TypeVar

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.functional import Promise

from summit.outbox import enqueue, failure_reasons
from summit.outbox.addressees import Addressee
from summit.outbox.models import Message
from summit.summits.models import Summit

Cause = TypeVar("Cause")
# The HTML of a mail that follows from its text alone.
MESSAGE_TEMPLATE = "mail/message.html"


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


class UndeclaredFacts(ValueError):
    """The facts of a message aren't those that its kind declares."""


class UndeclaredReason(ValueError):
    """A message isn't sent for a reason that its kind doesn't declare."""


# Gets messages that are about to be sent, and returns those that must not be sent because their cause no longer
# exists, as a dict from primary key to reason. The reason has the form of summit.outbox.failure_reasons.because.
Withdrawn = Callable[[Sequence[Message]], dict[int, str]]


def never_withdrawn(messages: Sequence[Message]) -> dict[int, str]:
    """Return an empty dict, for kinds of messages that are never withdrawn."""
    return {}


def for_each(
    addressees: Callable[[Cause], Iterable[Addressee]],
) -> Callable[[Sequence[Cause]], Iterable[tuple[Cause, Addressee]]]:
    """Return the `recipients` of a kind from a function that returns the addressees of one cause."""

    def recipients(causes: Sequence[Cause]) -> Iterable[tuple[Cause, Addressee]]:
        return ((cause, to) for cause in causes for to in addressees(cause))

    return recipients


def _stored_facts(message: Message) -> dict[str, Any]:
    return dict(message.facts)


def once(cause: Any) -> int:
    """Return the only `version` of a cause that happens once: to each recipient a single message is ever sent."""
    return 0


def _no_headers(context: Mapping[str, Any]) -> dict[str, str]:
    return {}


def _no_attachments(message: Message) -> Sequence[Attachment]:
    return ()


@dataclass(frozen=True, kw_only=True)
class MessageKind(Generic[Cause]):
    """A kind of message: everything about one mail. `Cause` is the type of what causes such a message.

    What is sent to whom, in the transaction of the cause:

    - `name` is stored with each message, `label` is its name for desks, and `task` is the Celery task that sends it;
    - `recipients` gets the causes and returns a pair of cause and recipient for each message;
    - `subject_key`, `version` and `summit` of a cause, with the recipient, make a message unique. A cause that can
      happen again needs a version that rises with it, or the second message is never stored; else `once`;
    - `facts` is a TypedDict: the keys of what a message stores. `build_facts` returns these facts.

    How it is rendered, once, in the message's language:

    - `template` is rendered with `context`, which is the facts unless given, and with `url`, if `path` returns the
      path of a page for the facts. White space around the text is left out if `trimmed`;
    - `subject` gets the context, and returns the subject;
    - `reply_to` is the path to the fact with the address for answers, such as "summit.contact";
    - `headers` and `attachments` are added. A kind without a template has its mail from `compose` instead;
    - `why` is the sentence in the footer that says why one gets the mail. It is None if the text itself ends with a
      footer, after a line "--";
    - `html_template` makes the HTML part of the same words when the mail is sent (`summit.outbox.html_part`). It
      extends "mail/frame.html", and gets the context if it isn't the usual one, which follows from the text.

    Why it isn't sent after all:

    - `reasons` is a dict from each reason's key to its sentence, and `withdrawn` returns the messages with a reason.
      A kind whose cause can't cease to exist has no reasons, and `never_withdrawn`.

    `shown_by` is the path of the test module that shows such a mail.
    """

    name: str
    label: Promise
    task: str
    shown_by: str

    facts: type[Any]
    recipients: Callable[[Sequence[Cause]], Iterable[tuple[Cause, Addressee]]]
    subject_key: Callable[[Cause], str]
    version: Callable[[Cause], int]
    summit: Callable[[Cause], Summit | None] = attrgetter("summit")
    build_facts: Callable[[Cause, Addressee], Mapping[str, Any]]

    template: str = ""
    subject: Callable[[dict[str, Any]], str] | None = None
    context: Callable[[Message], dict[str, Any]] = _stored_facts
    path: Callable[[Mapping[str, Any]], str] | None = None
    reply_to: str = ""
    headers: Callable[[Mapping[str, Any]], dict[str, str]] = _no_headers
    attachments: Callable[[Message], Sequence[Attachment]] = _no_attachments
    trimmed: bool = True
    compose: Callable[[Message], Mail] | None = None
    why: Promise | None
    html_template: str = MESSAGE_TEMPLATE

    reasons: Mapping[str, Promise]
    withdrawn: Withdrawn

    @cached_property
    def fact_keys(self) -> tuple[frozenset[str], frozenset[str]]:
        """The keys of the facts: those that each message has, and those that it may have besides."""
        return self.facts.__required_keys__, self.facts.__optional_keys__

    def check_facts(self, facts: Mapping[str, Any]) -> None:
        """Raise UndeclaredFacts if a declared fact is missing, or if there is one that isn't declared."""
        (required, optional), given = self.fact_keys, facts.keys()
        if missing := required - given:
            raise UndeclaredFacts(f"a message of the kind {self.name} lacks the facts {sorted(missing)}")
        if more := given - required - optional:
            raise UndeclaredFacts(f"{self.facts.__name__} doesn't declare the facts {sorted(more)}")

    def drafts(self, *causes: Cause) -> list[Message]:
        """Return a new message, which isn't stored yet, for each recipient of each cause."""
        return [
            enqueue.draft(
                summit=self.summit(cause),
                kind=self,
                subject_key=self.subject_key(cause),
                version=self.version(cause),
                recipient_key=to.key,
                person=to.person,
                address=to.address,
                language=to.language,
                facts=dict(self.build_facts(cause, to)),
            )
            for cause, to in self.recipients(causes)
        ]

    def send(self, *causes: Cause) -> int:
        """Store a message for each recipient of each cause, in the caller's transaction, and return how many are new.

        A message that was stored before for the same cause and mailbox is left unchanged. Raises RuntimeError outside
        a transaction.
        """
        return enqueue.store(self.drafts(*causes))

    def why_withdrawn(self, message: Message) -> str:
        """Return the reason why a message isn't sent after all, as it is stored, or "".

        Raises UndeclaredReason for a registered reason that isn't one of the kind's own.
        """
        reason = self.withdrawn([message]).get(message.pk, "")
        if failure_reasons.is_ours(reason) and failure_reasons.key_of(reason) not in self.reasons:
            raise UndeclaredReason(f"the reasons of {self.name} don't have {reason}")
        return reason

    def render(self, message: Message) -> Mail:
        """Return the mail of a message, from the facts that are stored with it, in the active language."""
        if self.compose is not None:
            return self.compose(message)
        assert self.subject is not None  # noqa: S101 - a kind has either a template with a subject, or `compose`
        context = self._template_context(message)
        text = render_to_string(self.template, context)
        return Mail(
            subject=self.subject(context),
            text=text.strip() + "\n" if self.trimmed else text,
            attachments=self.attachments(message),
            headers=self.headers(context),
            reply_to=self._reply_to(message),
        )

    def html_context(self, message: Message) -> dict[str, Any]:
        """Return what the HTML part shows besides the text: nothing, unless the kind has a template of its own."""
        own = self.compose is None and self.html_template != MESSAGE_TEMPLATE
        return self._template_context(message) if own else {}

    def _template_context(self, message: Message) -> dict[str, Any]:
        context = self.context(message)
        if self.path is not None:
            context["url"] = settings.BASE_URL + self.path(context)
        return context

    def _reply_to(self, message: Message) -> str:
        value: Any = message.facts if self.reply_to else ""
        for key in filter(None, self.reply_to.split(".")):
            value = value[key]
        return str(value)


KINDS: dict[str, MessageKind[Any]] = {}


def register(kind: MessageKind[Cause]) -> MessageKind[Cause]:
    """Register a kind of message with its reasons, and return it. Raises ValueError if another kind has its name."""
    if KINDS.setdefault(kind.name, kind) is not kind:
        raise ValueError(f"two kinds of message are called {kind.name}")
    for key, sentence in kind.reasons.items():
        failure_reasons.register(key, sentence)
    return kind


def label_of(kind: str) -> str:
    """Return the label of a kind of message, or its name if the kind isn't registered any more."""
    return str(KINDS[kind].label) if kind in KINDS else kind
