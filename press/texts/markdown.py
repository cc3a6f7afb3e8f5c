"""Parse the Markdown of texts into safe HTML, and into blocks for the other formats.

Raw HTML is plain text, and images aren't loaded. Headings start below the page's own and skip no level. Each
paragraph has an anchor (`p-1`, `p-2` ...) for links, which press.texts.selectors.paragraph_anchors keeps stable. A
heading's anchor is made from its words (`s-the-second-part`).
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
    """A run of words in one format.

    `marks` can contain "em", "strong", "code" and "strike"; `href` is set for a link. A line break is a span with a
    newline as its `text`.
    """

    text: str
    marks: frozenset[str] = frozenset()
    href: str = ""


@dataclass(frozen=True)
class Block:
    """A block of a text; `kind` is one of the following.

    It is a paragraph ("p"), heading ("h", with `level` from 2), list ("ul", "ol", with `start`), list item ("li"),
    quotation ("quote"), table ("table", of "tr", of "td"), code ("code") or rule ("hr").
    """

    kind: str
    anchor: str = ""
    level: int = 0
    start: int = 1
    spans: tuple[Span, ...] = ()
    children: tuple["Block", ...] = field(default=())

    @property
    def text(self) -> str:
        """The block's own words, without markup."""
        return "".join(span.text for span in self.spans)


def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable(["image"])


def paragraphs(body: str) -> list[str]:
    """Return the source of each paragraph that has an anchor, in order."""
    # Inline markup makes no paragraph, and parsing it would take half of the time.
    tokens = _parser().disable("inline").parse(body)
    return [tokens[place + 1].content for place, token in enumerate(tokens) if token.type == "paragraph_open"]


def parse(body: str, anchors: Sequence[str] = ()) -> list[Token]:
    """Return the tokens of a text, with anchors on paragraphs and with headings below the page's own.

    `anchors` are those of its paragraphs in order; without them they are numbered, "p-1", "p-2" ... Screen readers
    navigate by headings. So the highest are one level below the page's, whatever the author began with, and none is
    two levels below the one before it.
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
    """Return the anchor of a heading, made from its words, so that it is stable when other headings change."""
    count_words = "".join(child.content for child in heading.children or () if child.type in ("text", "code_inline"))
    name = HEADING + (slugify(count_words, allow_unicode=True)[:LONGEST].strip("-") or "0")
    found, again = name, 1
    while found in taken:
        again += 1
        found = f"{name}-{again}"
    taken.add(found)
    return found


def to_html(body: str, anchors: Sequence[str] = ()) -> str:
    """Return the text as safe HTML, with only the elements and attributes in TAGS and ATTRIBUTES."""
    parser = _parser()
    rendered = parser.renderer.render(parse(body, anchors), parser.options, {})
    cleaned: str = nh3.clean(rendered, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES)
    return cleaned


def to_blocks(body: str, anchors: Sequence[str] = ()) -> list[Block]:
    """Return the blocks of a text in order."""
    return list(_blocks(SyntaxTreeNode(parse(body, anchors))))


def blocks_of(tokens: list[Token]) -> list[Block]:
    """Return the blocks of tokens that were parsed elsewhere. Headings have the levels of their tags."""
    return list(_blocks(SyntaxTreeNode(tokens)))


def count_words(body: str) -> int:
    """Return how many words the text has."""
    return len(to_plain(body).split())


def to_plain(body: str) -> str:
    """Return the text without markup: an empty line separates paragraphs, items have a number or a dash."""
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
        found = _block(child)
        if found is not None:
            yield found


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
