"""At which level whoever answers says that they come."""

from django.utils.translation import gettext as _

from delegations.invitations.models.invitations import Answer, Invitation
from delegations.parties.models.parties import Party
from delegations.parties.selectors import levels as levels_selectors
from delegations.parties.selectors.levels import OFFERED

# What a form proposes to whoever has not answered: the level for which the letter asks, whichever that is.
ASKED = "asked"


def choices(party: Party) -> list[tuple[str, str]]:
    """Return the levels to choose from, first the one that the letter asks for where it does."""
    asked = [(ASKED, _("As the letter asks: %(level)s") % {"level": party.get_level_display()})]
    offered = [(level.value, str(level.label)) for level in OFFERED[party.kind]]
    return [*(asked if _asks(party) else []), *offered]


def _asks(party: Party) -> bool:
    """Return whether the letter asks for a level at which such a party may come."""
    return bool(party.level) and not levels_selectors.problem(party.level, party.kind)


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
