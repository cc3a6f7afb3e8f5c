"""Turns the plain text of a mail into blocks of HTML with the same words. What a text says is never read as HTML."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from summit.core.languages import RIGHT_TO_LEFT_MARK

# The line between the text of a mail and its footer.
FOOTER_LINE = "--"
PARAGRAPH, LIST, SET_APART, NOTE = "paragraph", "list", "apart", "note"

_ADDRESS = re.compile(r"(https?://[^\s<>\"“”«»]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+)")
_AFTER_ADDRESS = ".,;:!?)]’'،؛。，；：）"
_BULLET = re.compile(r"[-–•] +")


@dataclass(frozen=True)
class Block:
    """A part of a text: `form` says what it is, `lines` are its lines as HTML."""

    form: str
    lines: tuple[SafeString, ...]

    @property
    def html(self) -> SafeString:
        """The lines, each on a line of its own."""
        return joined(self.lines)


def joined(lines: Iterable[SafeString]) -> SafeString:
    """Return lines of HTML as one piece, each on a line of its own."""
    return format_html_join(mark_safe("<br>\n"), "{}", ((line,) for line in lines))


def split_footer(text: str) -> tuple[str, str]:
    """Return the text of a mail without its footer, and the footer, "" if it has none."""
    lines = text.removeprefix(RIGHT_TO_LEFT_MARK).splitlines()
    places = [place for place, line in enumerate(lines) if line.rstrip() == FOOTER_LINE]
    if not places:
        return "\n".join(lines), ""
    return "\n".join(lines[: places[-1]]), "\n".join(lines[places[-1] + 1 :])


def blocks(text: str) -> list[Block]:
    """Return the blocks of a plain text, which empty lines separate."""
    found: list[list[str]] = [[]]
    for line in text.splitlines():
        if line.strip():
            found[-1].append(line.rstrip())
        elif found[-1]:
            found.append([])
    return [_block(lines) for lines in found if lines]


def _block(lines: list[str]) -> Block:
    if all(line.startswith("    ") for line in lines):
        return _of(SET_APART, lines)
    if all(_BULLET.match(line) for line in lines):
        return _of(LIST, [_BULLET.sub("", line, count=1) for line in lines])
    # A footnote begins with its star.
    return _of(NOTE if lines[0].startswith("* ") else PARAGRAPH, lines)


def _of(form: str, lines: list[str]) -> Block:
    return Block(form, tuple(linked(line.strip()) for line in lines))


def linked(line: str) -> SafeString:
    """Return a line as HTML in which mail addresses and the installation's own URLs are links.

    Other URLs stay text: a name or a title may hold one, and its mail would recommend it.
    """
    pieces = _ADDRESS.split(line)
    return format_html_join("", "{}", ((_link(piece) if place % 2 else piece,) for place, piece in enumerate(pieces)))


def _link(found: str) -> SafeString:
    address = found.rstrip(_AFTER_ADDRESS)
    if not address.startswith("http"):
        link = format_html('<a href="mailto:{0}" dir="ltr">{0}</a>', address)
    elif f"{address}/".startswith(f"{settings.BASE_URL}/"):
        link = format_html('<a href="{0}" dir="ltr">{0}</a>', address)
    else:
        link = conditional_escape(address)
    return format_html("{}{}", link, found[len(address) :])
