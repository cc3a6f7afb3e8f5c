"""What changed among so many places of a session that nobody reads them all: those that differ, and how many not."""

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sessions.domain.differences import ROLES, Aspect, Value
from sessions.domain.snapshots import Place
from summit.templatetags.marks import semicolon

# Up to so many are named on either side of a change.
MANY = 20
Places = tuple[Place, ...]
Say = Callable[[Value], str]


def sides(aspect: Aspect, say: Say) -> tuple[str, str]:
    """Return both sides of what changed in words; `say` tells one of them whole."""
    old, new = aspect.old, aspect.new
    if aspect.what in ROLES and max(len(old), len(new)) > MANY:  # type: ignore[arg-type]
        return _briefly(old, new, say)  # type: ignore[arg-type]
    return say(old), say(new)


def _briefly(old: Places, new: Places, say: Say) -> tuple[str, str]:
    were, are = ({place.reads for place in side} for side in (old, new))
    gone = tuple(place for place in old if place.reads not in are)
    come = tuple(place for place in new if place.reads not in were)
    if not gone and not come and len(old) == len(new):
        return str(len(old)), _("%(number)d, in another order") % {"number": len(new)}
    return _with_rest(gone, len(old), say), _with_rest(come, len(new), say)


def _with_rest(shown: Places, number: int, say: Say) -> str:
    rest = number - len(shown)
    said = ngettext("%(number)d as before", "%(number)d as before", rest) % {"number": rest}
    return semicolon().join([*([say(shown)] if shown or not rest else []), *([said] if rest else [])])
