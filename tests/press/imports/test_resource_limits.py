"""Files that pack well and take long to read: what they take doesn't grow with the square of what they hold, and what
isn't small is read in a process that is ended."""

import time
from dataclasses import replace
from typing import Any

import pytest
from django.utils.translation import override

from press.imports import files as files_imports
from press.imports.files import conversion, docx_package, subprocess_reader
from press.imports.files.conversion import make
from press.imports.files.report import Unreadable
from summit.uploads import sandbox
from tests.press.imports.docx_files import docx, item, par, run

LONG = "The file takes too long to read. Copy the text into a new file."
BIT = run("a", "<w:b/>") + run("b", "")
FIELD = '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
BOX = "<w:r><w:drawing><w:txbxContent><w:p>{}</w:p></w:txbxContent></w:drawing></w:r>"
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
        (f"<w:p>{FIELD * 3000}{BIT * 3000}</w:p>", {}, "This file has too many nested elements."),
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


def test_what_no_text_comes_to_is_not_read() -> None:
    signs = b"<w:document xmlns:w='w'>" + b"<w:p/>" * 1_000_001 + b"</w:document>"
    for name, content in (("word/document.xml", signs), ("word/styles.xml", b"a" * (60 * 1024 * 1024))):
        assert read_here("", files={name: content}).startswith("The file is too large when unpacked")


def test_boxes_in_boxes_are_read_once() -> None:
    """Each box stood for itself and in all those around it: twenty of them made a million."""
    body = run("a")
    for _number in range(20):
        body = BOX.format(body)
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
        assert str(refused.value) == LONG
