"""Split the lines of a typed list into parts, at the separators of several scripts."""

import re

# The semicolons of Latin, Arabic and Chinese keyboards, and the tab that spreadsheets put between cells.
SEPARATORS = ";؛；\t"
_SEPARATOR = re.compile(f"[{SEPARATORS}]")


def parts_of(line: str) -> list[str]:
    """Return the parts of a line, split at SEPARATORS.

    White space in them is stripped and reduced to single spaces.
    """
    return [" ".join(part.split()) for part in _SEPARATOR.split(line)]
