"""At which levels a party may come."""

from django.utils.translation import gettext as _

from delegations.models import Answer, Invitation, Level, Party, PartyKind
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
# What a form proposes to whoever has not answered: the level for which the letter asks, whichever that is.
ASKED = "asked"


def problem(level: str, kind: str) -> str:
    """Return in a sentence why a party of this kind can't be asked for, or come at, a level; "" where it can."""
    levels = OFFERED.get(kind, tuple(Level))
    if not level or level in levels:
        return ""
    if not levels:
        return _("A single guest comes at no level. Leave it open.")
    offered = comma().join(str(each.label) for each in levels)
    return _("Choose one of these levels, or leave it open: %(levels)s.") % {"levels": offered}


def choices(party: Party) -> list[tuple[str, str]]:
    """Return the levels to choose from, first the one that the letter asks for where it does."""
    asked = [(ASKED, _("As the letter asks: %(level)s") % {"level": party.get_level_display()})]
    offered = [(level.value, str(level.label)) for level in OFFERED[party.kind]]
    return [*(asked if _asks(party) else []), *offered]


def _asks(party: Party) -> bool:
    """Return whether the letter asks for a level at which such a party may come."""
    return bool(party.level) and not problem(party.level, party.kind)


def proposed(invitation: Invitation) -> str:
    """Return the level with which the form of an answer begins."""
    asked = invitation.party.level
    as_asked = not invitation.answer or (invitation.answer == Answer.ATTENDING and invitation.level == asked)
    return ASKED if as_asked and _asks(invitation.party) else invitation.level


def meant(level: str, *, answer: str, party: Party) -> str:
    """Return the level that was chosen. Whoever is represented by another does not come as the letter asks: theirs
    stays open until somebody says it."""
    if level != ASKED:
        return level
    return party.level if answer == Answer.ATTENDING else ""
