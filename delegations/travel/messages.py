"""The mail that tells a party about the decision on a visa support letter.

The mail names the person but has no passport data.
"""

from collections.abc import Iterable, Sequence
from typing import Any, TypedDict

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.mailboxes import selectors as mailboxes_selectors
from delegations.travel.models.visas import VisaLetter, VisaState
from summit.core.languages import spoken
from summit.outbox.addressees import Addressee
from summit.outbox.failure_reasons import because
from summit.outbox.message_kinds import MessageKind, once, register
from summit.outbox.models import Message
from summit.summits.models import Summit

OVERTAKEN = "delegations.visa_overtaken"


class VisaLetterFacts(TypedDict):
    """The facts of a message about the decision on a visa support letter."""

    letter: str
    state: str
    person: str
    party: str
    party_key: str
    summit: str
    contact_email: str


def _facts(letter: VisaLetter, to: Addressee) -> VisaLetterFacts:
    return {
        "letter": letter.public_id,
        "state": str(letter.state),
        "person": letter.person.label,
        "party": letter.party.name,
        "party_key": letter.party.public_id,
        "summit": to.name_of(letter.summit),
        "contact_email": letter.summit.contact_email,
    }


def _recipients(letters: Sequence[VisaLetter]) -> Iterable[tuple[VisaLetter, Addressee]]:
    """Yield each letter with each mailbox of its party.

    The number of queries grows with the number of summits, not of letters.
    """
    by_summit: dict[Summit, list[VisaLetter]] = {}
    for letter in letters:
        by_summit.setdefault(letter.summit, []).append(letter)
    for summit, rows in by_summit.items():
        boxes: dict[int | None, list[Addressee]] = {}
        parties = {row.party_id for row in rows}
        for box in mailboxes_selectors.for_members(summit=summit, party_ids=parties, person_ids=set()):
            to = Addressee(box.party_key, box.address, spoken(box.language))
            boxes.setdefault(box.party_id, []).append(to)
        yield from ((row, to) for row in rows for to in boxes.get(row.party_id, []))


def _subject(context: dict[str, Any]) -> str:
    template = {
        VisaState.ISSUED.value: _("Visa support letter for %(person)s issued"),
        VisaState.REFUSED.value: _("Visa support letter for %(person)s refused"),
    }.get(context["state"], _("Visa support letter for %(person)s cancelled"))
    return template % context


def overtaken(messages: Sequence[Message]) -> dict[int, str]:
    """Return a dict from the messages' primary keys to the reason not to send them. Makes one query.

    A message isn't sent if the state of its letter has changed since it was stored.
    """
    keys = [message.facts["letter"] for message in messages]
    states = dict(VisaLetter.objects.filter(public_id__in=keys).values_list("public_id", "state"))
    return {
        message.pk: because(OVERTAKEN)
        for message in messages
        if states.get(message.facts["letter"]) != message.facts["state"]
    }


VISA_LETTER = register(
    MessageKind(
        name="visa_letter",
        label=gettext_lazy("decision on a visa support letter"),
        task="delegations.tasks.deliver_invitations",
        shown_by="tests/delegations/travel/test_visas.py",
        facts=VisaLetterFacts,
        recipients=_recipients,
        # There is one message for each decision, because an issued letter may become void later.
        subject_key=lambda letter: f"delegations.visaletter:{letter.public_id}:{letter.state}",
        version=once,
        build_facts=_facts,
        template="mail/visa_letter.txt",
        subject=_subject,
        path=lambda facts: reverse("portal:visas", args=[facts["party_key"]]),
        reply_to="contact_email",
        why=gettext_lazy("You are receiving this because you act for your delegation at the summit."),
        reasons={OVERTAKEN: gettext_lazy("The decision on the letter changed before the message was sent.")},
        withdrawn=overtaken,
    )
)
