"""Checks before saving, so that every format and feed can show what is saved."""

import re
from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from markdown_it.token import Token

from press.texts.errors import DecisionRefused
from press.texts.markdown_to_html import parse
from summit.core.validators import is_printable

# In characters. The communiqué of a whole summit has about 100,000; each request for a text renders all of them.
LONGEST = 200_000
# The most Markdown tokens: starts and ends of paragraphs, marks and links, and the words between.
PARTS = 20_000
# The deepest nesting of quotations and lists. The parser drops words nested deeper than 20, and PDF output drops
# them even earlier.
DEEPEST = 8
LONGEST_LINK = 2_000
LONGEST_REMARK = 2_000

# Markdown for a picture. Pictures aren't rendered: readers would see an exclamation mark and a link.
PICTURE = re.compile(r"(?<!\\)!\[[^\]\n]*\]\(")
BREAKS = frozenset("\n\r\t\u2028\u2029")
OPENS, CLOSES = {"\u202a": "\u202c", "\u202b": "\u202c"}, frozenset("\u202c\u2069")
OPENS |= dict.fromkeys("\u2066\u2067\u2068", "\u2069")


def check_content(*, title: str, summary: str, body: str, change_note: str = "") -> None:
    """Raise ValidationError, with messages by field, if a format can't show the words or would change them."""
    messages = {
        "title": check_line(title) or check_visible(title),
        "summary": _check_isolated(summary),
        "body": check_body(body) or check_visible(body),
        "change_note": check_line(change_note),
    }
    errors = {field: message for field, message in messages.items() if message}
    if errors:
        raise ValidationError(errors)


def check_line(value: str) -> str:
    """Return a message if a value can't be used as one line in lists and mail subjects, or else ""."""
    if any(character in BREAKS for character in value):
        return _("Enter a single line. Remove the line break.")
    return _check_isolated(value)


def _check_isolated(value: str) -> str:
    """Return a message if a value has unbalanced direction marks, or else "".

    Such marks would affect the text that follows the value on a page.
    """
    waiting: list[str] = []
    for character in value:
        if character in OPENS:
            waiting.append(OPENS[character])
        elif character in CLOSES and (not waiting or waiting.pop() != character):
            break
    else:
        if not waiting:
            return ""
    return _("An invisible mark of writing direction is not closed. Type this text instead of pasting it.")


def check_visible(value: str) -> str:
    """Return a message if a value has no letter or digit, or else ""."""
    if any(character.isalnum() for character in value):
        return ""
    return _("Enter at least one letter or digit.")


def check_body(body: str) -> str:
    """Return a message if a Markdown text can't be published, or else ""."""
    if len(body) > LONGEST:
        return _("The text has %(count)d characters. The limit is %(most)d: publish it in parts.") % {
            "count": len(body),
            "most": LONGEST,
        }
    tokens = list(_walk(parse(body)))
    if len(tokens) > PARTS:
        return _(
            "The text has too many paragraphs, formatting marks and links. Publish it in parts, or with less "
            "formatting."
        )
    if _depth(tokens) > DEEPEST:
        return _("Quotations and lists are nested more than %(most)d deep. Remove some levels.") % {"most": DEEPEST}
    if any(len(str(token.attrs.get("href", ""))) > LONGEST_LINK for token in tokens):
        return _("A link has more than %(most)d characters. Use a short address.") % {"most": LONGEST_LINK}
    if not all(is_printable(value) for token in tokens for value in _values(token)):
        return _("An entity such as &#12; is a control character that can’t be printed. Remove it.")
    return ""


def check_pictures(body: str) -> None:
    """Raise ValidationError if Markdown contains a picture."""
    match = PICTURE.search(body)
    if match:
        raise ValidationError(
            _("Texts can’t contain pictures. Remove “%(words)s…” and attach the picture as a file."),
            params={"words": match.group()[:40]},
            code="picture",
        )


def check_remark(value: str) -> None:
    """Raise DecisionRefused if a reason or remark can't be stored or shown."""
    if len(value) > LONGEST_REMARK:
        raise DecisionRefused(_("Use at most %(most)d characters.") % {"most": LONGEST_REMARK})
    if not is_printable(value):
        raise DecisionRefused(_("This text has a character that can’t be printed. Type it instead of pasting it."))
    if refused := check_body(value):
        raise DecisionRefused(refused)


def _walk(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from token.children or ()


def _values(token: Token) -> Iterator[str]:
    yield token.content
    yield token.info
    yield from (str(value) for value in token.attrs.values())


def _depth(tokens: list[Token]) -> int:
    """Return the number of levels to which quotations and lists are nested, or 0 if there are none."""
    deepest = depth = 0
    for token in tokens:
        if token.type.endswith(("list_open", "blockquote_open")):
            depth += 1
        elif token.type.endswith(("list_close", "blockquote_close")):
            depth -= 1
        deepest = max(deepest, depth)
    return deepest
