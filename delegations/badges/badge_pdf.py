"""Renders badges as a PDF of A6 pages, one badge to a page, each with its number as a QR code."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from functools import cache
from io import BytesIO
from pathlib import Path

from django.utils.translation import get_language_info, override, pgettext
from django.utils.translation import gettext as _

from delegations.badges.selectors.badge_sheet import Card
from delegations.parties.flags import flag_svg
from summit.core.file_names import file_name
from summit.pdf.pictures import png_picture
from summit.pdf.typst import print_pdf
from summit.summits.colours import print_ink

SOURCE = Path(__file__).with_name("badge.typ")


@cache
def _source() -> bytes:
    return SOURCE.read_bytes()


def code(number: str) -> str:
    """Return a QR code of a badge's number as SVG markup. The number is encoded in capitals, because the code then
    needs fewer and larger squares."""
    # Imported when the first badge is printed, so that the web process starts faster.
    import segno  # noqa: PLC0415

    svg = BytesIO()
    qr_code = segno.make(number.upper(), error="m", micro=False)
    qr_code.save(svg, kind="svg", border=4, xmldecl=False, nl=False, svgclass=None, lineclass=None)
    return svg.getvalue().decode()


def name_of(cards: Sequence[Card]) -> str:
    """Return the name of the file of these badges, in the language of the first badge's summit."""
    with override(cards[0].summit_language):
        return file_name(_("Badges"), cards[0].summit, ending="pdf")


def write(cards: Sequence[Card]) -> bytes:
    """Return the PDF of these badges, in the language of the first badge's summit.

    Raises summit.pdf.fonts.MissingFontError if a character is in no installed font.
    """
    language = cards[0].summit_language
    with override(language):
        labels = {
            "title": _("Badges"),
            "photograph": _("photograph"),
            "code": _("QR code"),
            "zones": _("Zones"),
            "number": pgettext("badge", "Number"),
            "emblem_is": _("Emblem"),
        }
    emblems = list(dict.fromkeys(card.emblem for card in cards if card.emblem))
    return print_pdf(
        _source(),
        {
            **labels,
            "emblems": [png_picture(emblem) for emblem in emblems],
            "flags": {card.flag: flag_svg(card.flag) for card in cards if card.flag},
            "author": cards[0].summit,
            "language": language,
            "direction": _text_direction(language),
            "cards": [
                {
                    **asdict(replace(card, emblem=b"")),
                    "emblem": emblems.index(card.emblem) if card.emblem else None,
                    "ink": print_ink(card.colour),
                    "mark": "*" if card.footnote else "",
                    "spaced": card.spaced,
                    "way": _text_direction(card.language),
                    "code": code(card.number),
                }
                for card in cards
            ],
        },
    )


def _text_direction(language: str) -> str:
    return "rtl" if get_language_info(language)["bidi"] else "ltr"
