"""Write the body of a text as Akoma Ntoso: paragraphs, lists and tables, with their eIds.

By the standard's naming convention, an `eId` consists of the eId of the parent, and the name and number of the
element: "dbsect_1__speech_1__p_7". The number comes from the anchor of the paragraph on the text's page, `#p-7`,
which stays the same in corrected editions.
"""

from collections.abc import Iterable

from lxml import etree

from press.texts.markdown_to_html import Block, Span

NS = "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"
MARKS = {"strong": "b", "em": "i", "strike": "del", "code": "span"}

Element = etree._Element


def add(parent: Element, name: str, text: str = "", /, **attributes: str) -> Element:
    """Append a child element with text and attributes, and return it."""
    element = etree.SubElement(parent, f"{{{NS}}}{name}", attributes)
    element.text = text or None
    return element


def write(parent: Element, blocks: Iterable[Block], within: str) -> None:
    """Append blocks to `parent`, which has the eId `within`. If there are no blocks, append an empty paragraph."""
    for block in blocks:
        _block(parent, block, within)
    if not len(parent) or parent[-1].tag == f"{{{NS}}}from":
        add(parent, "p")


def _block(parent: Element, block: Block, within: str) -> None:
    if block.kind in ("ul", "ol"):
        _list(parent, block, within)
    elif block.kind == "quote":
        for child in block.children:
            _block(parent, child, within)
    elif block.kind == "table":
        table = add(parent, "table")
        for number, row in enumerate(block.children):
            tr = add(table, "tr")
            for cell in row.children:
                _spans(add(add(tr, "td" if number else "th"), "p"), cell.spans)
    elif block.kind in ("p", "h", "code"):
        kind = {"h": "heading", "code": "code"}.get(block.kind)
        numbered = _address("p", block.anchor, within) if block.kind == "p" else {}
        _spans(add(parent, "p", **numbered, **({"class": kind} if kind else {})), block.spans)


def _list(parent: Element, block: Block, within: str) -> None:
    # Lists have no start number in the standard, so the number is in the class.
    begins = {"class": f"start-{block.start}"} if block.kind == "ol" and block.start != 1 else {}
    listed = add(parent, block.kind, **begins)
    for item in block.children:
        anchor = item.anchor or next((child.anchor for child in item.children if child.anchor), "")
        numbered = _address("li", anchor, within)
        _item(add(listed, "li", **numbered), item, numbered.get("eId", within))


def _item(element: Element, item: Block, within: str) -> None:
    """Append the content of a list item to its element.

    The schema allows text and lists in an item, but no paragraphs. So line breaks separate paragraphs.
    """
    for position, child in enumerate(item.children):
        if child.kind in ("ul", "ol"):
            _list(element, child, within)
            continue
        if position and item.children[position - 1].kind not in ("ul", "ol"):
            add(element, "eol")
        inner = child.children if child.kind == "quote" else (child,)
        for part in inner:
            _spans(element, part.spans)


def _address(name: str, anchor: str, within: str) -> dict[str, str]:
    prefix = f"{within}__" if within else ""
    return {"eId": f"{prefix}{name}_{anchor.removeprefix('p-')}"} if anchor else {}


def _spans(parent: Element, spans: Iterable[Span]) -> None:
    for span in spans:
        if span.text == "\n":
            add(parent, "br")
            continue
        holder = parent
        if span.href:
            holder = add(holder, "a", href=span.href)
        for mark in sorted(span.marks):
            holder = add(holder, MARKS[mark])
        if holder is not parent:
            holder.text = span.text
        elif len(parent):
            parent[-1].tail = (parent[-1].tail or "") + span.text
        else:
            parent.text = (parent.text or "") + span.text
