"""Split a Markdown text into passages, which users mark, and build the delivered text from the marks.

A passage is a block of the text: a paragraph, a whole list, a quotation. Headings, tables and rules aren't spoken, so
they have no anchor and can't be marked.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from markdown_it.token import Token

from press.texts.markdown_escaping import escape
from press.texts.markdown_to_html import parse
from press.texts.selectors.paragraph_anchors import PREFIX


@dataclass(frozen=True)
class Passage:
    """The Markdown of a block, and the anchor of the first paragraph in it.

    The anchor is "" for a block that can't be marked.
    """

    anchor: str
    body: str


@dataclass(frozen=True)
class DeliveredPassage:
    """What was heard of a passage.

    `body` is the Markdown of the spoken words. It is None if the passage was read as written, and "" if the passage
    wasn't spoken. `inserted` is the Markdown of words that were spoken after the passage, or "".
    """

    body: str | None = None
    inserted: str = ""


def passages(body: str, anchors: Sequence[str] = ()) -> list[Passage]:
    """Return the passages of a Markdown text in order. Joined by empty lines, they are the whole text.

    `anchors` are the anchors of the text's paragraphs.
    """
    body = body.replace("\r\n", "\n").replace("\r", "\n")
    lines = body.split("\n")
    found: list[Passage] = []
    done = 0
    for block in _blocks(parse(body, anchors)):
        begins, ends = block[0].map or (done, done)
        # Lines between blocks belong to no block, such as link definitions. They are passages without an anchor.
        found += _passage("", lines[done:begins])
        ids = (str(token.attrs.get("id", "")) for token in block)
        # Headings have ids too, but with another prefix.
        anchor = next((each for each in ids if each.startswith(PREFIX)), "")
        found += _passage(anchor, lines[begins:ends])
        done = max(done, ends)
    return [*found, *_passage("", lines[done:])]


def _blocks(tokens: list[Token]) -> Iterable[list[Token]]:
    """Yield a list of the tokens of each top-level block, including nested tokens."""
    block: list[Token] = []
    depth = 0
    for token in tokens:
        block.append(token)
        depth += token.nesting
        if depth == 0:
            yield block
            block = []


def _passage(anchor: str, lines: list[str]) -> list[Passage]:
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    while lines and not lines[0].strip():
        lines = lines[1:]
    return [Passage(anchor, "\n".join(lines))] if lines else []


def spoken(parts: Iterable[Passage], heard: Mapping[str, DeliveredPassage], *, removed: str = "") -> str:
    """Return the spoken text as Markdown.

    `heard` is a dict from the anchors of passages to what was heard. Passages that aren't in it were read as written.
    The notice `removed` replaces passages that weren't spoken, once for several in a row, unless it is "".
    """
    blocks: list[str] = []
    mark = f"*{escape(removed)}*" if removed else ""
    for part in parts:
        delivered = heard.get(part.anchor, DeliveredPassage()) if part.anchor else DeliveredPassage()
        body = part.body if delivered.body is None else delivered.body
        if body.strip():
            blocks.append(body.strip("\n"))
        elif mark and blocks[-1:] != [mark]:
            blocks.append(mark)
        if delivered.inserted.strip():
            blocks.append(delivered.inserted.strip("\n"))
    return "\n\n".join(blocks) + "\n"
