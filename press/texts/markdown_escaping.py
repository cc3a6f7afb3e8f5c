"""Words written as Markdown so that they read as they stand."""

import re

_MISREAD = re.compile(
    r"[\\`*]|(?<![^\W_])_|_(?![^\W_])|~(?=~)|(?<=~)~|&(?=#?\w+;)|<(?=[a-zA-Z])|\](?=[(\[:])|\[(?=[^\[\]]*\][(\[:])"
)
_AT_START = re.compile(r"#{1,6}(?=\s|$)|>|[-+](?=\s|$)|[-=](?=[-=\s]*$)|[|:](?=\s*:?-)")
_ITEM = re.compile(r"(\d{1,9})([.)])(?=\s|$)")


def escape(text: str) -> str:
    """Return words so that they read as they are written: one line, or several with a break after each."""
    return "\\\n".join(_line(line) for line in text.split("\n"))


def _line(line: str) -> str:
    return escape_start(_MISREAD.sub(r"\\\g<0>", line.strip(" \t")))


def escape_start(line: str) -> str:
    """Escape what would begin a heading, an item, a quotation or a table where it stands first in its line."""
    return _ITEM.sub(r"\1\\\2", line) if _ITEM.match(line) else ("\\" + line if _AT_START.match(line) else line)
