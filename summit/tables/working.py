"""Tables for lists with many rows as long work."""

from django.utils.translation import gettext_lazy

from summit.tables.domain import given
from summit.tables.domain.reading_in import UnreadableError
from summit.tables.models import GivenTable
from summit.uploads.working import Reads, Said, read_by

NAME = "read_in_list"
REFUSED = gettext_lazy(
    "No column of the table says which row is meant. Choose one whose first row names the columns."
)

READ_IN_LIST = read_by(
    name=NAME,
    param="table",
    # Of which lists each step looks at.
    rule=given.READ_IN,
    reads=Reads(
        find=lambda key: GivenTable.objects.select_related("summit").filter(public_id=key).first(),
        at_once=lambda: given.AT_ONCE,
        look=lambda row, by: given.look(given=row, by=by),
        take=lambda row, by: given.take(given=row, by=by),
        report_of=given.report_of,
        over=(given.GivenProblem,),
        unreadable=(UnreadableError,),
        page="admin:summit_giventable_change",
    ),
    said=Said(refused=REFUSED),
)
