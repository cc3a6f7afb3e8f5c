"""The mails to subscribers: about publications and withdrawals, and to confirm their mail addresses."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypedDict

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.parties.selectors.party_names import Books
from press.published_texts.selectors import STAR, described, speaker
from press.subscriptions.links import CONFIRM, END, url
from press.subscriptions.models import Subscriber
from press.texts.addresses import address
from press.texts.models.editions import ChangeKind, Edition
from press.texts.models.texts import Text
from press.texts.models.visibility import public_editions
from press.texts.outbox import DELIVERY_TASK
from summit.outbox.addressees import Addressee
from summit.outbox.failure_reasons import because
from summit.outbox.message_kinds import MessageKind, for_each, register
from summit.outbox.models import Message, MessageState
from summit.summits.models import Summit

if TYPE_CHECKING:
    from press.texts.models.visibility import PublicEdition

NOT_PUBLIC, ENDED, CONFIRMED = "press.not_public", "press.subscription_ended", "press.confirmed"
# Two kinds of message have this reason.
SUBSCRIPTION_ENDED = gettext_lazy("The subscription has ended.")


def recipient_key(subscriber: Subscriber) -> str:
    """Return the key of a subscriber in messages."""
    return f"press.subscriber:{subscriber.public_id}"


def _addressee(subscriber: Subscriber) -> Addressee:
    return Addressee(recipient_key(subscriber), subscriber.address, subscriber.language)


def _subscriber(message: Message) -> Subscriber:
    return Subscriber.objects.select_related("summit").get(public_id=message.facts["subscriber"])


def _one_press(context: Mapping[str, Any]) -> dict[str, str]:
    """Return the headers for one-click unsubscribing (RFC 8058)."""
    return {"List-Unsubscribe": f"<{context['end']}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


@dataclass(frozen=True)
class Publication:
    """A published edition of a text, and a subscriber who is told. `books` has the approved names of parties."""

    text: Text
    edition: "PublicEdition"
    subscriber: Subscriber
    books: Books


def publications(text: Text, editions: Iterable["PublicEdition"]) -> Iterable[Publication]:
    """Yield a publication for each subscriber, of the edition in the subscriber's language.

    If `editions` has none in this language, it is of the one in the authoritative language. If that is missing too,
    there is none for the subscriber.
    """
    by_language = {edition.version.language: edition for edition in editions}
    books = Books(text.summit)
    original = next((edition for edition in editions if edition.version.authoritative), None)
    for subscriber in Subscriber.objects.filter(summit=text.summit_id).active().order_by("id"):
        edition = by_language.get(subscriber.language, original)
        if edition is not None:
            yield Publication(text, edition, subscriber, books)


class PublicationFacts(TypedDict):
    """The facts of a message about a published edition. `who` is the speaker, `footnote` the one to their party."""

    subscriber: str
    edition: str
    title: str
    summary: str
    who: str
    footnote: str
    kind: str
    wording: str
    corrected: bool
    change_kind: str
    change_note: str
    path: str
    summit: str


def _publication_facts(cause: Publication, to: Addressee) -> PublicationFacts:
    text, edition, slot = cause.text, cause.edition, cause.edition.version.text.slot
    party_name = cause.books.of(slot.party_id, edition.version.language) if slot else None
    return {
        "subscriber": cause.subscriber.public_id,
        "edition": edition.public_id,
        "title": edition.title,
        "summary": edition.summary,
        "who": speaker(edition, party_name),
        "footnote": party_name.footnote if party_name else "",
        "kind": text.kind,
        "wording": text.wording,
        "corrected": edition.published_at > edition.first_published_at,
        "change_kind": edition.change_kind,
        "change_note": edition.change_note,
        "path": address(text.summit, edition),
        "summit": to.name_of(text.summit),
    }


def _may_mention_correction(message: Message) -> bool:
    """Return whether the mail may say that the text was corrected.

    It may not if mails about earlier editions were stored but none was sent: then this is the first mail about the
    text that the subscriber gets.
    """
    if not message.facts["corrected"]:
        return False
    before = Edition.objects.filter(
        version__editions__public_id=message.facts["edition"], number__lt=message.version
    ).values_list("public_id", flat=True)
    earlier = Message.objects.filter(
        kind=message.kind,
        recipient_key=message.recipient_key,
        subject_key__in=[f"press.edition:{public_id}" for public_id in before],
    )
    states = set(earlier.values_list("state", flat=True))
    return not states or MessageState.SENT in states


def _publication_context(message: Message) -> dict[str, Any]:
    facts = message.facts
    corrected = _may_mention_correction(message)
    return {
        **facts,
        "star": STAR if facts.get("footnote") else "",
        # The label of the kind is in the language of the mail. Older stored messages have it instead of the kind.
        "what": described(facts["kind"], facts["wording"]) if "kind" in facts else facts["what"],
        "corrected": corrected,
        "clarified": corrected and facts.get("change_kind") == ChangeKind.CLARIFICATION,
        "end": url(_subscriber(message), END),
    }


def _publication_subject(context: dict[str, Any]) -> str:
    if context["clarified"]:
        return _("Clarified: %(title)s") % context
    return _("Corrected: %(title)s") % context if context["corrected"] else str(context["title"])


def publications_withdrawn(messages: Sequence[Message]) -> dict[int, str]:
    """Return a dict from the primary keys of messages that aren't sent to the reason.

    They are messages about editions that aren't public any more or are withdrawn, and messages to subscribers who
    have ended their subscription. Makes two queries.
    """
    edition_ids = {message.facts["edition"] for message in messages}
    still_public = set(
        public_editions()
        .filter(public_id__in=edition_ids, version__text__withdrawn_at__isnull=True)
        .values_list("public_id", flat=True)
    )
    subscriber_ids = {message.facts["subscriber"] for message in messages}
    active = set(Subscriber.objects.filter(public_id__in=subscriber_ids).active().values_list("public_id", flat=True))
    not_public = {m.pk: because(NOT_PUBLIC) for m in messages if m.facts["edition"] not in still_public}
    ended = {m.pk: because(ENDED) for m in messages if m.facts["subscriber"] not in active}
    return ended | not_public


PUBLICATION = register(
    MessageKind(
        name="publication",
        label=gettext_lazy("publication announcement"),
        task=DELIVERY_TASK,
        shown_by="tests/press/subscriptions/test_announcements.py",
        facts=PublicationFacts,
        recipients=for_each(lambda cause: [_addressee(cause.subscriber)]),
        subject_key=lambda cause: f"press.edition:{cause.edition.public_id}",
        version=lambda cause: cause.edition.number,
        summit=lambda cause: cause.text.summit,
        build_facts=_publication_facts,
        template="mail/publication.txt",
        subject=_publication_subject,
        context=_publication_context,
        path=lambda context: str(context["path"]),
        headers=_one_press,
        trimmed=False,
        why=None,
        reasons={
            NOT_PUBLIC: gettext_lazy("The text is no longer public."),
            ENDED: SUBSCRIPTION_ENDED,
        },
        withdrawn=publications_withdrawn,
    )
)


@dataclass(frozen=True)
class Withdrawal:
    """A withdrawn text with its last published edition, and a subscriber who was told of the text."""

    text: Text
    edition: Edition
    subscriber: Subscriber


class WithdrawalFacts(TypedDict):
    """The facts of a message that a text was withdrawn."""

    subscriber: str
    title: str
    reason: str
    removed: bool
    path: str
    summit: str


def withdrawals(text: Text, edition: Edition) -> Iterable[Withdrawal]:
    """Yield the withdrawal for each subscriber who was sent a mail about the text.

    `edition` is the last public edition.
    """
    editions = Edition.objects.filter(version__text=text).values_list("public_id", flat=True)
    keys = [f"press.edition:{public_id}" for public_id in editions]
    told = set(
        Message.objects.filter(kind=PUBLICATION.name, subject_key__in=keys).values_list("recipient_key", flat=True)
    )
    for subscriber in Subscriber.objects.filter(summit=text.summit_id).active().order_by("id"):
        if recipient_key(subscriber) in told:
            yield Withdrawal(text, edition, subscriber)


def _withdrawal_facts(cause: Withdrawal, to: Addressee) -> WithdrawalFacts:
    text = cause.text
    return {
        "subscriber": cause.subscriber.public_id,
        "title": cause.edition.title,
        "reason": text.removal_reason or text.withdrawal_reason,
        "removed": text.removed_at is not None,
        "path": address(text.summit, cause.edition),
        "summit": to.name_of(text.summit),
    }


def _withdrawal_context(message: Message) -> dict[str, Any]:
    return {**message.facts, "end": url(_subscriber(message), END)}


def withdrawals_withdrawn(messages: Sequence[Message]) -> dict[int, str]:
    """Return a dict from the primary keys of messages that aren't sent to the reason.

    They are the messages about withdrawals to subscribers who have ended their subscription. Makes one query.
    """
    subscriber_ids = {message.facts["subscriber"] for message in messages}
    active = set(Subscriber.objects.filter(public_id__in=subscriber_ids).active().values_list("public_id", flat=True))
    return {m.pk: because(ENDED) for m in messages if m.facts["subscriber"] not in active}


WITHDRAWAL = register(
    MessageKind(
        name="withdrawal",
        label=gettext_lazy("withdrawal announcement"),
        task=DELIVERY_TASK,
        shown_by="tests/press/subscriptions/test_announcements.py",
        facts=WithdrawalFacts,
        recipients=for_each(lambda cause: [_addressee(cause.subscriber)]),
        subject_key=lambda cause: f"press.withdrawn:{cause.text.public_id}",
        version=lambda cause: 1,
        summit=lambda cause: cause.text.summit,
        build_facts=_withdrawal_facts,
        template="mail/withdrawal.txt",
        subject=lambda context: _("Withdrawn: %(title)s") % context,
        context=_withdrawal_context,
        path=lambda context: str(context["path"]),
        headers=_one_press,
        trimmed=False,
        why=None,
        reasons={ENDED: SUBSCRIPTION_ENDED},
        withdrawn=withdrawals_withdrawn,
    )
)


@dataclass(frozen=True)
class SubscriptionRequest:
    """A request for news by mail. `version` numbers the requests of a subscriber."""

    subscriber: Subscriber
    version: int

    @property
    def summit(self) -> Summit:
        """The summit of the subscriber."""
        return self.subscriber.summit


def subscription(subscriber: Subscriber) -> SubscriptionRequest:
    """Return the latest request of a subscriber, with the version that its mail needs to be stored. Makes one query.

    The caller must have locked the subscriber's row until the message is stored.
    """
    before = Message.objects.filter(subject_key=recipient_key(subscriber)).count()
    return SubscriptionRequest(subscriber, before + 1)


class SubscriptionFacts(TypedDict):
    """The facts of a message that asks a new subscriber to confirm the mail address."""

    subscriber: str
    summit: str


def _subscription_facts(request: SubscriptionRequest, to: Addressee) -> SubscriptionFacts:
    return {
        "subscriber": request.subscriber.public_id,
        "summit": to.name_of(request.summit),
    }


def _subscription_context(message: Message) -> dict[str, Any]:
    return {**message.facts, "link": url(_subscriber(message), CONFIRM)}


def subscriptions_withdrawn(messages: Sequence[Message]) -> dict[int, str]:
    """Return a dict from the primary keys of messages that aren't sent to the reason.

    They are the messages to subscribers who have confirmed their mail address already. Makes one query.
    """
    keys = {message.facts["subscriber"] for message in messages}
    active = set(Subscriber.objects.filter(public_id__in=keys).active().values_list("public_id", flat=True))
    return {m.pk: because(CONFIRMED) for m in messages if m.facts["subscriber"] in active}


SUBSCRIPTION = register(
    MessageKind(
        name="subscription",
        label=gettext_lazy("subscription confirmation"),
        task=DELIVERY_TASK,
        shown_by="tests/press/subscriptions/test_announcements.py",
        facts=SubscriptionFacts,
        recipients=for_each(lambda request: [_addressee(request.subscriber)]),
        subject_key=lambda request: recipient_key(request.subscriber),
        version=lambda request: request.version,
        build_facts=_subscription_facts,
        template="mail/subscription_confirmation.txt",
        subject=lambda context: _("Confirm your subscription to press office updates"),
        context=_subscription_context,
        trimmed=False,
        why=gettext_lazy("You are receiving this because someone entered this address on the press office’s page."),
        reasons={CONFIRMED: gettext_lazy("The address is already confirmed.")},
        withdrawn=subscriptions_withdrawn,
    )
)
