"""At which levels a party may come."""

from django.utils.translation import gettext as _

from delegations.models import Answer, Invitation, Level, Party, PartyKind

_ORGANISATIONS = (Level.EXECUTIVE, Level.REPRESENTATIVE)
# What a form proposes to whoever has not answered: the level for which the letter asks, whichever that is.
ASKED = "asked"


def offered(party: Party) -> list[Level]:
    """Return the levels that are offered to a party, the highest first; none for a single guest, who comes as they
    are. A state has no chief executive, a company no head of state."""
    if party.kind == PartyKind.GUEST:
        return []
    if party.kind == PartyKind.ORGANISATION:
        return list(_ORGANISATIONS)
    if party.kind == PartyKind.INTERNATIONAL:
        return list(Level)
    return [level for level in Level if level != Level.EXECUTIVE]


def choices(party: Party) -> list[tuple[str, str]]:
    """Return the levels to choose from, first the one that the letter asks for where it does."""
    levels = offered(party)
    asked = [(ASKED, _("As the letter asks: %(level)s") % {"level": party.get_level_display()})]
    return [*(asked if levels and party.level else []), *((level.value, str(level.label)) for level in levels)]


def proposed(invitation: Invitation) -> str:
    """Return the level with which the form of an answer begins."""
    asked = invitation.party.level
    as_asked = not invitation.answer or (invitation.answer == Answer.ATTENDING and invitation.level == asked)
    return ASKED if asked and as_asked and offered(invitation.party) else invitation.level


def meant(level: str, *, answer: str, party: Party) -> str:
    """Return the level that was chosen. Whoever is represented by another does not come as the letter asks: theirs
    stays open until somebody says it."""
    if level != ASKED:
        return level
    return party.level if answer == Answer.ATTENDING else ""
