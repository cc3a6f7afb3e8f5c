"""The kind of job that checks and applies import files with many rows."""

from django.utils.translation import gettext_lazy

from summit.import_export import import_services
from summit.import_export.importer import UnreadableError
from summit.import_export.models import ListImportFile
from summit.uploads.import_jobs import ImportJobMessages, Reads, read_by

NAME = "read_in_list"
REFUSED = gettext_lazy(
    "No column of the table says which row is meant. Choose one whose first row names the columns."
)

READ_IN_LIST = read_by(
    name=NAME,
    param="table",
    # Each step checks whether the user may change the list itself.
    permission=import_services.READ_IN,
    reads=Reads(
        find=lambda key: ListImportFile.objects.select_related("summit").filter(public_id=key).first(),
        at_once=lambda: import_services.AT_ONCE,
        look=lambda row, by: import_services.refresh_preview(given=row, by=by),
        take=lambda row, by: import_services.apply(given=row, by=by),
        report_of=import_services.report_of,
        over=(import_services.ListImportFileError,),
        unreadable=(UnreadableError,),
        page="admin:summit_listimportfile_change",
    ),
    said=ImportJobMessages(refused=REFUSED),
)
