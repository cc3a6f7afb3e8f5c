"""How somebody is named beside their party."""


def beside(label: str, party_label: str) -> str:
    """Return a party's name to be read after somebody's, or nothing where their office names it already."""
    return "" if party_label in label else party_label


def with_party(label: str, party_label: str) -> str:
    """Return somebody's name with their party's in parentheses, where it isn't said already."""
    party = beside(label, party_label)
    return f"{label} ({party})" if party else label
