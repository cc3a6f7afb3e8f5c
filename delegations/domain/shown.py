"""Pages that show personal data beside a row's own fields: who saw it is recorded."""

from collections.abc import Iterable, Sequence

from delegations.domain.mailboxes import Mailbox
from delegations.models import Invitation, Particulars, Party, VisaLetter
from summit.audit import access_log
from summit.audit.services import By
from summit.people.models import Person
from summit.summits.models import Summit
from summit.users.models import User


def note_mailboxes(*, by: User, summit: Summit, boxes: Iterable[Mailbox]) -> None:
    """Note that somebody saw the mailboxes of people, as of a list of those people. A mission's is an office's."""
    found = Person.objects.filter(summit=summit, email__in={box.address for box in boxes})
    rows = [(summit.pk, str(key)) for key in found.order_by("pk").values_list("public_id", flat=True)]
    if rows:
        access_log.note_list(by=by, label=Person._meta.label_lower, rows=rows, fields=["email"])


def note_visa_letter(*, by: By, letter: VisaLetter) -> None:
    """Note that somebody read a visa support letter, which names a passport. Fetch it with its person and summit."""
    access_log.note_page(
        by=by,
        target=letter,
        summit=letter.summit,
        fields=["content"],
        people=lambda: [letter.person.public_id],
    )


def note_passport(*, by: By, person: Person, fields: Iterable[str]) -> None:
    """Note that somebody saw what is entered of a person's passport. Fetch the person with summit and particulars."""
    row: Particulars | None = getattr(person, "particulars", None)
    there = [name for name in fields if row is not None and getattr(row, name)]
    if row is not None and there:
        access_log.note_page(by=by, target=row, summit=person.summit, fields=there, people=lambda: [person.public_id])


def note_contacts(*, by: User, summit: Summit, rows: Sequence[Invitation]) -> None:
    """Note that somebody saw whom to telephone about invitations. Fetch them with their parties' focal points."""
    if rows:
        access_log.note_list(
            by=by,
            label=Party._meta.label_lower,
            rows=[(summit.pk, row.party.public_id) for row in rows],
            fields=["focal_points", "mission_contact"],
            people=[point.person.public_id for row in rows for point in row.party.focal_points.all()],
        )
