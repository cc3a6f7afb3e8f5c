"""The levels of attendance to choose from in an answer."""

from django.utils.translation import gettext as _

from delegations.invitations.models.invitations import Answer, Invitation
from delegations.parties.models.parties import Party
from delegations.parties.selectors import levels as levels_selectors
from delegations.parties.selectors.levels import OFFERED

# The choice that stands for the level that the letter asks for. The delegation's own form preselects it until there
# is an answer; the desk's form preselects nothing, because an answer on paper may say something else.
ASKED = "asked"
# The choice, in the desk's form, that the answer names no level.
UNSAID = "unsaid"


def choices(party: Party) -> list[tuple[str, str]]:
    """Return the levels to choose from. The level that the letter asks for comes first, if it asks for one."""
    letter_choice = [(ASKED, _("As in the letter: %(level)s") % {"level": party.get_level_display()})]
    offered = [(level.value, str(level.label)) for level in OFFERED[party.kind]]
    return [*(letter_choice if _asks_for_level(party) else []), *offered]


def _asks_for_level(party: Party) -> bool:
    """Return whether the letter asks for a level, and the party's kind allows that level."""
    return bool(party.level) and not levels_selectors.problem(party.level, party.kind)


def proposed(invitation: Invitation) -> str:
    """Return the level that is preselected in the form of an answer."""
    asked_level = invitation.party.level
    as_asked = not invitation.answer or (invitation.answer == Answer.ATTENDING and invitation.level == asked_level)
    return ASKED if as_asked and _asks_for_level(invitation.party) else invitation.level


def resolve(level: str, *, answer: str, party: Party) -> str:
    """Return the level that a choice stands for: "" for UNSAID.

    ASKED stands for the level that the letter asks for, but only if the answer is "attending". Somebody who
    represents the head doesn't come at that level: the level stays "".
    """
    if level != ASKED:
        return "" if level == UNSAID else level
    return party.level if answer == Answer.ATTENDING else ""
