"""The mails to subscribers: about publications and withdrawals, and to confirm their mail addresses."""

from collections.abc import Sequence

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from press.published_texts.selectors import STAR, described
from press.subscriptions.models import Subscriber
from press.subscriptions.services import subscribers
from press.texts.models.editions import ChangeKind, Edition
from press.texts.models.visibility import public_editions
from press.texts.outbox import DELIVERY_TASK
from summit.outbox import failure_reasons
from summit.outbox.failure_reasons import because
from summit.outbox.message_kinds import Mail, MessageKind, register
from summit.outbox.models import Message, MessageState

NOT_PUBLIC = failure_reasons.register("press.not_public", gettext_lazy("The text is no longer public."))
ENDED = failure_reasons.register("press.subscription_ended", gettext_lazy("The subscription has ended."))
CONFIRMED = failure_reasons.register("press.confirmed", gettext_lazy("The address is confirmed already."))


def _subscriber(message: Message) -> Subscriber:
    return Subscriber.objects.select_related("summit").get(public_id=message.facts["subscriber"])


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


def render_publication(message: Message) -> Mail:
    """Return the mail about the publication or correction of a text, with the URL of the text."""
    facts = message.facts
    end = subscribers.url(_subscriber(message), subscribers.END)
    corrected = _may_mention_correction(message)
    clarified = corrected and facts.get("change_kind") == ChangeKind.CLARIFICATION
    subject = _("Corrected: %(title)s") if corrected else "%(title)s"
    subject = _("Clarified: %(title)s") if clarified else subject
    # The label of the kind is in the language of the mail. Older stored messages have the label instead of the kind.
    what = described(facts["kind"], facts["wording"]) if "kind" in facts else facts["what"]
    star = STAR if facts.get("footnote") else ""
    context = {
        **facts,
        "star": star,
        "what": what,
        "corrected": corrected,
        "clarified": clarified,
        "url": settings.BASE_URL + facts["path"],
        "end": end,
    }
    return Mail(
        subject=subject % {"title": facts["title"]},
        text=render_to_string("mail/publication.txt", context),
        headers=_one_press(end),
    )


def render_withdrawal(message: Message) -> Mail:
    """Return the mail about the withdrawal of a text, with the reason."""
    end = subscribers.url(_subscriber(message), subscribers.END)
    context = {**message.facts, "url": settings.BASE_URL + message.facts["path"], "end": end}
    return Mail(
        subject=_("Withdrawn: %(title)s") % {"title": message.facts["title"]},
        text=render_to_string("mail/withdrawal.txt", context),
        headers=_one_press(end),
    )


def withdrawals_withdrawn(messages: Sequence[Message]) -> dict[int, str]:
    """Return a dict from the primary keys of messages that aren't sent to the reason.

    They are the messages about withdrawals to subscribers who have ended their subscription. Makes one query.
    """
    subscriber_ids = {message.facts["subscriber"] for message in messages}
    active = set(Subscriber.objects.filter(public_id__in=subscriber_ids).active().values_list("public_id", flat=True))
    return {m.pk: because(ENDED) for m in messages if m.facts["subscriber"] not in active}


def _one_press(end: str) -> dict[str, str]:
    """Return the headers for one-click unsubscribing (RFC 8058)."""
    return {"List-Unsubscribe": f"<{end}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


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


def render_subscription(message: Message) -> Mail:
    """Return the mail that asks a new subscriber to confirm the mail address."""
    link = subscribers.url(_subscriber(message), subscribers.CONFIRM)
    return Mail(
        subject=_("Confirm that you want news from the press office"),
        text=render_to_string("mail/subscription_confirmation.txt", {**message.facts, "link": link}),
    )


def subscriptions_withdrawn(messages: Sequence[Message]) -> dict[int, str]:
    """Return a dict from the primary keys of messages that aren't sent to the reason.

    They are the messages to subscribers who have confirmed their mail address already. Makes one query.
    """
    keys = {message.facts["subscriber"] for message in messages}
    active = set(Subscriber.objects.filter(public_id__in=keys).active().values_list("public_id", flat=True))
    return {m.pk: because(CONFIRMED) for m in messages if m.facts["subscriber"] in active}


PUBLICATION = register(
    MessageKind(
        "publication",
        DELIVERY_TASK,
        render_publication,
        publications_withdrawn,
        gettext_lazy("news of a publication"),
    )
)
WITHDRAWAL = register(
    MessageKind(
        "withdrawal", DELIVERY_TASK, render_withdrawal, withdrawals_withdrawn, gettext_lazy("news of a withdrawal")
    )
)
SUBSCRIPTION = register(
    MessageKind(
        "subscription",
        DELIVERY_TASK,
        render_subscription,
        subscriptions_withdrawn,
        gettext_lazy("question to a subscriber"),
    )
)
