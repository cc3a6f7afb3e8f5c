"""At which levels a party may come."""

from delegations.models import Level, Party, PartyKind

_ORGANISATIONS = (Level.EXECUTIVE, Level.REPRESENTATIVE)


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
