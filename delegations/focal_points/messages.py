"""The mails about focal points. They go to the person who made a request, and to people who begin or stop acting for
a party.

The people who begin or stop also get a mail if a desk user made the change without a request.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.focal_points.models import FocalPointRequest
from delegations.members.models.focal_points import FocalPoint
from delegations.parties.models.parties import Party
from summit.core.languages import spoken
from summit.outbox.addressees import Addressee
from summit.outbox.failure_reasons import because
from summit.outbox.message_kinds import MessageKind, for_each, once, register
from summit.outbox.models import Message
from summit.people.models import Person
from summit.summits.models import Summit

# What a message says. The first two are for the person who made the request. NAMED is for a new focal point, ENDED
# for a replaced one, and TAKEN_OFF for one that a desk user removed.
APPROVED, REFUSED, NAMED, ENDED, TAKEN_OFF = "approved", "refused", "named", "ended", "taken off"
UNTRUE = "delegations.focal_untrue"


@dataclass(frozen=True)
class FocalPointChange:
    """A change that one mailbox is told: of a focal point of a party, or of the request with the key `request`.

    `about` names the request or the focal point in the key of the message. Nobody is told if `address` is "".
    """

    what: str
    party: Party
    about: str
    name: str
    address: str
    language: str
    person: Person | None = None
    request: int | None = None

    @property
    def summit(self) -> Summit:
        """The summit of the party."""
        return self.party.summit


def of_request(row: FocalPointRequest, what: str) -> FocalPointChange:
    """Return what the person who made a request is told: APPROVED or REFUSED."""
    return FocalPointChange(
        what, row.party, f"focalpointrequest:{row.pk}", row.name, row.answer_to, row.party.language, request=row.pk
    )


def of_person(row: FocalPointRequest, what: str, person: Person) -> FocalPointChange:
    """Return what a person is told after a request was approved: NAMED or ENDED."""
    about = f"focalpointrequest:{row.pk}"
    return FocalPointChange(what, row.party, about, row.name, person.email, person.language, person, request=row.pk)


def of_focal_point(point: FocalPoint, what: str) -> FocalPointChange:
    """Return what a person is told whom a desk user named or removed: NAMED or TAKEN_OFF."""
    person = point.person
    return FocalPointChange(
        what, point.party, f"focalpoint:{point.pk}", person.label, person.email, person.language, person
    )


class FocalPointFacts(TypedDict):
    """The facts of a message about a focal point. `account` says whether the person has an account."""

    what: str
    request: int | None
    name: str
    person_key: str
    account: bool
    address: str
    party: str
    party_key: str
    summit: str
    contact_email: str


def _facts(change: FocalPointChange, to: Addressee) -> FocalPointFacts:
    person, party, summit = change.person, change.party, change.summit
    return {
        "what": change.what,
        "request": change.request,
        "name": change.name,
        "person_key": person.public_id if person else "",
        "account": person is not None and person.user_id is not None,
        "address": to.address,
        "party": party.name,
        "party_key": party.public_id,
        "summit": to.name_of(summit),
        "contact_email": summit.contact_email,
    }


def _addressees(change: FocalPointChange) -> Iterable[Addressee]:
    if change.address:
        yield Addressee(f"party:{change.party.public_id}", change.address, spoken(change.language))


def _subject(context: dict[str, Any]) -> str:
    template = {
        APPROVED: _("%(name)s is now a focal point for %(party)s"),
        REFUSED: _("%(name)s was not approved as a focal point for %(party)s"),
        NAMED: _("You are now a focal point for %(party)s"),
    }.get(context["what"], _("You are no longer a focal point for %(party)s"))
    return template % context


def _path(facts: Mapping[str, Any]) -> str:
    if facts["what"] == NAMED and not facts["account"]:
        # A person without an account first asks for a sign-in code. The portal then shows the delegation.
        return reverse("portal:code_ask")
    route = "portal:delegation" if facts["what"] == NAMED else "portal:focal_points"
    return reverse(route, args=[facts["party_key"]])


def untrue(messages: Sequence[Message]) -> dict[int, str]:
    """Return a dict from the primary keys of messages that are no longer true to the reason. Makes two queries.

    A message about a request is untrue if the request was deleted or has another state than the message says. A
    message about a person is untrue if it says that the person acts for the party and they don't, or the other way
    round.
    """
    keys = [message.facts["request"] for message in messages if message.facts["request"]]
    states = dict(FocalPointRequest.objects.filter(pk__in=keys).values_list("pk", "state"))
    people = [message.facts["person_key"] for message in messages]
    points = FocalPoint.objects.filter(person__public_id__in=people)
    acting = set(points.values_list("party__public_id", "person__public_id"))
    return {message.pk: because(UNTRUE) for message in messages if not _so(message.facts, states, acting)}


def _so(facts: dict[str, Any], states: dict[int, str], acting: set[tuple[str, str]]) -> bool:
    acts = (facts["party_key"], facts["person_key"]) in acting
    if facts["what"] in (NAMED, ENDED, TAKEN_OFF):
        return acts is (facts["what"] == NAMED)
    return bool(states.get(facts["request"]) == facts["what"])


FOCAL_POINT = register(
    MessageKind(
        name="focal_point",
        label=gettext_lazy("decision on a focal point"),
        task="delegations.tasks.deliver_invitations",
        shown_by="tests/delegations/focal_points/test_focal_points.py",
        facts=FocalPointFacts,
        recipients=for_each(_addressees),
        subject_key=lambda change: f"delegations.{change.about}:{change.what}",
        version=once,
        build_facts=_facts,
        template="mail/focal_point.txt",
        subject=_subject,
        path=_path,
        reply_to="contact_email",
        why=gettext_lazy("You are receiving this because it concerns the people who act for your delegation."),
        reasons={UNTRUE: gettext_lazy("The focal points changed again before the message was sent.")},
        withdrawn=untrue,
    )
)
