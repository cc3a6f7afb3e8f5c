"""A Markdown text as the passages that are marked while it is spoken, and the text that the marks make of it.

A passage is a block of the text: a paragraph, a whole list, a quotation. Headings, tables and rules aren't spoken:
they have no address and stay as they are.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from markdown_it.token import Token

from press.texts.markdown import parse
from press.texts.markdown_escaping import escape
from press.texts.selectors.paragraph_anchors import PREFIX


@dataclass(frozen=True)
class Passage:
    """A block's Markdown, and the address of its first paragraph; "" for what isn't marked."""

    anchor: str
    body: str


@dataclass(frozen=True)
class Heard:
    """What was heard of a passage: `body` None where it was read as it stands, "" where it was not spoken; and the
    Markdown of what was `inserted` after it."""

    body: str | None = None
    inserted: str = ""


def passages(body: str, anchors: Sequence[str] = ()) -> list[Passage]:
    """Return a text's passages in order; together, with empty lines between them, they are the text."""
    body = body.replace("\r\n", "\n").replace("\r", "\n")
    lines = body.split("\n")
    found: list[Passage] = []
    done = 0
    for block in _blocks(parse(body, anchors)):
        begins, ends = block[0].map or (done, done)
        # What no block has, such as targets of links, stands between them.
        found += _passage("", lines[done:begins])
        named = (str(token.attrs.get("id", "")) for token in block)
        # Headings have addresses too, made of their words.
        anchor = next((each for each in named if each.startswith(PREFIX)), "")
        found += _passage(anchor, lines[begins:ends])
        done = max(done, ends)
    return [*found, *_passage("", lines[done:])]


def _blocks(tokens: list[Token]) -> Iterable[list[Token]]:
    """Yield the tokens of each block of the text itself, those in it included."""
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


def spoken(parts: Iterable[Passage], heard: Mapping[str, Heard], *, removed: str = "") -> str:
    """Return the text as it was spoken. `removed` are the words that stand, once, where passages were left out that
    followed one another; "" for none."""
    found: list[str] = []
    mark = f"*{escape(removed)}*" if removed else ""
    for part in parts:
        said = heard.get(part.anchor, Heard()) if part.anchor else Heard()
        words = part.body if said.body is None else said.body
        if words.strip():
            found.append(words.strip("\n"))
        elif mark and found[-1:] != [mark]:
            found.append(mark)
        if said.inserted.strip():
            found.append(said.inserted.strip("\n"))
    return "\n\n".join(found) + "\n"
