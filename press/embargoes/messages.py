"""The mails to the press desk: the alarm that a speech isn't marked as delivered, and that texts are held.

They quote nothing of a text.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from press.embargoes.selectors import standing_alarms
from press.texts.models.embargoes import Embargo
from press.texts.models.texts import Text
from press.texts.outbox import DELIVERY_TASK
from press.texts.permissions import PRESS, SEES_EMBARGOED
from summit.outbox.addressees import Addressee, with_roles
from summit.outbox.failure_reasons import because
from summit.outbox.message_kinds import MessageKind, for_each, once, register
from summit.outbox.models import Message
from summit.summits.models import Summit
from summit.templatetags.moments import day_clock

ANSWERED, RELEASED = "press.alarm_answered", "press.hold_released"


def _path(text: Text) -> str:
    return f"/admin/press/text/{text.pk}/"


class LateText(TypedDict):
    """The facts about a text whose speech isn't marked as delivered. `path` is the path of its page."""

    path: str
    who: str
    session: str
    cancelled: bool
    dropped: bool


class AlarmFacts(TypedDict):
    """The facts of an alarm. `at` is the time that was set for it."""

    embargo: str
    at: str
    held: bool
    texts: list[LateText]
    summit: str


def _late_text(text: Text) -> LateText:
    slot = text.slot
    return {
        "path": _path(text),
        "who": (slot.speaker.name or slot.speaker.label) if slot else "",
        "session": slot.session.title if slot else "",
        "cancelled": slot is not None and slot.session.cancelled_at is not None,
        "dropped": slot is not None and slot.cancelled_at is not None,
    }


@dataclass(frozen=True)
class Alarm:
    """The alarm of an embargo at the time that was set, with its texts."""

    embargo: Embargo
    at: datetime
    texts: Sequence[Text]

    @property
    def summit(self) -> Summit:
        """The summit of the embargo."""
        return self.embargo.summit


def alarm(embargo: Embargo) -> Alarm:
    """Return the alarm of an embargo. Makes one query."""
    assert embargo.fallback_at is not None  # noqa: S101 - the alarm is due
    texts = Text.objects.filter(embargo=embargo, withdrawn_at__isnull=True).order_by("pk")
    return Alarm(embargo, embargo.fallback_at, list(texts.select_related("slot__speaker", "slot__session")))


def _alarm_facts(cause: Alarm, to: Addressee) -> AlarmFacts:
    return {
        "embargo": cause.embargo.public_id,
        "at": cause.at.isoformat(),
        "held": cause.embargo.held_at is not None,
        "texts": [_late_text(text) for text in cause.texts],
        "summit": to.name_of(cause.summit),
    }


def _alarm_context(message: Message) -> dict[str, Any]:
    assert message.summit is not None  # noqa: S101 - an embargo belongs to a summit
    facts = message.facts
    texts = [{**each, "url": settings.BASE_URL + each["path"]} for each in facts["texts"]]
    return {**facts, "texts": texts, "time": day_clock(datetime.fromisoformat(facts["at"]), message.summit)}


def _alarm_subject(context: dict[str, Any]) -> str:
    names = {each["who"] for each in context["texts"] if each["who"]}
    if len(names) == 1:
        return _("Alert: has %(name)s delivered the speech?") % {"name": names.pop()}
    return _("Alert: have the speeches been delivered?")


def answered(messages: Sequence[Message]) -> dict[int, str]:
    """Return a dict from the primary keys of messages with outdated alarms to the reason. Makes one query.

    An alarm is outdated if the speech was marked as delivered, the texts were withdrawn, or another time was set.
    """
    rows = standing_alarms().filter(public_id__in={message.facts["embargo"] for message in messages})
    standing = {(key, at.isoformat()) for key, at in rows.values_list("public_id", "fallback_at") if at}
    return {
        message.pk: because(ANSWERED)
        for message in messages
        if (message.facts["embargo"], message.facts["at"]) not in standing
    }


ALARM = register(
    MessageKind(
        name="alarm",
        label=gettext_lazy("press desk alert"),
        task=DELIVERY_TASK,
        shown_by="tests/press/embargoes/test_undelivered_speech_alarms.py",
        facts=AlarmFacts,
        recipients=for_each(lambda cause: with_roles(cause.summit, SEES_EMBARGOED)),
        # The time is part of the key, so that each time that is set has its own alarm.
        subject_key=lambda cause: f"press.embargo:{cause.embargo.public_id}:{cause.at:%Y%m%dT%H%M%S%f}",
        version=once,
        build_facts=_alarm_facts,
        template="mail/embargo_alarm.txt",
        subject=_alarm_subject,
        context=_alarm_context,
        why=gettext_lazy("You are receiving this because your role at the summit involves embargoed texts."),
        reasons={ANSWERED: gettext_lazy("Someone had already responded to the alert before the message was sent.")},
        withdrawn=answered,
    )
)


class HeldEmbargo(TypedDict):
    """The facts about a held embargo. `why` is the reason in the summit's language, `paths` are its texts' pages."""

    embargo: str
    why: str
    paths: list[str]


class HeldFacts(TypedDict):
    """The facts of a message that texts are held."""

    held: list[HeldEmbargo]
    summit: str


@dataclass(frozen=True)
class Hold:
    """Embargoes that were held at once because speeches changed, with what a message says about each."""

    summit: Summit
    first: Embargo
    held: list[HeldEmbargo]


def hold(*, summit: Summit, reasons: Mapping[int, str]) -> Hold:
    """Return the cause of messages about embargoes that were just held. Makes two queries.

    `reasons` is a dict from primary keys of embargoes to the reasons for the holds.
    """
    texts: dict[int, list[Text]] = {}
    for text in Text.objects.filter(embargo__in=reasons, withdrawn_at__isnull=True).order_by("pk"):
        texts.setdefault(text.embargo_id, []).append(text)
    embargoes = list(Embargo.objects.filter(pk__in=reasons).order_by("pk"))
    held: list[HeldEmbargo] = [
        {
            "embargo": embargo.public_id,
            "why": reasons[embargo.pk],
            "paths": [_path(text) for text in texts.get(embargo.pk, [])],
        }
        for embargo in embargoes
    ]
    return Hold(summit, embargoes[0], held)


def _held_facts(cause: Hold, to: Addressee) -> HeldFacts:
    return {"held": cause.held, "summit": to.name_of(cause.summit)}


def _held_context(message: Message) -> dict[str, Any]:
    """Return the context of the mail. The reasons for the holds are stored, and stay in the summit's language."""
    held = [
        {"why": each["why"], "urls": [settings.BASE_URL + path for path in each["paths"]]}
        for each in message.facts["held"]
    ]
    return {**message.facts, "held": held}


def _held_subject(context: dict[str, Any]) -> str:
    number = sum(len(each["urls"]) for each in context["held"])
    template = ngettext(
        "On hold: %(n)d text whose speech changed", "On hold: %(n)d texts whose speeches changed", number
    )
    return template % {"n": number}


def released(messages: Sequence[Message]) -> dict[int, str]:
    """Return a dict from the primary keys of outdated messages to the reason. Makes one query.

    A message is outdated if none of its embargoes is held any more.
    """
    keys = {each["embargo"] for message in messages for each in message.facts["held"]}
    still_held = set(
        Embargo.objects.filter(public_id__in=keys, held_at__isnull=False).values_list("public_id", flat=True)
    )
    return {
        message.pk: because(RELEASED)
        for message in messages
        if not {each["embargo"] for each in message.facts["held"]} & still_held
    }


HELD = register(
    MessageKind(
        name="held",
        label=gettext_lazy("texts on hold"),
        task=DELIVERY_TASK,
        shown_by="tests/press/embargoes/test_speech_listeners.py",
        facts=HeldFacts,
        recipients=for_each(lambda cause: with_roles(cause.summit, PRESS)),
        # An embargo can't be held twice at the same time, so its id and the time of the hold identify the message.
        subject_key=lambda cause: f"press.held:{cause.first.public_id}:{cause.first.held_at:%Y%m%dT%H%M%S%f}",
        version=once,
        build_facts=_held_facts,
        template="mail/embargo_hold.txt",
        subject=_held_subject,
        context=_held_context,
        why=gettext_lazy("You are receiving this because you work in the summit’s press office."),
        reasons={RELEASED: gettext_lazy("The hold was released before the message was sent.")},
        withdrawn=released,
    )
)
