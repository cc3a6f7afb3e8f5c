"""Tables of parties and people with many rows as long work."""

from django.utils.translation import gettext_lazy

from delegations.domain import sheets
from delegations.domain.incoming.values import Unreadable
from delegations.models import Sheet
from summit.uploads.reading_job import Reads, Said, read_by

NAME = "read_in"
REFUSED = gettext_lazy("No column of the table says who is meant. Choose one whose first row names the columns.")

READ_IN = read_by(
    name=NAME,
    param="sheet",
    rule="delegations.read_in",
    reads=Reads(
        find=lambda key: Sheet.objects.select_related("summit", "party").filter(public_id=key).first(),
        at_once=lambda: sheets.AT_ONCE,
        look=lambda row, by: sheets.look(sheet=row, by=by),
        take=lambda row, by: sheets.take(sheet=row, by=by),
        report_of=sheets.report_of,
        over=(sheets.SheetProblem,),
        unreadable=(Unreadable,),
        page="admin:delegations_sheet_change",
    ),
    said=Said(refused=REFUSED),
)
