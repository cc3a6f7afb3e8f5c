"""The mail to protocol about a person's request to have their data corrected or erased."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, TypedDict

from django.conf import settings
from django.db.models import TextChoices
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from summit.core.languages import spoken
from summit.outbox.addressees import Addressee
from summit.outbox.failure_reasons import because
from summit.outbox.message_kinds import MessageKind, for_each, once, register
from summit.outbox.models import Message
from summit.people.models import Person
from summit.summits.models import Summit

SETTLED = "delegations.own_data_settled"


class What(TextChoices):
    """The kind of request: to correct data, or to erase all data."""

    CORRECT = "correct", gettext_lazy("Correct my data")
    ERASE = "erase", gettext_lazy("Erase my data")


@dataclass(frozen=True)
class OwnDataRequest:
    """A person's request about their own data. `reply_to` is the mailbox to which protocol answers."""

    person: Person
    what: str
    words: str
    reply_to: str

    @property
    def summit(self) -> Summit:
        """The summit of the person."""
        return self.person.summit

    @property
    def subject_key(self) -> str:
        """The key of the request's message: the same request is sent only once."""
        digest = sha256(self.words.encode()).hexdigest()[:16]
        return f"summit.person:{self.person.public_id}:{self.what}:{digest}"


class OwnDataFacts(TypedDict):
    """The facts of a message about a person's request. `words` is what the person wrote."""

    what: str
    person: str
    person_key: str
    words: str
    reply_to: str
    summit: str
    url: str


def _facts(request: OwnDataRequest, to: Addressee) -> OwnDataFacts:
    person = request.person
    return {
        "what": request.what,
        "person": person.label,
        "person_key": person.public_id,
        "words": request.words,
        "reply_to": request.reply_to,
        "summit": to.name_of(request.summit),
        "url": f"{settings.BASE_URL}{reverse('admin:summit_person_detail', args=[person.pk])}",
    }


def _protocol(request: OwnDataRequest) -> Iterable[Addressee]:
    yield Addressee("protocol", request.summit.contact_email, spoken(request.summit.language))


def _subject(context: dict[str, Any]) -> str:
    if context["what"] == What.ERASE:
        return _("%(person)s asks to have their data erased") % context
    return _("%(person)s asks to have their data corrected") % context


def settled(messages: Sequence[Message]) -> dict[int, str]:
    """Return a dict from the messages' primary keys to the reason not to send them. Makes one query.

    A message isn't sent if its person was erased in the meantime.
    """
    keys = [message.facts["person_key"] for message in messages]
    known = set(Person.objects.filter(public_id__in=keys, erased_at__isnull=True).values_list("public_id", flat=True))
    return {message.pk: because(SETTLED) for message in messages if message.facts["person_key"] not in known}


OWN_DATA = register(
    MessageKind(
        name="own_data",
        label=gettext_lazy("personal data request"),
        task="delegations.tasks.deliver_invitations",
        shown_by="tests/portal/test_visitor_identity.py",
        facts=OwnDataFacts,
        recipients=for_each(_protocol),
        subject_key=lambda request: request.subject_key,
        version=once,
        build_facts=_facts,
        template="mail/correction_request.txt",
        subject=_subject,
        reply_to="reply_to",
        why=gettext_lazy("You are receiving this because this is the protocol service’s email address."),
        reasons={SETTLED: gettext_lazy("The person’s data was erased before the message was sent.")},
        withdrawn=settled,
    )
)
