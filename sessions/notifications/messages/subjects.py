"""The changes of a message in its subject: what changed, where and when, in a few words."""

from collections.abc import Sequence

from django.utils import formats
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from sessions.agenda.selectors.change_descriptions import PARTS, STATES, Where, title_of
from sessions.agenda.selectors.differences import Nature, SessionChange, What
from sessions.visibility.models import RANKS, TAKING_PART
from summit.core.date_formats import clock
from summit.core.punctuation import comma, pair

TIMES = {What.MOVED, What.LONGER, What.SHORTER}


def of_changes(changes: Sequence[SessionChange], where: Where) -> str:
    """Return the first change in words, and how many others there are.

    Phones show subjects on locked screens, so no subject names a session that only its participants may know of.
    If there is one, return only the number of changes.
    """
    if any(RANKS[change.session.visibility] >= TAKING_PART for change in changes):
        number = len(changes)
        return ngettext("one change to your agenda", "%(n)d changes to your agenda", number) % {"n": number}
    first, others = _brief(changes[0], where), len(changes) - 1
    if not others:
        return first
    more = ngettext("%(first)s, and %(n)d other change", "%(first)s, and %(n)d other changes", others)
    return more % {"first": first, "n": others}


def _brief(change: SessionChange, where: Where) -> str:
    """Return one change in words, such as "Criminal finances: now in State Drawing Room, Thu 09:15"."""
    session = change.session
    start = session.starts_at.astimezone(where.zone)
    title = title_of(session, get_language())
    when = f"{formats.date_format(start, 'D')} {clock(start)}" if session.times_known else ""
    if change.nature != Nature.CHANGED:
        state = str(STATES[change.nature])
        return pair(title, _listed(state, when))
    parts = [aspect.what for aspect in change.aspects(get_language())]
    if What.ROOM in parts and session.room_name:
        return _("%(title)s: now in %(place)s") % {"title": title, "place": _listed(session.room_name, when)}
    if TIMES.intersection(parts) and session.times_known:
        return _("%(title)s: now %(when)s") % {"title": title, "when": when}
    changed = comma().join(str(PARTS[part]).lower() for part in parts)
    return pair(title, _listed(changed, when))


def _listed(*parts: str) -> str:
    return comma().join(filter(None, parts))
