"""Collects the facts of a letter of invitation, which are frozen when the letter is stored.

The text of the letter and all values are stored with it, except the link: only the link's nonce is stored. A template
or a party that is changed later changes no letter.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NotRequired, TypedDict

from django.db.models import QuerySet, Value
from django.db.models.functions import Concat
from django.utils import translation
from django.utils.translation import gettext as _

from delegations.invitations import invitable_sessions as occasions_invitations
from delegations.invitations.invitable_sessions import Occasion
from delegations.invitations.models.invitations import Invitation, InvitationLink
from delegations.invitations.selectors import letter_templates
from delegations.invitations.selectors.default_letters import Text
from delegations.invitations.selectors.letter_templates import Texts
from delegations.members.models.categories import Capacity
from delegations.members.models.members import Membership
from delegations.parties.models.parties import Level, Party, PartyKind
from delegations.parties.models.policy import Policy
from delegations.parties.selectors import party_names
from delegations.parties.selectors.party_names import NamedParty
from summit.core.database_clock import db_now
from summit.core.date_formats import clock, long_day
from summit.core.languages import spoken
from summit.core.punctuation import comma
from summit.outbox.models import Message
from summit.pdf.paper_size import paper_of
from summit.people.models import Person
from summit.summits.models import Summit

KIND = "invitation"
PREFIX = "delegations.invitation"


def subject_key(invitation: Invitation) -> str:
    """Return the key by which the outbox groups an invitation's letters."""
    return f"{PREFIX}:{invitation.public_id}"


def invitations_with(invitation: Invitation) -> QuerySet[Invitation]:
    """Return all invitations that were sent in the same step as this one.

    One UPDATE has marked these invitations as sent, so that they have the same `sent_at`.
    """
    # Compared within the database: SQLite compares moments as text, and stores fewer digits than Python has.
    moment = Invitation.objects.filter(pk=invitation.pk).values("sent_at")
    return Invitation.objects.filter(
        party__summit=invitation.party.summit_id, sent_at__in=moment, sent_by=invitation.sent_by_id
    )


def sent_with(invitation: Invitation) -> QuerySet[Message]:
    """Return the letters of all invitations that were sent in the same step as this one."""
    keys = invitations_with(invitation).values(key=Concat(Value(f"{PREFIX}:"), "public_id"))
    return Message.objects.filter(kind=KIND, version=0, subject_key__in=keys)


@dataclass
class Stationery:
    """The data that all letters of one summit share. They are read once for all letters."""

    summit: Summit
    policy: Policy
    texts: Texts
    now: datetime
    names: dict[int, NamedParty] = field(default_factory=dict)
    guests: dict[int, Person] = field(default_factory=dict)
    occasions: dict[str, Occasion] = field(default_factory=dict)

    def text(self, party: Party, occasion: str = "") -> Text:
        """Return the text of the letter that invites a party."""
        return self.texts.of(letter_templates.purpose_for(party.kind, occasion), party.language)

    def reference(self, number: int | None) -> str:
        """Return the reference of a letter, or "" if its invitation has no number yet."""
        return f"{self.policy.reference_prefix}{number}" if number else ""


def stationery(summit: Summit, parties: Iterable[Party], occasion_keys: Iterable[str] = ()) -> Stationery:
    """Return the data that letters to these parties of a summit need. Makes four queries, and one more for each
    language of the parties."""
    keys, keys_by_language = [], dict[str, list[int]]()
    for party in parties:
        keys.append(party.pk)
        keys_by_language.setdefault(spoken(party.language), []).append(party.pk)
    names: dict[int, NamedParty] = {}
    for language, party_keys in keys_by_language.items():
        names |= party_names.book(summit, language, parties=Party.objects.filter(pk__in=party_keys)).by_key
    guests = Membership.objects.filter(party__in=keys, capacity=Capacity.GUEST, party__kind=PartyKind.GUEST)
    return Stationery(
        summit=summit,
        policy=Policy.objects.of(summit),
        texts=Texts(summit),
        now=db_now(),
        names=names,
        guests={row.party_id: row.person for row in guests.select_related("person")},
        occasions=occasions_invitations.find(summit, occasion_keys),
    )


class LetterFacts(TypedDict):
    """The facts of a letter.

    `link_nonce` is the nonce from which only the holder of SECRET_KEY can make the link. `paper` is the size of the
    paper (summit.pdf.paper_size), and `emblem` the digest of the summit's emblem, if it has one.
    """

    link: str
    link_nonce: str
    subject: str
    body: str
    values: dict[str, str]
    footnote: str
    contact_email: str
    summit: str
    letterhead: str
    number: int
    day: str
    paper: NotRequired[str]
    emblem: NotRequired[str]


def facts(*, link: InvitationLink, party: Party, paper: Stationery, text: Text | None = None) -> LetterFacts:
    """Return all facts that the letter needs, in the letter's language."""
    invitation = link.invitation
    text = text or paper.text(party, invitation.occasion)
    language = spoken(party.language)
    names = paper.summit.named(language)
    with translation.override(language):
        letter_values = values(party=party, paper=paper, person=link.person, invitation=invitation)
        letter_values["link_until"] = moment(link.expires_at, paper.summit)
    summit = paper.summit
    return {
        "link": link.public_id,
        "link_nonce": link.nonce,
        "subject": text.subject,
        "body": text.body,
        "values": letter_values,
        "footnote": " ".join(paper.names[party.pk].footnote.split()),
        "contact_email": summit.contact_email,
        "summit": names.name,
        "letterhead": paper.policy.letter_word("letter_sender", language).strip() or names.host,
        "number": invitation.number or 0,
        "day": paper.now.astimezone(summit.zone).date().isoformat(),
        "paper": paper_of(summit),
        "emblem": summit.emblem_digest,
    }


def values(
    *,
    party: Party,
    paper: Stationery,
    person: Person | None,
    invitation: Invitation,
    answer_by: datetime | None = None,
) -> dict[str, str]:
    """Return a dict from the placeholders of an invitation's letters to their values, in the active language. The
    link is missing."""
    summit, policy, names = paper.summit, paper.policy, paper.summit.reads_as
    occasion = paper.occasions.get(invitation.occasion)
    due = occasion.starts_at if occasion else summit.answer_by
    texts = {
        "party": paper.names[party.pk].name,
        "formal_name": paper.names[party.pk].formal_name,
        "salutation": salutation(party, paper, person),
        "level": str(Level(party.level).label) if party.level else "",
        "summit": names.name,
        "dates": days(summit.starts_on, summit.ends_on),
        "place": names.place,
        "host": names.host,
        "answer_by": moment(due, summit) if due else "",
        "contact": summit.contact_email,
        "reference": paper.reference(invitation.number),
        "today": long_day(paper.now.astimezone(summit.zone).date()),
    }
    # Values other than the salutation are put on one line: only the text of the letter has line breaks.
    texts = {name: value if name == "salutation" else " ".join(value.split()) for name, value in texts.items()}
    texts["signatory"] = "\n".join(policy.signs(translation.get_language() or summit.language)) or texts["host"]
    if invitation.sent_at:
        texts["invited_on"] = long_day(invitation.sent_at.astimezone(summit.zone).date())
    return {**texts, **(_of_session(occasion, summit) if occasion else {})}


def _of_session(occasion: Occasion, summit: Summit) -> dict[str, str]:
    start, end = (at.astimezone(summit.zone) for at in (occasion.starts_at, occasion.ends_at))
    params = {
        "day": long_day(start.date()),
        "from": clock(start),
        "to": clock(end),
        "place": summit.said_place,
    }
    return {
        "session": " ".join(occasion.title.split()),
        "session_time": _("%(day)s, %(from)s to %(to)s %(place)s time") % params,
        "session_place": " ".join(occasion.place.split()),
    }


def salutation(party: Party, paper: Stationery, person: Person | None) -> str:
    """Return the first line of a letter: the summit's own salutation for the party, or a general one for the party's
    kind.

    A party that the host doesn't recognise isn't addressed as "Your Excellency".
    """
    own = " ".join(paper.names[party.pk].salutation.split())
    if own:
        return own
    if party.is_delegation and party.recognised:
        return _("Your Excellency,")
    addressee = paper.guests.get(party.pk) or person
    if addressee is None:
        return _("Dear Sir or Madam,")
    if addressee.form_of_address:
        return f"{' '.join(addressee.form_of_address.split())}{comma().strip()}"
    if not addressee.name:
        # A label such as “Focal point for Aland” is no name to greet somebody by.
        return _("Dear Sir or Madam,")
    return _("Dear %(salutation)s,") % {"salutation": " ".join(addressee.name.split())}


def days(first: date, last: date) -> str:
    """Return the days of a summit as a phrase, such as "from … to …"."""
    if first == last:
        return _("on %(day)s") % {"day": long_day(first)}
    return _("from %(first)s to %(last)s") % {"first": long_day(first), "last": long_day(last)}


def moment(at: datetime, summit: Summit) -> str:
    """Return a moment as a phrase, in the summit's time zone."""
    local = at.astimezone(summit.zone)
    params = {"day": long_day(local), "time": clock(local), "place": summit.said_place}
    return _("%(day)s, %(time)s %(place)s time") % params


def marked(stored: Mapping[str, Any]) -> dict[str, str]:
    """Return a letter's values, with an asterisk after the party's name if a footnote explains it."""
    letter_values: dict[str, str] = dict(stored["values"])
    if stored["footnote"]:
        name = "formal_name" if "{formal_name}" in stored["body"] else "party"
        letter_values[name] = f"{letter_values[name]}*"
    return letter_values
