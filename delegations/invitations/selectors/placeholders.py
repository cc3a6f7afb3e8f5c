"""The placeholders of letters: which there are, and how they are replaced by values.

A placeholder is a word between braces, from the list that is declared here for each purpose; two braces stand for
one. Nothing else in a text has a special meaning: no expression reaches a template engine, and placeholders within a
value are not replaced.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.invitations.models.letters import Purpose

# Matches doubled braces, a placeholder, or a single brace that belongs to neither.
_TOKEN = re.compile(r"\{\{|\}\}|\{([a-z_]{1,40})\}|[{}]")
# A paragraph with one of these is in the mail but not on paper, so that passing on the paper gives nobody access.
MAIL_ALONE = frozenset({"link", "link_until"})


@dataclass(frozen=True)
class Placeholder:
    """A placeholder. If an `optional` one has no value, the paragraph that contains it is left out."""

    means: Promise
    optional: bool = False


PLACEHOLDERS: dict[str, Placeholder] = {
    "party": Placeholder(gettext_lazy("short name of the delegation")),
    "formal_name": Placeholder(gettext_lazy("formal name of the delegation")),
    "salutation": Placeholder(gettext_lazy("salutation, with its comma")),
    "level": Placeholder(gettext_lazy("level of attendance requested"), optional=True),
    "summit": Placeholder(gettext_lazy("name of the summit")),
    "dates": Placeholder(gettext_lazy("dates of the summit, such as “from Monday 31 March to Tuesday 1 April”")),
    "place": Placeholder(gettext_lazy("place of the summit")),
    "host": Placeholder(gettext_lazy("the host")),
    "answer_by": Placeholder(gettext_lazy("deadline for answers"), optional=True),
    "link": Placeholder(gettext_lazy("link for the delegation’s answer")),
    "link_until": Placeholder(gettext_lazy("expiry date of the link")),
    "contact": Placeholder(gettext_lazy("email address of protocol")),
    "reference": Placeholder(gettext_lazy("reference of the letter"), optional=True),
    "today": Placeholder(gettext_lazy("date of the letter")),
    "signatory": Placeholder(gettext_lazy("name and office of the signatory, or the host")),
    "session": Placeholder(gettext_lazy("title of the session")),
    "session_time": Placeholder(gettext_lazy("date and time of the session")),
    "session_place": Placeholder(gettext_lazy("place of the session"), optional=True),
    "invited_on": Placeholder(gettext_lazy("date of the invitation")),
    "person": Placeholder(gettext_lazy("name and office of the person")),
    "nationality": Placeholder(gettext_lazy("nationality of the person"), optional=True),
    "birth_date": Placeholder(gettext_lazy("date of birth of the person"), optional=True),
    "passport": Placeholder(gettext_lazy("passport number of the person"), optional=True),
    "embassy": Placeholder(gettext_lazy("place of the visa application")),
    "arrival": Placeholder(gettext_lazy("arrival of the person"), optional=True),
    "departure": Placeholder(gettext_lazy("departure of the person"), optional=True),
}

_EVERYWHERE = (
    "party",
    "formal_name",
    "summit",
    "dates",
    "place",
    "host",
    "contact",
    "reference",
    "today",
    "signatory",
)
_LETTER = (*_EVERYWHERE, "salutation", "answer_by", "link", "link_until")
ALLOWED: dict[str, tuple[str, ...]] = {
    Purpose.DELEGATION: (*_LETTER, "level"),
    Purpose.ORGANISATION: (*_LETTER, "level"),
    Purpose.GUEST: _LETTER,
    Purpose.OCCASION: (*_LETTER, "level", "session", "session_time", "session_place"),
    Purpose.REMINDER: (*_LETTER, "invited_on"),
    Purpose.VISA: (
        *_EVERYWHERE,
        *("person", "nationality", "birth_date", "passport", "embassy", "arrival", "departure"),
    ),
}
# Without these a letter would be of no use.
REQUIRED: dict[str, tuple[str, ...]] = {
    Purpose.DELEGATION: ("link",),
    Purpose.ORGANISATION: ("link",),
    Purpose.GUEST: ("link",),
    Purpose.OCCASION: ("link", "session"),
    Purpose.REMINDER: ("link",),
    Purpose.VISA: ("person",),
}
# Subjects are visible in lists of mails and to others than the recipient.
NOT_IN_SUBJECT = MAIL_ALONE


def named(text: str) -> list[str]:
    """Return the placeholders in a text, in their order. Raises ValidationError for a brace that belongs to none."""
    found = []
    for match in _TOKEN.finditer(text):
        if match[1]:
            found.append(match[1])
        elif match[0] in "{}":
            raise ValidationError(_malformed(text, match.start()))
    return found


def _malformed(text: str, place: int) -> str:
    around = " ".join(text[max(place - 10, 0) : place + 20].split())
    message = _("The brace at “%(around)s” is not part of a placeholder. To print a brace, write it twice.")
    return message % {"around": around}


def listed(names: Iterable[str]) -> str:
    """Return placeholders in braces, separated by commas."""
    return ", ".join(f"{{{name}}}" for name in names)


def check(*, purpose: str, subject: str, body: str) -> None:
    """Check the placeholders of a text.

    Raises ValidationError by field if a placeholder is unknown or malformed, or if a required one is missing. The
    messages list the allowed or the missing ones.
    """
    problems: dict[str, list[str]] = {}
    allowed = ALLOWED[purpose]
    for field, text in (("subject", subject), ("body", body)):
        may = [name for name in allowed if field == "body" or name not in NOT_IN_SUBJECT]
        try:
            _check_known(named(text), may)
        except ValidationError as problem:
            problems[field] = problem.messages
    lacking = [] if problems else [name for name in REQUIRED[purpose] if name not in named(body)]
    if lacking:
        message = _("Add %(lacking)s to the text.") % {"lacking": listed(lacking)}
        problems["body"] = [message]
    if problems:
        raise ValidationError(problems)


def _check_known(found: list[str], may: list[str]) -> None:
    unknown = [name for name in dict.fromkeys(found) if name not in may]
    if unknown:
        message = _("%(unknown)s is not a placeholder. You can use: %(allowed)s.")
        raise ValidationError(message % {"unknown": listed(unknown), "allowed": listed(may)})


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return a text with its placeholders replaced by their values. Raises KeyError for one without a value."""

    def value(match: re.Match[str]) -> str:
        return values[match[1]] if match[1] else match[0][0]

    return _TOKEN.sub(value, text)


def paragraphs(body: str, values: Mapping[str, str], *, paper: bool = False) -> list[str]:
    """Return the paragraphs of a text with their values. Empty lines separate paragraphs; other line breaks are kept.

    A paragraph that contains an optional placeholder without a value is left out. With `paper`, a paragraph with the
    link is left out too.
    """
    found = []
    for part in re.split(r"\n[ \t]*\n", body.replace("\r\n", "\n").strip()):
        names = named(part)
        if any(PLACEHOLDERS[name].optional and not values[name] for name in names):
            continue
        if paper and MAIL_ALONE & set(names):
            continue
        lines = (re.sub(r"[ \t]+", " ", line).strip() for line in fill(part, values).splitlines())
        found.append("\n".join(line for line in lines if line))
    return [part for part in found if part]
