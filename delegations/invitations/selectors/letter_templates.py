"""Selects the texts of letters: the summit's own, or otherwise the system's."""

from delegations.invitations.models.letters import LetterTemplate, Purpose
from delegations.invitations.selectors import default_letters
from delegations.invitations.selectors.default_letters import Text
from delegations.parties.models.parties import PartyKind
from summit.core.languages import spoken
from summit.summits.models import Summit

# The purpose of the letter that invites a party of a kind to the summit; all other kinds are delegations.
_KINDS = {PartyKind.ORGANISATION: Purpose.ORGANISATION, PartyKind.GUEST: Purpose.GUEST}


def purpose_for(kind: str, occasion: str = "") -> Purpose:
    """Return the purpose of the letter that invites a party of some kind to the summit, or to one of its sessions."""
    return Purpose.OCCASION if occasion else _KINDS.get(PartyKind(kind), Purpose.DELEGATION)


class Texts:
    """The texts of a summit's letters. The summit's own are read once."""

    def __init__(self, summit: Summit) -> None:
        rows = LetterTemplate.objects.filter(summit=summit)
        self._own = {(row.purpose, row.language): Text(row.subject, row.body) for row in rows}

    def own(self, purpose: str, language: str) -> Text | None:
        """Return the summit's own text, or None if it has none."""
        return self._own.get((purpose, spoken(language)))

    def of(self, purpose: str, language: str) -> Text:
        """Return the text of a letter in a language; in English if the system doesn't have that language."""
        return self.own(purpose, language) or default_letters.usual(purpose, language)
