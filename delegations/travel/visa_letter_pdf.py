"""A visa support letter as a PDF, from its frozen text."""

from django.utils import translation

from delegations.invitations import letter_pdf
from delegations.travel.models.visas import VisaLetter
from delegations.travel.selectors.visa_letter_text import sheet_of


def write(row: VisaLetter) -> bytes:
    """Return an issued letter as a PDF, with the same bytes each time.

    Raises summit.pdf.fonts.MissingFontError if the letter has a character that is in no installed
    font.
    """
    sheet = sheet_of(row)
    with translation.override(sheet.language):
        # Bypass the cache of `letter_pdf.write`, because this letter has passport data.
        pdf: bytes = letter_pdf.write.__wrapped__(sheet)
    return pdf
