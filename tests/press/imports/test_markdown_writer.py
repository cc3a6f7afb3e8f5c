"""Whatever words and marks come in, the Markdown that is written has the same words."""

import random

from press.imports.files.markdown_writer import write
from press.imports.files.report import FileReport
from press.texts.markdown_to_html import Block, Span, to_blocks

PIECES = [
    *("foo", " ", "*", "_", "**", "你好", "。", "(", ")", "[", "]", "<b>", "&amp;", "1. ", "- ", "# ", "> ", "\\"),
    *("`", "~~", "a_b", "|", "---", "+", "=", "السلام", "!", "[a]: b", "![i](j)", "\u00a0", "é"),
]
MARKS = [(), ("strong",), ("em",), ("strong", "em"), ("strike",)]


def wrap(kind: str, spans: tuple[Span, ...]) -> Block:
    words = Block("p", spans=spans)
    if kind in ("p", "h"):
        return Block(kind, level=2, spans=spans)
    if kind == "table":
        return Block("table", children=(Block("tr", children=(Block("td", spans=spans), Block("td"))),))
    return Block(kind, start=7, children=(words if kind == "quote" else Block("li", children=(words,)),))


def said(block: Block) -> str:
    own = block.text.replace("\n", " ")
    return "".join((own + "".join(map(said, block.children))).split())


def test_words_come_back_from_markdown() -> None:
    chance = random.Random(6)  # noqa: S311 - the same words each time
    for _turn in range(150):
        spans = tuple(
            Span(
                "".join(chance.choices(PIECES, k=chance.randint(1, 4))),
                frozenset(chance.choice(MARKS)),
                chance.choice(["", "", "https://a.example/b_(c)"]),
            )
            for _span in range(chance.randint(1, 4))
        )
        kind = chance.choice(["p", "h", "ul", "ol", "quote", "table"])
        block = wrap(kind, spans)
        if not said(block):
            continue
        found = to_blocks(write([block, Block("p", spans=(Span("end"),))], FileReport()))
        assert (found[0].kind, said(found[0])) == (kind, said(block)), spans
        assert kind != "ol" or found[0].start == 7
        assert [each.text for each in found[1:]] == ["end"]


def test_what_markdown_cannot_write_is_plain_and_said() -> None:
    report = FileReport()
    spans = (Span("(", frozenset({"em"})), Span("*a*", frozenset({"strong"})), Span("b", frozenset({"em"})))
    assert write([Block("p", spans=spans)], report) == "\\(\\*a\\*b\n"
    assert [(note.kind, note.quotes) for note in report.notes()] == [("marks", ("(*a*b",))]
