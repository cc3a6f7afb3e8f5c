"""Conversion of values in a file to plain text."""

import html
import re
from typing import Any

import nh3

_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_BREAK = re.compile(r"(?i)<br\s*/?>|</(?:p|div|li|h[1-6])>")


def line_of(value: Any) -> str:
    """Return a string or integer as one line of text, and "" for any other value."""
    return " ".join(str(value).split()) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def text_of(value: Any) -> str:
    """Return a string without HTML markup, which some systems write; "" if the value isn't a string."""
    if not isinstance(value, str):
        return ""
    if _TAG.search(value):
        value = html.unescape(nh3.clean(_BREAK.sub("\n", value), tags=set()))
    lines = [line.rstrip() for line in value.strip().splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))
