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
_DUE = _("We would be grateful for your reply by {answer_by}.")
_LINK = _(
    "You can reply, and change your reply until the deadline, at this address:\n{link}\nThe address is personal. "
    "Anyone who has it can answer in your name and read your agenda, so do not pass it on. It works until "
    "{link_until}."
)
_LEVEL = _("We would welcome representation at the level of {level}.")
_CLOSING: tuple[str | Promise, ...] = (
    _("The protocol service remains at your disposal for any question, or if you need a new letter: {contact}."),
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
        _("Invitation to {session} ({party})"),
        (
            *_ADDRESSEE,
            _("We have the honour to invite you to “{session}”, to be held during the {summit}."),
            _("Date and time: {session_time}."),
            _("Place: {session_place}."),
            _LINK,
            *_CLOSING,
        ),
    ),
    Purpose.REMINDER: (
        _("Reply requested: invitation to the {summit} ({party})"),
        (
            *_ADDRESSEE,
            _(
                "On {invited_on} we had the honour to invite you to the {summit}, to be held in {place} {dates}. "
                "We have not yet received your reply."
            ),
            _DUE,
            _LINK,
            _("If you have already replied, you can disregard this letter."),
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
            _("Passport number: {passport}."),
            _("Arrival: {arrival}."),
            _("Departure: {departure}."),
            _("We would be grateful if the visa could be issued without delay."),
            _("The protocol service remains at your disposal for any question: {contact}."),
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
