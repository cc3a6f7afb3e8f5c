"""Parse the Markdown of texts into safe HTML, and into blocks for the other formats.

Raw HTML is rendered as plain text, and images aren't loaded. Headings start at h2, below the heading of the page,
and skip no level. Each paragraph has an anchor (`p-1`, `p-2` ...) for links, which
press.texts.selectors.paragraph_anchors keeps stable. The anchor of a heading is made from the words of the heading
(`s-the-second-part`).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import nh3
from django.utils.text import slugify
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

TAGS = {
    "p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "em", "strong", "s", "code", "pre", "a", "br",
    "hr", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}, "*": {"id"}}
SCHEMES = {"http", "https", "mailto"}
TOP, DEEPEST = 2, 6
# The prefix of a heading's anchor, and the most characters of its words in it.
HEADING, LONGEST = "s-", 60


@dataclass(frozen=True)
class Span:
    """Consecutive words in one format.

    `marks` can contain "em", "strong", "code" and "strike"; `href` is set for a link. A line break is a span with a
    newline as its `text`.
    """

    text: str
    marks: frozenset[str] = frozenset()
    href: str = ""


@dataclass(frozen=True)
class Block:
    """A block of a text.

    `kind` is "p" (paragraph), "h" (heading, with `level` from 2), "ul" or "ol" (list, with `start`), "li" (list
    item), "quote" (quotation), "table" (table of "tr" blocks, which consist of "td" blocks), "code" or "hr" (rule).
    """

    kind: str
    anchor: str = ""
    level: int = 0
    start: int = 1
    spans: tuple[Span, ...] = ()
    children: tuple["Block", ...] = field(default=())

    @property
    def text(self) -> str:
        """The words of the block's spans, without markup and without the words of its children."""
        return "".join(span.text for span in self.spans)


def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable(["image"])


def paragraphs(body: str) -> list[str]:
    """Return the Markdown source of each paragraph of a text in order. These are the paragraphs that have anchors."""
    # Inline markup makes no paragraph, and parsing it would take half of the time.
    tokens = _parser().disable("inline").parse(body)
    return [tokens[place + 1].content for place, token in enumerate(tokens) if token.type == "paragraph_open"]


def parse(body: str, anchors: Sequence[str] = ()) -> list[Token]:
    """Return the tokens of a Markdown text, with anchors on paragraphs and headings, and with adjusted levels.

    `anchors` are the anchors of the paragraphs in order. Paragraphs without an anchor are numbered: "p-1", "p-2" ...
    Screen readers navigate by headings. So the highest headings become h2, one level below the heading of the page,
    at whatever level the author began. No heading is two levels below the previous heading.
    """
    tokens = _parser().parse(body)
    count, above, taken = 0, list[int](), set[str]()
    for position, token in enumerate(tokens):
        if token.type in ("heading_open", "heading_close"):
            if token.type == "heading_open":
                written = int(token.tag[1])
                above = [*(level for level in above if level < written), written]
                token.attrSet("id", _named(tokens[position + 1], taken))
            token.tag = f"h{min(len(above) + TOP - 1, DEEPEST)}"
        elif token.type == "paragraph_open":
            count += 1
            # In a tight list the paragraph has no element of its own, so its item gets the anchor.
            target = tokens[position - 1] if token.hidden and position else token
            if not target.attrs.get("id"):
                target.attrSet("id", anchors[count - 1] if count <= len(anchors) else f"p-{count}")
    return tokens


def _named(heading: Token, taken: set[str]) -> str:
    """Return an anchor made from a heading's words, so that it is stable when other headings change.

    The anchor is added to `taken`. If it is in `taken` already, a number is appended to it first.
    """
    heading_text = "".join(child.content for child in heading.children or () if child.type in ("text", "code_inline"))
    name = HEADING + (slugify(heading_text, allow_unicode=True)[:LONGEST].strip("-") or "0")
    anchor, number = name, 1
    while anchor in taken:
        number += 1
        anchor = f"{name}-{number}"
    taken.add(anchor)
    return anchor


def to_html(body: str, anchors: Sequence[str] = ()) -> str:
    """Return a Markdown text as safe HTML, which has only the elements in TAGS and the attributes in ATTRIBUTES."""
    parser = _parser()
    rendered = parser.renderer.render(parse(body, anchors), parser.options, {})
    cleaned: str = nh3.clean(rendered, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES)
    return cleaned


def to_blocks(body: str, anchors: Sequence[str] = ()) -> list[Block]:
    """Return the top-level blocks of a Markdown text in order. `anchors` are the anchors of its paragraphs."""
    return list(_blocks(SyntaxTreeNode(parse(body, anchors))))


def blocks_of(tokens: list[Token]) -> list[Block]:
    """Return the top-level blocks of tokens that another parser made. Headings have the levels of their tags."""
    return list(_blocks(SyntaxTreeNode(tokens)))


def count_words(body: str) -> int:
    """Return how many words a Markdown text has. Words are separated by white space."""
    return len(to_plain(body).split())


def to_plain(body: str) -> str:
    """Return a Markdown text without markup.

    Empty lines separate paragraphs. List items begin with a number or a dash.
    """
    return "\n\n".join(filter(None, (_plain(block) for block in to_blocks(body)))) + "\n"


def _plain(block: Block) -> str:
    if block.kind in ("ul", "ol"):
        lines = []
        for number, item in enumerate(block.children, block.start):
            mark = f"{number}." if block.kind == "ol" else "–"
            inner = "\n".join(_plain(child) for child in item.children)
            lines.append(f"{mark} " + inner.replace("\n", "\n   "))
        return "\n".join(lines)
    if block.kind == "quote":
        return "\n\n".join("> " + _plain(child) for child in block.children)
    if block.kind == "table":
        return "\n".join(" | ".join(cell.text for cell in row.children) for row in block.children)
    return "* * *" if block.kind == "hr" else block.text


def _blocks(node: SyntaxTreeNode) -> Iterator[Block]:
    for child in node.children:
        block = _block(child)
        if block is not None:
            yield block


def _block(node: SyntaxTreeNode) -> Block | None:
    maker = MAKERS.get(node.type)
    return maker(node) if maker else None


def _inline_spans(node: SyntaxTreeNode) -> tuple[Span, ...]:
    return tuple(_spans(node.children[0])) if node.children else ()


def _anchor(node: SyntaxTreeNode) -> str:
    return str(node.attrs.get("id", ""))


def _table(node: SyntaxTreeNode) -> Block:
    return Block("table", children=tuple(_row(row) for part in node.children for row in part.children))


MAKERS: dict[str, Callable[[SyntaxTreeNode], Block]] = {
    "paragraph": lambda node: Block("p", anchor=_anchor(node), spans=_inline_spans(node)),
    "heading": lambda node: Block("h", anchor=_anchor(node), level=int(node.tag[1]), spans=_inline_spans(node)),
    "bullet_list": lambda node: Block("ul", children=tuple(_blocks(node))),
    "ordered_list": lambda node: Block("ol", start=int(node.attrs.get("start", 1)), children=tuple(_blocks(node))),
    "list_item": lambda node: Block("li", anchor=_anchor(node), children=tuple(_blocks(node))),
    "blockquote": lambda node: Block("quote", children=tuple(_blocks(node))),
    "fence": lambda node: Block("code", spans=(Span(node.content.rstrip("\n")),)),
    "code_block": lambda node: Block("code", spans=(Span(node.content.rstrip("\n")),)),
    "table": _table,
    "hr": lambda _node: Block("hr"),
}


def _row(node: SyntaxTreeNode) -> Block:
    cells = (Block("td", spans=tuple(_spans(cell.children[0])) if cell.children else ()) for cell in node.children)
    return Block("tr", children=tuple(cells))


MARKS = {"em": "em", "strong": "strong", "s": "strike"}


def _spans(node: SyntaxTreeNode, marks: frozenset[str] = frozenset(), href: str = "") -> Iterator[Span]:
    for child in node.children:
        if child.type == "text":
            if child.content:
                yield Span(child.content, marks, href)
        elif child.type == "code_inline":
            yield Span(child.content, marks | {"code"}, href)
        elif child.type == "softbreak":
            yield Span(" ", marks, href)
        elif child.type == "hardbreak":
            yield Span("\n")
        elif child.type == "link":
            target = str(child.attrs.get("href", ""))
            safe = target if target.split(":", maxsplit=1)[0].lower() in SCHEMES else ""
            yield from _spans(child, marks, safe)
        else:
            mark = MARKS.get(child.type)
            yield from _spans(child, marks | {mark} if mark else marks, href)
