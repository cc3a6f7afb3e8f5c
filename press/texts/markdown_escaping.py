"""Escape plain words so that Markdown renders them unchanged."""

import re

_MISREAD = re.compile(
    r"[\\`*]|(?<![^\W_])_|_(?![^\W_])|~(?=~)|(?<=~)~|&(?=#?\w+;)|<(?=[a-zA-Z])|\](?=[(\[:])|\[(?=[^\[\]]*\][(\[:])"
)
_AT_START = re.compile(r"#{1,6}(?=\s|$)|>|[-+](?=\s|$)|[-=](?=[-=\s]*$)|[|:](?=\s*:?-)")
_ITEM = re.compile(r"(\d{1,9})([.)])(?=\s|$)")


def escape(text: str) -> str:
    """Return plain text as Markdown that renders it unchanged. Each line but the last ends with a line break."""
    return "\\\n".join(_line(line) for line in text.split("\n"))


def _line(line: str) -> str:
    return escape_start(_MISREAD.sub(r"\\\g<0>", line.strip(" \t")))


def escape_start(line: str) -> str:
    """Return a line, with its start escaped if Markdown would render a heading, item, quotation or table."""
    return _ITEM.sub(r"\1\\\2", line) if _ITEM.match(line) else ("\\" + line if _AT_START.match(line) else line)
