"""The list of participants as a PDF."""

from dataclasses import asdict, replace
from functools import cache
from pathlib import Path

from django.utils.translation import get_language_info, override
from django.utils.translation import gettext as _

from delegations.participants.selectors.listing import Listing, languages
from delegations.parties.flags import flag_svg
from summit.pdf.pictures import png_picture
from summit.pdf.typst import print_pdf

SOURCE = Path(__file__).with_name("participants.typ")
MEDIA_TYPE = "application/pdf"
# A delegation of at most this many people isn't split between pages.
TOGETHER = 6


@cache
def _source() -> bytes:
    return SOURCE.read_bytes()


def text_directions() -> dict[str, str]:
    """Return a dict from each language to its direction, "ltr" or "rtl"."""
    return {code: "rtl" if get_language_info(code)["bidi"] else "ltr" for code, _name in languages()}


def write(listing: Listing) -> bytes:
    """Return the list as a PDF. The same revision, language and order give the same bytes.

    Raises summit.pdf.fonts.MissingFontError if no installed font has one of its characters.
    """
    with override(listing.language):
        nobody, emblem_is = _("To be announced"), _("Emblem")
    named = {line.flag for section in listing.sections for line in section.lines if line.flag}
    return print_pdf(
        _source(),
        {
            **asdict(replace(listing, emblem=b"")),
            "emblem": png_picture(listing.emblem),
            "emblem_is": emblem_is,
            "ways": text_directions(),
            "nobody": nobody,
            "together": TOGETHER,
            "flags": {flag: flag_svg(flag) for flag in sorted(named)},
        },
    )
