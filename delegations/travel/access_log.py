"""Logs who read a visa support letter."""

from delegations.travel.models.visas import VisaLetter
from summit.audit import access_log
from summit.audit.services import By


def record_visa_letter(*, by: By, letter: VisaLetter) -> None:
    """Log that `by` read a visa support letter, which has passport data.

    The caller fetches the letter with its person and summit.
    """
    access_log.record_page(
        by=by,
        target=letter,
        summit=letter.summit,
        fields=["content"],
        people=lambda: [letter.person.public_id],
    )
