"""Files of words, DOCX, Markdown and plain text: what becomes of each part, and what is said of what isn't kept."""

import io
import time
import zipfile
from dataclasses import replace
from typing import Any

import docx as python_docx
import pytest
from django.utils.translation import override

from press.imports import files
from press.imports import files as files_imports
from press.imports.files import conversion, docx_package, subprocess_reader
from press.imports.files.conversion import make
from press.imports.files.markdown_writer import write
from press.imports.files.report import FileReport, ParsedFile, Unreadable
from press.texts.markdown_to_html import Block, Span, to_blocks, to_html
from summit.uploads import sandbox
from summit.uploads.budgets import DOCUMENT
from tests.press.imports.docx_files import docx, item, par, run


def take(body: str, **parts: object) -> ParsedFile:
    return files_imports.read(filename="speech.docx", content=docx(body, **parts))  # type: ignore[arg-type]


def noted(taken: ParsedFile) -> dict[str, tuple[int, tuple[str, ...]]]:
    return {note.kind.value: (note.number, note.quotes) for note in taken.notes}


RUBY = (
    "<w:r><w:ruby><w:rt><w:r><w:t>hàn</w:t></w:r></w:rt>"
    "<w:rubyBase><w:r><w:t>汉</w:t></w:r></w:rubyBase></w:ruby></w:r>"
)
BODIES = [
    ("words that look like Markdown", par("1. *Now*, # and [a](b) <b>"), "1\\. \\*Now\\*, # and \\[a\\](b) \\<b>\n"),
    ("bold and italics", par("A ", run("b ", "<w:b/>"), run("c", "<w:b/><w:i/>"), "."), "A **b *c***.\n"),
    ("off again", par(run("a", '<w:b w:val="0"/>'), style="Bold"), "a\n"),
    ("bold by the paragraph's style", par("a", style="Bold"), "**a**\n"),
    ("italics by the run's style", par(run("a", '<w:rStyle w:val="Em"/>')), "*a*\n"),
    ("struck out", par("a ", run("b", "<w:strike/>")), "a ~~b~~\n"),
    ("line breaks", par("a", "<w:r><w:br/><w:t>b</w:t></w:r>"), "a\\\nb\n"),
    ("page breaks", par("a", '<w:r><w:br w:type="page"/><w:t>b</w:t></w:r>'), "ab\n"),
    ("quotations", par("a", style="Zitat") + par("b", style="Zitat"), "> a\n>\n> b\n"),
    ("lists", item("a", 1) + item("b", 1, 1) + item("c", 1), "- a\n  1. b\n- c\n"),
    ("lists with a start", item("a", 2) + item("b", 2), "3. a\n4. b\n"),
    ("lists that go on", item("a", 2) + par("x") + item("b", 2), "3. a\n\nx\n\n4. b\n"),
    ("lists that begin anew", item("a", 2) + item("b", 4) + item("c", 4), "3. a\n\n9) b\n10) c\n"),
    ("Arabic", par("مرحبا ", run("بكم", "<w:rtl/><w:bCs/>"), "،"), "مرحبا **بكم**،\n"),
    ("what is bold in Arabic alone", par(run("a", "<w:bCs/>")), "a\n"),
    ("Chinese, where points touch letters", par("各位", run("代表。", "<w:b/>"), "你好"), "各位**代表**。你好\n"),
    ("ruby", par(RUBY), "汉\n"),
    ("an end of paragraph that was deleted", par("a ", more="<w:rPr><w:del/></w:rPr>") + par("b"), "a b\n"),
    ("content controls", f"<w:sdt><w:sdtContent>{par('a')}</w:sdtContent></w:sdt>", "a\n"),
    ("headings", par("a", style="berschrift1") + par("b", style="Own"), "# a\n\n# b\n"),
    ("a box of one cell", f"<w:tbl><w:tr><w:tc>{par('a')}{par('b')}</w:tc></w:tr></w:tbl>", "a\n\nb\n"),
]  # fmt: skip


def test_what_is_kept() -> None:
    for name, body, expected in BODIES:
        taken = take(body)
        assert (taken.body, taken.notes) == (expected, ()), name
    # What looks like Markdown reads as it is written.
    assert to_html(take(BODIES[0][1]).body) == '<p id="p-1">1. *Now*, # and [a](b) &lt;b&gt;</p>\n'


FIELD = (
    '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>{}</w:instrText></w:r>'
    '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>{}</w:t></w:r>'
    '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
)
GONE = "<w:del><w:r><w:delText>old</w:delText></w:r><w:r><w:delText> er</w:delText></w:r></w:del>"
NUMBERED = '<w:numPr><w:numId w:val="2"/></w:numPr>'
BOX = "<w:drawing><wps:txbx><w:txbxContent>{}</w:txbxContent></wps:txbx></w:drawing>".format(par("inside"))
RED = run("b", '<w:color w:val="FF0000"/>')
EACH = f"<mc:Choice>{BOX}</mc:Choice><mc:Fallback>{BOX}</mc:Fallback>"
TWICE = f"<w:r><mc:AlternateContent>{EACH}</mc:AlternateContent></w:r>"
TABLE = (
    f'<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr>{par("h|")}</w:tc></w:tr>'
    f"<w:tr><w:tc>{par('a')}{par('b')}</w:tc><w:tc>{par('c')}</w:tc></w:tr></w:tbl>"
)
NOTED = [
    ("image", par("a", '<w:r><w:drawing><wp:docPr descr="a dog"/><a:blip/></w:drawing></w:r>'), "a", ("a dog",)),
    ("drawing", par("a", "<w:r><w:drawing><wp:docPr/></w:drawing></w:r>"), "a", ()),
    ("embedded", par("a", "<w:r><w:object/></w:r>"), "a", ()),
    ("equation", par("a", "<m:oMath><m:t>x=1</m:t></m:oMath>"), "a", ("x=1",)),
    ("deleted", par("a", GONE), "a", ("old er",)),
    ("deleted", par("a", "<w:moveFrom><w:r><w:t>b</w:t></w:r></w:moveFrom>"), "a", ("b",)),
    ("inserted", par("a", "<w:ins><w:r><w:t>new</w:t></w:r></w:ins>"), "anew", ("new",)),
    ("hidden", par("a", run("secret", "<w:vanish/>")), "a", ("secret",)),
    ("contents", par(FIELD.format("TOC \\o", "1 Opening")) + par("a"), "a", ()),
    ("link", par('<w:hyperlink r:id="x"><w:r><w:t>a</w:t></w:r></w:hyperlink>'), "a", ("a (file:///etc/passwd)",)),
    ("symbol", par("a", '<w:r><w:sym w:font="Wingdings" w:char="F04A"/></w:r>'), "a", ("Wingdings",)),
    ("text_box", par("a", TWICE) + par("b"), "a\n\ninside\n\nb", ("inside",)),
    ("colour", par("a", RED, run("c", '<w:highlight w:val="red"/>')), "abc", ("bc",)),
    ("underline", par("a", run("b", '<w:u w:val="single"/>')), "ab", ("b",)),
    ("numbers", item("a", 3), "1. a", ("a",)),
    ("heading_number", par("a", style="berschrift1", more=NUMBERED) + par("b", style="Own"), "# a\n\n# b", ("a",)),
    ("merged", TABLE.replace(par("b"), ""), "| h\\| |  |\n| --- | --- |\n| a | c |", ("h|",)),
    ("lines", TABLE.replace('<w:gridSpan w:val="2"/>', ""), "| h\\| |  |\n| --- | --- |\n| a b | c |", ("a",)),
    ("title", par("Opening", style="Titel") + par("a", style="berschrift1"), "# a", ("Opening",)),
    ("control", par("a\u202eb"), "ab", ()),
]  # fmt: skip


def test_what_is_not_kept_is_said() -> None:
    for kind, body, expected, quotes in NOTED:
        taken = take(body, links={"x": "file:///etc/passwd"})
        assert (taken.body, noted(taken)) == (expected + "\n", {kind: (1, quotes)})


def test_what_stands_in_other_parts_is_said() -> None:
    reference = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    taken = take(
        par("a", reference, reference),
        footnotes=f'<w:footnote w:id="2">{par("see there")}</w:footnote>',
        comments=f'<w:comment w:author="Ann">{par("wrong")}</w:comment>',
        header1=par("Check against delivery"),
        header2=par("Check against delivery"),
        footer1=par("Page"),
        files={"word/vbaProject.bin": b"x"},
    )
    assert taken.body == "a\n"
    assert noted(taken) == {
        "macros": (1, ()),
        "footnote": (2, ("see there",)),
        "comment": (1, ("Ann: wrong",)),
        "header": (1, ("Check against delivery",)),
        "footer": (1, ("Page",)),
    }
    assert all(note.dropped for note in taken.notes)
    assert taken.notes[1].said == "2 footnotes left out."


def test_links_are_kept_where_they_lead_to_pages_and_mailboxes() -> None:
    body = par(
        '<w:hyperlink r:id="a">' + run("one", '<w:color w:val="00F"/><w:u w:val="single"/>') + "</w:hyperlink>",
        " ",
        FIELD.format('HYPERLINK "mailto:press@summit.example"', "two"),
    )
    taken = take(body, links={"a": "https://summit.example/?a=1&b=(2)"})
    assert taken.body == "[one](<https://summit.example/?a=1&b=(2)>) [two](mailto:press@summit.example)\n"
    assert taken.notes == ()


def test_a_document_of_another_program() -> None:
    made = python_docx.Document()
    made.add_heading("Opening address", 0)
    made.add_paragraph("Friends, ").add_run("welcome").bold = True
    made.add_paragraph("First", style="List Number")
    made.add_paragraph("Second", style="List Number")
    made.add_table(1, 2).cell(0, 0).text = "Cell"
    kept = io.BytesIO()
    made.save(kept)
    taken = files_imports.read(filename="a.bin", content=kept.getvalue())
    assert (taken.title, taken.body) == (
        "Opening address",
        "Friends, **welcome**\n\n1. First\n2. Second\n\n| Cell |  |\n| --- | --- |\n",
    )


def packed(**files: bytes) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return kept.getvalue()


GOOD = docx(par("a"))
ENTITY = (
    '<!DOCTYPE d [<!ENTITY e "aaaa">]><w:document xmlns:w="w"><w:body><w:p><w:r><w:t>&e;</w:t></w:r></w:p></w:body>'
    "</w:document>"
)
BROKEN = "This file can’t be read as DOCX"
REFUSED = [
    (b"", "The file is empty"),
    (GOOD[:200], BROKEN),
    (GOOD[:-30], BROKEN),
    (GOOD.replace(b"word/document.xml", b"word/documenx.xml", 1), BROKEN),
    (packed(a=b"x"), BROKEN),
    (docx("", files={"word/document.xml": "<w:document"}), BROKEN),
    (docx("", files={"word/document.xml": ENTITY}), BROKEN),
    (docx("", files={"word/document.xml": ENTITY.encode("utf-16")}), BROKEN),
    (docx("", files={"word/document.xml": "<workbook/>"}), "This file is not a text document"),
    (docx("<w:sdt><w:sdtContent>" * 500 + "</w:sdtContent></w:sdt>" * 500), BROKEN),
    (docx(par("")), "This file has no text"),
    (docx(par("a" * 200_000)), "The file has 200001 characters"),
    (b"\xd0\xcf\x11\xe0" + b"x" * 99, "This document is locked or in an old format"),
    (b"%PDF-1.7", "This is a PDF"),
    (b"{\\rtf1 hello}", "This is an RTF document"),
    (b"\x89PNG\0\0\0", "This file is not text"),
    (b"<!DOCTYPE html><p>a", "This is a web page"),
]


def test_what_cannot_be_read_is_refused_in_a_sentence() -> None:
    for content, said in (*REFUSED, (b" " * (DOCUMENT.largest + 1), "The file has more than 10 MB")):
        with pytest.raises(Unreadable) as refused:
            files_imports.read(filename="speech.docx", content=content)
        assert (str(refused.value)[: len(said)], str(refused.value)[-1]) == (said, ".")


def taken_from(content: bytes | str, name: str = "speech.txt") -> tuple[str, list[str]]:
    kept = content.encode() if isinstance(content, str) else content
    taken = files.read(filename=name, content=kept)
    return taken.body, [note.kind.value for note in taken.notes]


LONG = (
    "These are words of a verbatim record in but one long line, as the United Nations keep them: each is a paragraph."
)
WRAPPED = (
    "Ladies and gentlemen, this line was broken by some program,\n"
    "for mail, at sixty characters, so that they are read\nas one."
)
PLAIN = [
    ("One.\n\nTwo.\r\n\r\n\r\nThree.", "One.\n\nTwo.\n\nThree.\n", []),
    (f"{LONG}\n{LONG}\n", f"{LONG}\n\n{LONG}\n", ["paragraphs"]),
    (WRAPPED, WRAPPED.replace("\n", " ") + "\n", ["wrapped"]),
    ("Roses are red,\nviolets blue.", "Roses are red,\\\nviolets blue.\n", []),
    ("# 1\n\n- a\n\n> b\n\n    c", "\\# 1\n\n\\- a\n\n\\> b\n\nc\n", []),
    ("a\n---", "a\\\n\\---\n", []),
    ("snake_case and 2 * 3 * 4", "snake_case and 2 \\* 3 \\* 4\n", []),
    ("a\fb\u2029c", "a\n\nb\n\nc\n", []),
    ("a\x07b", "ab\n", ["control"]),
]


@pytest.mark.parametrize(("text", "expected", "notes"), PLAIN)
def test_plain_text_reads_as_it_is_written(text: str, expected: str, notes: list[str]) -> None:
    assert taken_from(text) == (expected, notes)


SAID = {
    "cp1252": "L’été, c’est déjà fini à Genève : voilà où nous en sommes, après tant d’années d’efforts.",
    "cp1250": "Szanowni Państwo, spotykamy się dziś, aby rozmawiać o bezpieczeństwie granic i przyszłości.",
    "cp1251": "Уважаемые коллеги, сегодня мы собрались здесь, чтобы обсудить безопасность наших границ и будущее.",
    "cp1256": "السيد الرئيس، أصحاب المعالي، نجتمع اليوم في لندن من أجل أمن الحدود ومستقبل شعوبنا في كل مكان.",
    "gb18030": "尊敬的各位代表,女士们先生们,今天我们在伦敦开会讨论边境安全问题,感谢主席先生的邀请和安排。",
    "shift_jis": "議長、各国代表の皆様、本日はロンドンにお招きいただき、心より感謝を申し上げたいと思います。",
}


@pytest.mark.parametrize("encoding", SAID)
def test_letters_are_told_without_a_mark(encoding: str) -> None:
    assert taken_from(SAID[encoding].encode(encoding)) == (SAID[encoding] + "\n", ["letters"])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_letters_that_the_file_tells(encoding: str) -> None:
    assert taken_from("Größe 边境 أمن".encode(encoding)) == ("Größe 边境 أمن\n", [])


MARKDOWN = [
    (
        "A **b** [c](https://d.example/).\n\n| a |\n|---|\n| b |\n",
        "A **b** [c](https://d.example/).\n\n| a |\n|---|\n| b |\n",
        [],
    ),
    ("a <b>bold</b><br>c", "a bold\\\nc\n", ["html"]),
    ("## H\n\na\n\n<div onclick=x>kept <script>gone()</script></div>\n\nb", "## H\n\na\n\nkept\n\nb\n", ["html"]),
    ("a ![a dog](dog.png) b", "a b\n", ["image"]),
    ("[a](javascript:b) [c](ftp://d/)", "\\[a\\](javascript:b) c\n", ["link"]),
    ("a[^1] b.\n\n[^1]: The note\n  goes on.\n", "a b.\n", ["footnote"]),
    ("a [^1]", "a [^1]\n", []),
]


@pytest.mark.parametrize(("text", "expected", "notes"), MARKDOWN)
def test_markdown_without_what_no_reader_gets(text: str, expected: str, notes: list[str]) -> None:
    assert taken_from(text, "speech.md") == (expected, notes)


def test_front_lines_and_a_first_heading_give_the_title() -> None:
    front = files.read(filename="a.md", content=b'---\ntitle: "Opening"\ndate: 2025\n---\n# One\n\nWords.\n')
    assert (front.title, front.body) == ("Opening", "# One\n\nWords.\n")
    heading = files.read(filename="a.md", content=b"# Opening *now*\n\nWords.\n\n## Part\n\nMore.\n")
    assert (heading.title, heading.body) == ("Opening now", "Words.\n\n## Part\n\nMore.\n")
    two = files.read(filename="a.md", content=b"# One\n\nWords.\n\n# Two\n\nMore.\n")
    assert (two.title, two.body) == ("", "# One\n\nWords.\n\n# Two\n\nMore.\n")


def test_a_rewritten_text_keeps_its_parts() -> None:
    text = "# A\n\n# B\n\n1. one\n2. two\n   - deep\n\n> said <i>so</i>\n\n```\ncode\n```\n\n---\n\n"
    text += "| a | b |\n|---|---|\n| c | d |\n"
    body, notes = taken_from(text, "a.md")
    assert notes == ["html"]
    assert to_blocks(body) == to_blocks(text.replace("<i>", "").replace("</i>", ""))


def test_what_markdown_cannot_write_is_plain_and_said() -> None:
    report = FileReport()
    spans = (Span("(", frozenset({"em"})), Span("*a*", frozenset({"strong"})), Span("b", frozenset({"em"})))
    assert write([Block("p", spans=spans)], report) == "\\(\\*a\\*b\n"
    assert [(note.kind, note.quotes) for note in report.notes()] == [("marks", ("(*a*b",))]


TOO_LONG = "The file takes too long to read. Copy the text into a new file."
BIT = run("a", "<w:b/>") + run("b", "")
OPENED = '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
BOXED = "<w:r><w:drawing><w:txbxContent><w:p>{}</w:p></w:txbxContent></w:drawing></w:r>"
CELL = '<w:tc><w:tcPr><w:gridSpan w:val="99"/></w:tcPr><w:p><w:r><w:t>a</w:t></w:r></w:p></w:tc>'


def read_here(body: str, **parts: Any) -> str:
    """Read a DOCX in this process, however large it is; return its words, or why it can't be read."""
    try:
        return make(filename="a.docx", content=docx(body, **parts), small=False).body
    except Unreadable as problem:
        return str(problem)


@pytest.mark.parametrize(
    ("body", "parts", "said"),
    [
        (f"<w:p>{BIT * 3000}</w:p>", {}, "**a**b" * 3000),
        (f"<w:p>{OPENED * 3000}{BIT * 3000}</w:p>", {}, "This file has too many nested elements."),
        (par(*["<w:r><w:footnoteReference w:id='1'/></w:r>"] * 3000, "a"), {"footnotes": "1"}, "a"),
        (f"<w:tbl>{f'<w:tr>{CELL * 50}</w:tr>' * 100}</w:tbl>", {}, "A table in this file has too many cells."),
        (f"<w:p><w:r><w:t>{'[' * 30_000}a</w:t></w:r></w:p>", {}, "[[["),
    ],
    ids=["runs", "fields", "footnotes", "cells", "brackets"],
)
def test_what_took_minutes_takes_seconds(body: str, parts: dict[str, Any], said: str) -> None:
    if parts:
        words = f"<w:p>{'<w:r><w:t>a </w:t></w:r>' * 3000}</w:p>"
        parts = {"footnotes": f"<w:footnote w:id='1'>{words}</w:footnote>"}
    begun = time.process_time()
    assert read_here(body, **parts).startswith(said)
    assert time.process_time() - begun < 6


def test_what_no_text_comes_to_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docx_package, "MOST_SIGNS", 1000)
    monkeypatch.setattr(docx_package, "MOST_UNPACKED", 1024 * 1024)
    signs = b"<w:document xmlns:w='w'>" + b"<w:p/>" * 1001 + b"</w:document>"
    for name, content in (("word/document.xml", signs), ("word/styles.xml", b"a" * (1024 * 1024))):
        assert read_here("", files={name: content}).startswith("The file is too large when unpacked")


def test_boxes_in_boxes_are_read_once() -> None:
    """Each box stood for itself and in all those around it: twenty of them made a million."""
    body = run("a")
    for _number in range(20):
        body = BOXED.format(body)
    taken = make(filename="a.docx", content=docx(f"<w:p>{body}</w:p>"), small=True)
    assert taken.body == "a\n"
    assert {note.kind.value: note.number for note in taken.notes} == {"text_box": 20}


class TestApart:
    """Small is here what the tests' files are not."""

    @pytest.fixture(autouse=True)
    def small(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(docx_package, "SMALL_SIGNS", 20)
        monkeypatch.setattr(conversion, "SMALL", 20)

    @pytest.mark.slow("starts a process that loads the settings", 5)
    def test_it_is_read_as_small_ones_are(self) -> None:
        content = docx(par("Title", style="Titel") + item("a", 1) + par(run("Ünder", '<w:u w:val="single"/>')))
        with override("fr"):
            apart = files_imports.read(filename="a.docx", content=content)
            assert apart == make(filename="a.docx", content=content, small=False)
        assert apart.notes[0].said == "1 passage était souligné\xa0: il ne l’est plus."

    def test_what_is_small_is_read_here(self, monkeypatch: pytest.MonkeyPatch) -> None:
        asked: list[str] = []

        def in_this_process(path: str, content: bytes, arguments: dict[str, Any], **_limits: Any) -> Any:
            asked.append(path)
            return subprocess_reader.read(content, **arguments)

        monkeypatch.setattr(sandbox, "run", in_this_process)
        monkeypatch.setattr("django.setup", lambda: None)
        assert files_imports.read(filename="a.md", content=b"Few words.").body == "Few words.\n"
        assert asked == []
        with override("fr"), pytest.raises(Unreadable, match="Ce fichier ne contient pas de texte"):
            files_imports.read(filename="a.md", content=b"." * 100)
        assert asked == [subprocess_reader.__file__]

    def test_it_is_ended_where_it_takes_too_long(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(files_imports, "DOCUMENT", replace(files_imports.DOCUMENT, seconds=0))
        with pytest.raises(Unreadable) as refused:
            files_imports.read(filename="a.md", content=b"Many words" * 100)
        assert str(refused.value) == TOO_LONG
