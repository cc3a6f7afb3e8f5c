"""Punctuation between two values in the active language: in a list, between parts of a line, between two times.

The values are data or already translated, so that only the punctuation depends on the language.
"""

import re

from django.utils.translation import get_language
from django.utils.translation import gettext as _

COMMA, SEMICOLON, UNTIL = ", ", "; ", "–"
# The invisible word joiner: no line is broken at it.
JOINER = "\u2060"
DASH = re.compile(r"(?<=\d)–(?=\d)")
# In Arabic a dash between two times is read from either side, so that 09:30–10:05 may end before it starts.
# French has a narrow no-break space before a semicolon.
OTHERS = {"ar": {COMMA: "، ", SEMICOLON: "؛ ", UNTIL: " إلى\u00a0"}, "fr": {SEMICOLON: "\u202f; "}}


def _mark(english: str) -> str:
    return OTHERS.get((get_language() or "").split("-")[0], {}).get(english, english)


def comma() -> str:
    """Return the separator of a list in the active language: ", " in English."""
    return _mark(COMMA)


def semicolon() -> str:
    """Return the separator of parts of a line in the active language: "; " in English."""
    return _mark(SEMICOLON)


def until() -> str:
    """Return the dash between a start and an end in the active language. Lines don't break after it."""
    return _mark(UNTIL) + JOINER


def unbroken(text: str) -> str:
    """Return a text in which lines don't break inside a span of time such as 09:30–10:05."""
    return DASH.sub(UNTIL + JOINER, text)


def pair(name: object, about: object) -> str:
    """Return "name: about", with the colon of the active language."""
    return _("%(name)s: %(about)s") % {"name": name, "about": about}
