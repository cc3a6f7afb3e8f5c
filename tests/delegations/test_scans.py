"""Scans: what a file is, its bytes say; its name is made harmless."""

import pytest

from delegations.domain import scans
from delegations.domain.scans import ScanProblem, read

PDF, JPEG, PNG = b"%PDF-1.7\n%", b"\xff\xd8\xff\xe0 picture", b"\x89PNG\r\n\x1a\n picture"


@pytest.mark.parametrize(
    ("content", "media_type", "ending"),
    [(PDF, "application/pdf", "pdf"), (JPEG, "image/jpeg", "jpg"), (PNG, "image/png", "png")],
)
def test_the_bytes_say_what_it_is(content: bytes, media_type: str, ending: str) -> None:
    kept = read(filename="note.exe", content=content)
    assert (kept.media_type, kept.filename, kept.content) == (media_type, f"note.{ending}", content)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/note 12.pdf", "note 12.pdf"),
        ("C:\\papers\\note.PDF", "note.pdf"),
        ("a\x00\r\nb\u202efdp.exe", "abfdp.pdf"),
        ("", "scan.pdf"),
        (".pdf", "scan.pdf"),
        ("note", "note.pdf"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
        ("مذكرة شفوية.pdf", "مذكرة شفوية.pdf"),
    ],
)
def test_the_name_is_made_harmless(given: str, kept: str) -> None:
    found = read(filename=given, content=PDF).filename
    assert (found, len(found) <= scans.LONGEST_NAME) == (kept, True)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "This file is empty. Choose the scan again."),
        (b"<html>", "This is neither a PDF nor a JPEG nor a PNG picture. Save the scan as one of them."),
        (b" %PDF-1.7", "This is neither a PDF nor a JPEG nor a PNG picture. Save the scan as one of them."),
        (
            PDF + b"0" * (12 * 1024 * 1024 + 400_000),
            "This file has 12.4 MB. Scan it smaller: up to 10 MB are kept.",
        ),
    ],
)
def test_what_is_none_is_refused_in_a_sentence(content: bytes, said: str) -> None:
    with pytest.raises(ScanProblem) as refused:
        read(filename="note.pdf", content=content)
    assert str(refused.value) == said


def test_the_largest_is_kept() -> None:
    assert len(read(filename="n", content=PDF.ljust(scans.LARGEST)).content) == scans.LARGEST
