"""A letter as PDF: A4, on letterhead, tagged for readers of screens, in the direction of its language."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from unicodedata import bidirectional

from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from summit.core.date_formats import long_day
from summit.pdf.typst import print_pdf

SOURCE = Path(__file__).with_name("letter.typ")


@dataclass(frozen=True)
class Sheet:
    """All that is printed of a letter. Those of one party's mailboxes are the same, since none holds a link."""

    title: str
    paragraphs: tuple[str, ...]
    letterhead: str
    reference: str
    day: date
    footnote: str
    footer: str
    author: str
    language: str


@cache
def _source() -> bytes:
    return SOURCE.read_bytes()


# A party's mailboxes get their letters one after the other: the sheet of the last few parties is kept.
@lru_cache(maxsize=16)
def write(sheet: Sheet) -> bytes:
    """Return the letter, with its few words of its own in the active language, which is the sheet's.

    Raises summit.pdf.fonts.MissingFontError where no font here prints one of its letters.
    """
    return print_pdf(
        _source(),
        {
            "title": sheet.title,
            "author": sheet.author,
            "paragraphs": [_lines(part) for part in sheet.paragraphs],
            "letterhead": [{"text": line, "way": _way(line)} for line in _lines(sheet.letterhead) or [sheet.author]],
            "reference": _("Reference: %(reference)s") % {"reference": sheet.reference} if sheet.reference else "",
            "day": long_day(sheet.day),
            "footnote": f"* {sheet.footnote}" if sheet.footnote else "",
            "footer": sheet.footer,
            "language": sheet.language,
            "direction": "rtl" if get_language_info(sheet.language)["bidi"] else "ltr",
            "date": [sheet.day.year, sheet.day.month, sheet.day.day],
        },
    )


def _way(line: str) -> str:
    """Return in which direction a line runs: as its first letter does. A host's address is in the host's language."""
    first = next((found for found in map(bidirectional, line) if found in {"L", "R", "AL"}), "L")
    return "ltr" if first == "L" else "rtl"


def _lines(text: str) -> Sequence[str]:
    return [line for line in (" ".join(part.split()) for part in text.splitlines()) if line]
