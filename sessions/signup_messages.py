"""The message to whoever waited for a place in a session and has one."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from sessions.domain import signup_notices, wording
from sessions.domain.differences import Span
from summit.core.languages import spoken
from summit.outbox import reasons
from summit.outbox.kinds import Kind, Mail, register
from summit.outbox.models import Message
from summit.templatetags.marks import comma


def context_of(facts: dict[str, Any]) -> dict[str, Any]:
    """Return what a mail says of its session, from a message's frozen facts, in the language that is active. No
    query."""
    where = wording.Zones.of(facts["summit"]["place"], facts["summit"]["zone"])
    starts_at, ends_at = (datetime.fromisoformat(facts[name]) for name in ("starts_at", "ends_at"))
    language = spoken(get_language() or "")
    titles = {code: title for code, title, _summary in facts["texts"]}
    kinds = dict(facts["kind_names"])
    kind = kinds.get(language) or next(iter(kinds.values()), facts["kind"])
    title = titles.get(language) or facts["title"] or capfirst(wording.kind_label(kind))
    path = f"{reverse('portal:session', args=[facts['key']])}?summit={facts['summit']['slug']}"
    return {
        **facts,
        "title": title,
        "when": wording.when(Span(starts_at, ends_at, facts["times_known"]), where),
        "url": f"{settings.BASE_URL}{path}",
    }


def render(message: Message) -> Mail:
    """Write it from the message's frozen facts, in the language that is active. No query."""
    facts = message.facts
    context = {**context_of(facts), "people": comma().join(facts["people"])}
    text = render_to_string("mail/place_free.txt", context)
    subject = _("A place for you: %(title)s") % context
    return Mail(subject=subject, text=text.strip() + "\n", reply_to=facts["summit"]["contact"])


LEFT = reasons.register(
    signup_notices.LEFT, gettext_lazy("The place had been given back before the message was sent.")
)
PLACE_FREE = register(
    Kind(
        signup_notices.KIND,
        "sessions.tasks.deliver_agenda_changes",
        render,
        signup_notices.withdrawn,
        gettext_lazy("place that became free"),
    )
)
