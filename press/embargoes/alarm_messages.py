"""The alarm mail to desk users of the press office: a speech hasn't been marked as delivered in time."""

from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from press.embargoes.services import alarms
from press.texts.outbox import DELIVERY_TASK
from summit.outbox import failure_reasons
from summit.outbox.message_kinds import Mail, MessageKind, register
from summit.outbox.models import Message
from summit.templatetags.moments import day_clock


def render(message: Message) -> Mail:
    """Return the alarm mail for a message's stored facts, in the active language. It quotes nothing of a text."""
    assert message.summit is not None  # noqa: S101 - an embargo belongs to a summit
    facts = message.facts
    texts = [{**each, "url": settings.BASE_URL + each["path"]} for each in facts["texts"]]
    time = day_clock(datetime.fromisoformat(facts["at"]), message.summit)
    context = {**facts, "texts": texts, "time": time}
    names = {each["who"] for each in texts if each["who"]}
    if len(names) == 1:
        subject = _("Alarm: has the speech of %(name)s been given?") % {"name": names.pop()}
    else:
        subject = _("Alarm: have the speeches been given?")
    return Mail(subject=subject, text=render_to_string("mail/embargo_alarm.txt", context).strip() + "\n")


failure_reasons.register(alarms.ANSWERED, gettext_lazy("The alarm had been answered before the message was sent."))
ALARM = register(
    MessageKind(alarms.KIND, DELIVERY_TASK, render, alarms.answered, gettext_lazy("alarm of the press desk"))
)
