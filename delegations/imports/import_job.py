"""The job that checks and applies import files of parties and people with many rows."""

from django.utils.translation import gettext_lazy

from delegations.imports.models import DelegationImportFile
from delegations.imports.services import import_files
from delegations.parties.selectors.party_kinds import Unreadable
from summit.uploads.import_jobs import ImportJobMessages, Reads, read_by

NAME = "read_in"
REFUSED = gettext_lazy("No column of the table says who is meant. Choose one whose first row names the columns.")

READ_IN = read_by(
    name=NAME,
    param="sheet",
    permission="delegations.read_in",
    reads=Reads(
        find=lambda key: DelegationImportFile.objects.select_related("summit", "party").filter(public_id=key).first(),
        at_once=lambda: import_files.AT_ONCE,
        look=lambda row, by: import_files.refresh_preview(sheet=row, by=by),
        take=lambda row, by: import_files.apply(sheet=row, by=by),
        report_of=import_files.report_of,
        over=(import_files.ImportFileProblem,),
        unreadable=(Unreadable,),
        page="admin:delegations_delegationimportfile_change",
    ),
    said=ImportJobMessages(refused=REFUSED),
)
