"""The kind of job that checks and applies import files with many rows."""

from django.utils.translation import gettext_lazy

from summit.import_export import services
from summit.import_export.importer import UnreadableError
from summit.import_export.models import ListImportFile
from summit.uploads.import_jobs import Reads, Said, read_by

NAME = "read_in_list"
REFUSED = gettext_lazy(
    "No column of the table says which row is meant. Choose one whose first row names the columns."
)

READ_IN_LIST = read_by(
    name=NAME,
    param="table",
    # Each step checks whether the user may change the list itself.
    permission=services.READ_IN,
    reads=Reads(
        find=lambda key: ListImportFile.objects.select_related("summit").filter(public_id=key).first(),
        at_once=lambda: services.AT_ONCE,
        look=lambda row, by: services.refresh_preview(given=row, by=by),
        take=lambda row, by: services.apply(given=row, by=by),
        report_of=services.report_of,
        over=(services.GivenProblem,),
        unreadable=(UnreadableError,),
        page="admin:summit_listimportfile_change",
    ),
    said=Said(refused=REFUSED),
)
