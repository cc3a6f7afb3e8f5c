"""The mail that asks the organisers for consent to new times, as soon as they are proposed."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, TypedDict

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sessions.agenda.selectors import change_descriptions
from sessions.agenda.selectors.release_scopes import continued
from sessions.delays.models import Retiming, RetimingState
from sessions.delays.selectors import retiming_preview
from sessions.notifications.message_session_facts import SummitFacts, summit_facts
from summit.outbox.addressees import Addressee, with_roles
from summit.outbox.failure_reasons import because
from summit.outbox.message_kinds import MessageKind, for_each, once, register
from summit.outbox.models import Message
from summit.permissions.rules import RULES

DECIDED = "agenda.retiming_decided"


class ConsentFacts(TypedDict):
    """The facts of a message that asks for consent.

    `sessions` has the title, the old start and end, and the new start and end of each session, in ISO format. A
    second part has no old ones.
    """

    summit: SummitFacts
    retiming: str
    asked_by: str
    reason: str
    sessions: list[list[str]]


def _facts(row: Retiming, to: Addressee) -> ConsentFacts:
    titles = {session.key: session.title for session in retiming_preview.current(row.summit)[1].values()}
    sessions = [
        [titles.get(each["session"], ""), *each["before"][:2], *each["after"][:2]]
        for each in row.plan
        if each["before"] != each["after"]
    ]
    if row.split:
        title = continued(titles.get(row.split["session"], ""), row.summit.language)
        sessions.append([title, "", "", *row.split["after"][:2]])
    return {
        "summit": summit_facts(row.summit, to.language),
        "retiming": row.public_id,
        "asked_by": str(row.asked_by),
        "reason": row.reason,
        "sessions": sessions,
    }


def _addressees(row: Retiming) -> Iterable[Addressee]:
    return with_roles(row.summit, RULES["agenda.release_agenda"].any)


def _context(message: Message) -> dict[str, Any]:
    facts = message.facts
    where = change_descriptions.Zones.of(facts["summit"]["place"], facts["summit"]["zone"])

    def span(starts_at: str, ends_at: str) -> str:
        if not starts_at:
            return ""
        return change_descriptions.span(datetime.fromisoformat(starts_at), datetime.fromisoformat(ends_at), where)

    lines = [(title, span(*times[:2]), span(*times[2:])) for title, *times in facts["sessions"]]
    return {**facts, "lines": lines}


def decided(messages: Sequence[Message]) -> dict[int, str]:
    """Return a dict from primary key to reason for the messages about times that are decided. Makes one query."""
    keys = {message.facts["retiming"] for message in messages}
    rows = Retiming.objects.filter(public_id__in=keys, state=RetimingState.WAITING)
    waiting = set(rows.values_list("public_id", flat=True))
    return {message.pk: because(DECIDED) for message in messages if message.facts["retiming"] not in waiting}


NEW_TIMES_CONSENT = register(
    MessageKind(
        name="new_times_consent",
        label=gettext_lazy("request for consent to new times"),
        task="sessions.tasks.deliver_agenda_changes",
        shown_by="tests/sessions/delays/test_retiming.py",
        facts=ConsentFacts,
        recipients=for_each(_addressees),
        subject_key=lambda row: f"agenda.retiming:{row.public_id}",
        version=once,
        build_facts=_facts,
        template="mail/new_times_consent.txt",
        subject=lambda context: _("%(name)s proposes new times") % {"name": context["asked_by"]},
        context=_context,
        path=lambda facts: f"{reverse('admin:agenda_session_day')}?{urlencode({'summit': facts['summit']['slug']})}",
        why=gettext_lazy("You are receiving this because you are an organiser of the summit."),
        reasons={DECIDED: gettext_lazy("The new times were decided before the message was sent.")},
        withdrawn=decided,
    )
)
