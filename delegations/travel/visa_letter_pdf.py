"""A visa support letter as a PDF, from its frozen text."""

from django.utils import translation
from django.utils.translation import gettext as _

from delegations.invitations import letter_pdf
from delegations.travel.models.visas import VisaLetter
from delegations.travel.selectors.visa_letter_text import sheet_of
from summit.core.file_names import file_name
from summit.core.languages import spoken
from summit.summits.emblem import emblem_png


def name_of(row: VisaLetter) -> str:
    """Return the name of an issued letter's file, in the letter's language. It says nothing about the person."""
    with translation.override(spoken(row.summit.language)):
        return file_name(_("Visa support letter"), str(row.number), row.party.name, ending="pdf")


def write(row: VisaLetter) -> bytes:
    """Return an issued letter as a PDF, with the same bytes each time.

    Raises summit.pdf.fonts.MissingFontError if the letter has a character that is in no installed
    font.
    """
    sheet = sheet_of(row)
    with translation.override(sheet.language):
        # Bypass the cache of `letter_pdf.write`, because this letter has passport data.
        pdf: bytes = letter_pdf.write.__wrapped__(sheet, emblem_png(row.summit) or b"")
    return pdf
