"""Protection of exported tables against CSV injection: no cell is read as a formula."""

# A spreadsheet reads a cell as a formula if it begins with one of these characters, also after blanks.
SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n")


def harmless(text: str) -> str:
    """Return the text with an apostrophe before it if a spreadsheet would read it as a formula.

    Other text is returned unchanged. `parsers.read` removes the apostrophe again.
    """
    return f"'{text}" if text.startswith(SIGNS) or text.lstrip().startswith(SIGNS) else text
