"""The mails to the two delegations of a bilateral meeting: what was asked, answered and decided.

No mail says when and where the meeting is: both sides learn that once, by the release that has its session.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypedDict

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.mailboxes import selectors as mailboxes_selectors
from delegations.parties.models.parties import Party
from delegations.parties.selectors import party_names
from sessions.agenda.selectors import change_descriptions
from sessions.bilaterals.models import Bilateral, BilateralState
from sessions.notifications.message_session_facts import SummitFacts, summit_facts
from summit.core.languages import spoken
from summit.outbox.addressees import Addressee
from summit.outbox.failure_reasons import because
from summit.outbox.message_kinds import MessageKind, for_each, once, register
from summit.outbox.models import Message
from summit.summits.models import Summit

ASKED, ACCEPTED, DECLINED, PROPOSED = "asked", "accepted", "declined", "proposed"
WITHDRAWN, REFUSED, APPROVED = "withdrawn", "refused", "approved"
OVERTAKEN = "agenda.bilateral_overtaken"
_STATES = BilateralState
# The states in which each message is still true.
TRUE_IN: Mapping[str, frozenset[str]] = {
    ASKED: frozenset({_STATES.ASKED, _STATES.PROPOSED, _STATES.ACCEPTED, _STATES.APPROVED, _STATES.PLACED}),
    ACCEPTED: frozenset({_STATES.ACCEPTED, _STATES.APPROVED, _STATES.PLACED}),
    PROPOSED: frozenset({_STATES.PROPOSED}),
    DECLINED: frozenset({_STATES.DECLINED}),
    WITHDRAWN: frozenset({_STATES.WITHDRAWN}),
    REFUSED: frozenset({_STATES.REFUSED}),
    APPROVED: frozenset({_STATES.APPROVED, _STATES.PLACED}),
}


@dataclass(frozen=True)
class BilateralNews:
    """What one delegation of a meeting is told: `what` happened, about the meeting with `other`."""

    what: str
    row: Bilateral
    party: Party
    other: Party

    @property
    def summit(self) -> Summit:
        """The summit of the delegations."""
        return self.row.party.summit


def to_party(row: Bilateral, what: str) -> BilateralNews:
    """Return what the delegation that asked is told."""
    return BilateralNews(what, row, row.party, row.counterpart)


def to_counterpart(row: Bilateral, what: str) -> BilateralNews:
    """Return what the delegation that was asked is told."""
    return BilateralNews(what, row, row.counterpart, row.party)


class BilateralFacts(TypedDict):
    """The facts of a message about a bilateral meeting. `proposed` is a time in ISO format or ""."""

    summit: SummitFacts
    bilateral: str
    what: str
    party_key: str
    other: str
    purpose: str
    minutes: int
    proposed: str
    reason: str


def _facts(news: BilateralNews, to: Addressee) -> BilateralFacts:
    row = news.row
    names = party_names.book(news.summit, spoken(to.language), parties=Party.objects.filter(pk=news.other.pk))
    other = names.of(news.other)
    return {
        "summit": summit_facts(news.summit, to.language),
        "bilateral": row.public_id,
        "what": news.what,
        "party_key": news.party.public_id,
        "other": other.name if other else news.other.name,
        "purpose": row.purpose,
        "minutes": row.minutes,
        "proposed": row.proposed_at.isoformat() if news.what == PROPOSED and row.proposed_at else "",
        "reason": row.reason if news.what == REFUSED else "",
    }


def _addressees(news: BilateralNews) -> Iterable[Addressee]:
    for box in mailboxes_selectors.for_members(summit=news.summit, party_ids={news.party.pk}, person_ids=set()):
        yield box.addressee


def _subject(context: dict[str, Any]) -> str:
    template = {
        ASKED: _("%(other)s asks for a bilateral meeting"),
        ACCEPTED: _("%(other)s has accepted the bilateral meeting"),
        PROPOSED: _("%(other)s proposes another time for the bilateral meeting"),
        DECLINED: _("%(other)s has declined the bilateral meeting"),
        WITHDRAWN: _("%(other)s has withdrawn the bilateral meeting"),
        REFUSED: _("Bilateral meeting with %(other)s not approved"),
        APPROVED: _("Bilateral meeting with %(other)s approved"),
    }[context["what"]]
    return template % context


def _context(message: Message) -> dict[str, Any]:
    facts = message.facts
    where = change_descriptions.Zones.of(facts["summit"]["place"], facts["summit"]["zone"])
    proposed = ""
    if facts["proposed"]:
        starts_at = datetime.fromisoformat(facts["proposed"])
        proposed = change_descriptions.span(starts_at, starts_at + timedelta(minutes=facts["minutes"]), where)
    path = f"{reverse('portal:bilaterals', args=[facts['party_key']])}#{facts['bilateral']}"
    return {
        **facts,
        "length": change_descriptions.minutes(facts["minutes"]),
        "proposed": proposed,
        "url": f"{settings.BASE_URL}{path}",
    }


def overtaken(messages: Sequence[Message]) -> dict[int, str]:
    """Return a dict from primary key to reason for the messages that are no longer true. Makes one query."""
    keys = [message.facts["bilateral"] for message in messages]
    states = dict(Bilateral.objects.filter(public_id__in=keys).values_list("public_id", "state"))
    return {
        message.pk: because(OVERTAKEN)
        for message in messages
        if states.get(message.facts["bilateral"]) not in TRUE_IN[message.facts["what"]]
    }


BILATERAL = register(
    MessageKind(
        name="bilateral",
        label=gettext_lazy("bilateral meeting"),
        task="sessions.tasks.deliver_agenda_changes",
        shown_by="tests/sessions/bilaterals/test_bilaterals.py",
        facts=BilateralFacts,
        recipients=for_each(_addressees),
        # Each step of a request is taken only once, so no version is needed.
        subject_key=lambda news: f"agenda.bilateral:{news.row.public_id}:{news.what}",
        version=once,
        build_facts=_facts,
        template="mail/bilateral.txt",
        subject=_subject,
        context=_context,
        reply_to="summit.contact",
        why=gettext_lazy("You are receiving this because you act for your delegation at the summit."),
        reasons={OVERTAKEN: gettext_lazy("The request changed again before the message was sent.")},
        withdrawn=overtaken,
    )
)
