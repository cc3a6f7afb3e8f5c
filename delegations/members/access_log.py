"""Logs in the audit who saw a person's passport data."""

from collections.abc import Iterable

from delegations.members.models.particulars import Particulars
from summit.audit import access_log
from summit.audit.services import By
from summit.people.models import Person


def record_passport(*, by: By, person: Person, fields: Iterable[str]) -> None:
    """Log that `by` saw these fields of a person's passport. Fields without a value aren't logged.

    The same fields are logged once an hour. The caller fetches the person with the summit and the particulars.
    """
    row: Particulars | None = getattr(person, "particulars", None)
    filled_fields = [name for name in fields if row is not None and getattr(row, name)]
    if row is not None and filled_fields:
        access_log.record_page(
            by=by, target=row, summit=person.summit, fields=filled_fields, people=lambda: [person.public_id]
        )
