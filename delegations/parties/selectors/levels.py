"""At which levels a party may come."""

from django.utils.translation import gettext as _

from delegations.parties.models.parties import Level, PartyKind
from summit.templatetags.marks import comma

# A state has no chief executive, and whoever comes for it has a rank. A sub-state government has neither a head of
# state nor ambassadors. Whoever comes for an organisation comes as its head or for it, whatever they are at home.
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
    # A single guest comes as they are.
    PartyKind.GUEST: (),
}


def problem(level: str, kind: str) -> str:
    """Return in a sentence why a party of this kind can't be asked for, or come at, a level; "" where it can."""
    levels = OFFERED.get(kind, tuple(Level))
    if not level or level in levels:
        return ""
    if not levels:
        return _("A single guest comes at no level. Leave it open.")
    offered = comma().join(str(each.label) for each in levels)
    return _("Choose one of these levels, or leave it open: %(levels)s.") % {"levels": offered}
