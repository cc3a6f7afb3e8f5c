"""Escape plain words so that Markdown renders them unchanged."""

import re

_MISREAD = re.compile(
    r"[\\`*]|(?<![^\W_])_|_(?![^\W_])|~(?=~)|(?<=~)~|&(?=#?\w+;)|<(?=[a-zA-Z])|\](?=[(\[:])|\[(?=[^\[\]]*\][(\[:])"
)
_AT_START = re.compile(r"#{1,6}(?=\s|$)|>|[-+](?=\s|$)|[-=](?=[-=\s]*$)|[|:](?=\s*:?-)")
_ITEM = re.compile(r"(\d{1,9})([.)])(?=\s|$)")


def escape(text: str) -> str:
    """Return words as Markdown that renders them unchanged; a break follows each line but the last."""
    return "\\\n".join(_line(line) for line in text.split("\n"))


def _line(line: str) -> str:
    return escape_start(_MISREAD.sub(r"\\\g<0>", line.strip(" \t")))


def escape_start(line: str) -> str:
    """Escape the start of a line if Markdown would read it as a heading, an item, a quotation or a table."""
    return _ITEM.sub(r"\1\\\2", line) if _ITEM.match(line) else ("\\" + line if _AT_START.match(line) else line)
