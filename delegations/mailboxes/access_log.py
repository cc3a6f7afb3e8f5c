"""Records in the access log who saw people's mailboxes."""

from collections.abc import Iterable

from delegations.mailboxes.selectors import Mailbox
from summit.audit import access_log
from summit.people.models import Person
from summit.summits.models import Summit
from summit.users.models import User


def record_mailboxes(*, by: User, summit: Summit, boxes: Iterable[Mailbox]) -> None:
    """Record that an account saw the mailboxes of a summit's people, as a list of those people.

    A mission's mailbox belongs to an office and is not recorded.
    """
    people = Person.objects.filter(summit=summit, email__in={box.address for box in boxes})
    rows = [(summit.pk, str(key)) for key in people.order_by("pk").values_list("public_id", flat=True)]
    if rows:
        access_log.record_list(by=by, label=Person._meta.label_lower, rows=rows, fields=["email"])
