"""A visa support letter as PDF, as it was frozen when it was issued."""

from django.utils import translation

from delegations.invitations import letter_pdf
from delegations.travel.models.visas import VisaLetter
from delegations.travel.selectors.visa_letter_text import sheet_of


def write(row: VisaLetter) -> bytes:
    """Return an issued letter; the same bytes each time.

    Raises summit.pdf.fonts.MissingFontError where no font here prints one of its letters.
    """
    sheet = sheet_of(row)
    with translation.override(sheet.language):
        # Past the memory of letters that several mailboxes get: this one holds somebody's passport.
        made: bytes = letter_pdf.write.__wrapped__(sheet)
    return made
