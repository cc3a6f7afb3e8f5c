"""Renders a place card as a PDF of one page, to be folded in the middle so that it stands on the table."""

from dataclasses import asdict
from functools import cache
from pathlib import Path

from django.utils.translation import get_language_info, override
from django.utils.translation import gettext as _

from delegations.parties.flags import flag_svg
from sessions.presence.selectors.place_card import PlaceCard
from summit.core.file_names import file_name
from summit.pdf.typst import print_pdf

SOURCE = Path(__file__).with_name("place_card.typ")


@cache
def _source() -> bytes:
    return SOURCE.read_bytes()


def name_of(card: PlaceCard) -> str:
    """Return the name of the file, in the card's language."""
    with override(card.summit_language):
        return file_name(_("Place card"), card.party, card.name, ending="pdf")


def write(card: PlaceCard, paper: str) -> bytes:
    """Return the PDF of a card in its language. `paper` is typst's name of the paper.

    Raises summit.pdf.fonts.MissingFontError if a character is in no installed font.
    """
    with override(card.summit_language):
        title = _("Place card")
        behalf = _("on behalf of %(head)s") % {"head": card.head} if card.head else ""
    return print_pdf(
        _source(),
        {
            **asdict(card),
            "title": title,
            "behalf": behalf,
            "paper": paper,
            "flag": flag_svg(card.flag) if card.flag else "",
            "mark": "*" if card.footnote else "",
            "direction": _text_direction(card.summit_language),
            "way": _text_direction(card.language),
        },
    )


def _text_direction(language: str) -> str:
    return "rtl" if get_language_info(language)["bidi"] else "ltr"
