"""The system's own texts of letters, for summits without their own, in the diplomatic register of each language."""

from dataclasses import dataclass

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from delegations.invitations.models.letters import Purpose
from summit.core.languages import spoken


@dataclass(frozen=True)
class Text:
    """The text of a letter, with its placeholders."""

    subject: str
    body: str


_ADDRESSEE: tuple[str | Promise, ...] = ("{formal_name}", "{salutation}")
_DUE = _("We would be grateful to learn by {answer_by} whether you will take part.")
_LINK = _(
    "The answer can be given, and changed while answers are due, at this address:\n{link}\n"
    "The address is meant for you alone. Whoever has it can answer in your name and read your agenda, so it should "
    "be passed on to nobody else. It stays open until {link_until}."
)
_LEVEL = _("The level of attendance for which we ask: {level}.")
_CLOSING: tuple[str | Promise, ...] = (
    _(
        "The protocol of the summit remains at your disposal for any question, and for a new letter should you need "
        "one: {contact}."
    ),
    _("We avail ourselves of this opportunity to renew to you the assurances of our highest consideration."),
    "{signatory}",
)
_YOU = _("We have the honour to invite you to the {summit}, to be held in {place} {dates}.")

_TEXTS: dict[str, tuple[Promise, tuple[str | Promise, ...]]] = {
    Purpose.DELEGATION: (
        _("Invitation to the {summit} ({party})"),
        (
            *_ADDRESSEE,
            _("We have the honour to invite your delegation to the {summit}, to be held in {place} {dates}."),
            _LEVEL,
            _DUE,
            _LINK,
            *_CLOSING,
        ),
    ),
    Purpose.ORGANISATION: (
        _("Invitation to the {summit} ({party})"),
        (*_ADDRESSEE, _YOU, _LEVEL, _DUE, _LINK, *_CLOSING),
    ),
    Purpose.GUEST: (
        _("Invitation to the {summit}"),
        (*_ADDRESSEE, _YOU, _DUE, _LINK, *_CLOSING),
    ),
    Purpose.OCCASION: (
        _("Invitation: {session} ({party})"),
        (
            *_ADDRESSEE,
            _("We have the honour to invite you to “{session}”, which is held within the {summit}."),
            _("Time: {session_time}."),
            _("Place: {session_place}."),
            _LINK,
            *_CLOSING,
        ),
    ),
    Purpose.REMINDER: (
        _("An answer is awaited: invitation of {party} to the {summit}"),
        (
            *_ADDRESSEE,
            _(
                "On {invited_on} we had the honour to invite you to the {summit}, to be held in {place} {dates}. We "
                "have not yet learnt whether you will take part."
            ),
            _DUE,
            _LINK,
            _("Where an answer is on its way already, this letter needs none."),
            *_CLOSING,
        ),
    ),
    Purpose.VISA: (
        _("Visa support for {person}"),
        (
            "{embassy}",
            _("To whom it may concern,"),
            _(
                "{host} confirms that {person} is invited to the {summit}, to be held in {place} {dates}, as a "
                "member of the delegation of {party}."
            ),
            _("Nationality: {nationality}."),
            _("Date of birth: {birth_date}."),
            _("Number of the passport: {passport}."),
            _("Arrival: {arrival}."),
            _("Departure: {departure}."),
            _("We would be grateful if the visa were issued in time, and without delay."),
            _("The protocol of the summit remains at your disposal for any question: {contact}."),
            "{signatory}",
        ),
    ),
}


def usual(purpose: str, language: str) -> Text:
    """Return the system's own text of a letter for `purpose` in `language`. If the system doesn't have that language,
    the text is in English."""
    subject, parts = _TEXTS[purpose]
    with translation.override(spoken(language)):
        return Text(str(subject), "\n\n".join(str(part) for part in parts))
