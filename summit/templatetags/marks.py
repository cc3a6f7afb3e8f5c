"""Marks between things that stand beside one another, in the reader's script: a list, parts of a line, two times.

What stands on either side is data or has been translated already, so that the mark is all that is left to say.
"""

import re

from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext as _

register = template.Library()

COMMA, SEMICOLON, UNTIL = ", ", "; ", "–"
# Is not seen, and holds what stands on either side together.
JOINER = "\u2060"
DASH = re.compile(r"(?<=\d)–(?=\d)")
# In Arabic a dash between two times is read from either side, so that 09:30–10:05 may end before it starts.
# In French a narrow space that doesn't break stands before a semicolon.
OTHERS = {"ar": {COMMA: "، ", SEMICOLON: "؛ ", UNTIL: " إلى\u00a0"}, "fr": {SEMICOLON: "\u202f; "}}


def _mark(english: str) -> str:
    return OTHERS.get((get_language() or "").split("-")[0], {}).get(english, english)


@register.simple_tag
def comma() -> str:
    """Return ", "."""
    return _mark(COMMA)


@register.simple_tag
def semicolon() -> str:
    """Return "; "."""
    return _mark(SEMICOLON)


@register.simple_tag
def until() -> str:
    """Return the dash between the start and the end of something, after which no line is broken."""
    return _mark(UNTIL) + JOINER


@register.filter
def unbroken(said: str) -> str:
    """Return a sentence whose spans of time, such as 09:30–10:05, keep to one line."""
    return DASH.sub(UNTIL + JOINER, said)


def pair(name: object, about: object) -> str:
    """Return "name: about", with the colon as the language sets it."""
    return _("%(name)s: %(about)s") % {"name": name, "about": about}
