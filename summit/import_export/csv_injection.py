"""Tables that leave the system."""

# What a spreadsheet takes for the beginning of a formula, blanks before it or not.
SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n")


def harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula, however the table is saved: an apostrophe before it,
    which `tables.read` takes off again."""
    return f"'{text}" if text.startswith(SIGNS) or text.lstrip().startswith(SIGNS) else text
