"""Renders a letter as a PDF: with a letterhead and a place for the signature or the seal, tagged for screen readers,
in the writing direction of its language."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from unicodedata import bidirectional

from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from summit.core.date_formats import long_day
from summit.core.languages import language_name
from summit.pdf.paper_size import A4
from summit.pdf.pictures import png_picture
from summit.pdf.typst import print_pdf

SOURCE = Path(__file__).with_name("letter.typ")


@dataclass(frozen=True)
class LetterSheet:
    """Everything that is printed in a letter. It is the same for all mailboxes of a party, because it contains no
    link.

    `signatory` has the lines below the signature, or is "" if the text ends otherwise. A letter that is `sealed` has
    a place for initials and a seal, as a note verbale has, instead of one for a signature. `answer` has the lines
    that say how to answer. `paper` is a name of summit.pdf.paper_size.
    """

    title: str
    paragraphs: tuple[str, ...]
    letterhead: str
    reference: str
    day: date
    footnote: str
    footer: str
    author: str
    language: str
    signatory: str = ""
    sealed: bool = False
    answer: tuple[str, ...] = ()
    paper: str = A4


def split_signature(paragraphs: Sequence[str], signatory: str) -> tuple[tuple[str, ...], str]:
    """Return the paragraphs of a letter without the signatory's lines at their end, and these lines.

    They are "" if the letter doesn't end with them.
    """
    *first, last = paragraphs or ("",)
    if last == signatory:
        return tuple(first), signatory
    if signatory and last.endswith(f"\n{signatory}"):
        return (*first, last.removesuffix(f"\n{signatory}")), signatory
    return tuple(paragraphs), ""


@cache
def _source() -> bytes:
    return SOURCE.read_bytes()


# A party's mailboxes get their letters one after the other, so the PDFs of the last few parties are cached.
@lru_cache(maxsize=16)
def write(sheet: LetterSheet, emblem: bytes = b"") -> bytes:
    """Return the PDF of a letter, with the PNG `emblem` in its letterhead. The active language must be the sheet's.

    Raises summit.pdf.fonts.MissingFontError if a character is in no installed font.
    """
    return print_pdf(
        _source(),
        {
            "title": sheet.title,
            "author": sheet.author,
            "paragraphs": [_lines(part) for part in sheet.paragraphs],
            "letterhead": [
                {"text": line, "way": _text_direction(line)} for line in _lines(sheet.letterhead) or [sheet.author]
            ],
            "reference": _("Reference: %(reference)s") % {"reference": sheet.reference} if sheet.reference else "",
            "day": long_day(sheet.day),
            "footnote": f"* {sheet.footnote}" if sheet.footnote else "",
            "signatory": _lines(sheet.signatory),
            "sealed": sheet.sealed,
            "initials": _("Initials"),
            "seal": _("Seal"),
            "how_to_answer": _("How to answer"),
            "answer": list(sheet.answer),
            "emblem": png_picture(emblem),
            "emblem_is": _("Emblem"),
            "footer": " · ".join(filter(None, (sheet.footer, sheet.reference, language_name(sheet.language)))),
            "paper": sheet.paper,
            "language": sheet.language,
            "direction": "rtl" if get_language_info(sheet.language)["bidi"] else "ltr",
            "date": [sheet.day.year, sheet.day.month, sheet.day.day],
        },
    )


def _text_direction(line: str) -> str:
    """Return the direction of a line ("ltr" or "rtl") by its first letter. Lines of the letterhead may be in another
    language than the letter."""
    first = next((direction for direction in map(bidirectional, line) if direction in {"L", "R", "AL"}), "L")
    return "ltr" if first == "L" else "rtl"


def _lines(text: str) -> Sequence[str]:
    return [line for line in (" ".join(part.split()) for part in text.splitlines()) if line]
