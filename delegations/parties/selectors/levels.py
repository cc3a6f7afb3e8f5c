"""The levels at which each kind of party can attend."""

from django.utils.translation import gettext as _

from delegations.parties.models.parties import Level, PartyKind
from summit.core.punctuation import comma

# States are not represented by an executive or a plain representative. Sub-state governments have neither a head of
# state nor ambassadors. Organisations are represented by their head or a representative, whatever these people are at
# home.
_STATES = tuple(level for level in Level if level not in (Level.EXECUTIVE, Level.REPRESENTATIVE))
_REGIONS = (
    *(Level.GOVERNMENT, Level.DEPUTY, Level.MINISTER, Level.VICE_MINISTER, Level.OFFICIAL),
    Level.REPRESENTATIVE,
)
OFFERED: dict[str, tuple[Level, ...]] = {
    PartyKind.COUNTRY: _STATES,
    PartyKind.SUBSTATE: _REGIONS,
    PartyKind.INTERNATIONAL: (Level.EXECUTIVE, Level.OFFICIAL, Level.AMBASSADOR, Level.REPRESENTATIVE),
    PartyKind.ORGANISATION: (Level.EXECUTIVE, Level.REPRESENTATIVE),
    # Levels don't apply to a single guest.
    PartyKind.GUEST: (),
}


def problem(level: str, kind: str) -> str:
    """Return why a party of this kind can't be invited at a level or attend at it, or "" if the level fits."""
    levels = OFFERED.get(kind, tuple(Level))
    if not level or level in levels:
        return ""
    if not levels:
        return _("Individual guests have no level of attendance. Leave this blank.")
    offered = comma().join(str(each.label) for each in levels)
    return _("Choose one of these levels, or leave this blank: %(levels)s.") % {"levels": offered}
