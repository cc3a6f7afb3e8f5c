"""Protection of exported tables against CSV injection: no cell is read as a formula."""

# The characters with which a spreadsheet lets a formula begin, also after blanks.
SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n")


def harmless(text: str) -> str:
    """Return the text with an apostrophe before it if a spreadsheet would read it as a formula.

    `parsers.read` removes the apostrophe again.
    """
    return f"'{text}" if text.startswith(SIGNS) or text.lstrip().startswith(SIGNS) else text
