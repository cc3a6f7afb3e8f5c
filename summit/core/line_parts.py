"""Lists that people type, a line each: what separates the parts of a line, as each script writes it."""

import re

# The semicolon of Latin, Arabic and Chinese keyboards, and what a spreadsheet puts between its cells.
SEPARATORS = ";؛；\t"
_SEPARATOR = re.compile(f"[{SEPARATORS}]")


def parts_of(line: str) -> list[str]:
    """Return the parts of a line, each with single spaces inside and none around it."""
    return [" ".join(part.split()) for part in _SEPARATOR.split(line)]
