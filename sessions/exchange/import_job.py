"""The job that imports long schedules."""

from django.utils.translation import gettext_lazy, ngettext

from sessions.exchange.models import ScheduleImportFile
from sessions.exchange.selectors.plain_text import Unreadable
from sessions.exchange.services import import_files
from summit.uploads.import_jobs import ImportJobMessages, Reads, read_by

NAME = "read_schedule"


def _progress(done: int, total: int) -> str:
    message = ngettext("%(done)d of %(total)d event is read", "%(done)d of %(total)d events are read", total)
    return message % {"done": done, "total": total}


def imported_message(number: int) -> str:
    """Return the message that this number of events has been imported into the draft."""
    message = ngettext(
        "%(number)d event is taken over into the draft.",
        "%(number)d events are taken over into the draft.",
        number,
    )
    return message % {"number": number}


def _checked_message(number: int) -> str:
    message = ngettext(
        "%(number)d event is looked at; nothing is written yet. Open the file among the uploaded schedules.",
        "%(number)d events are looked at; nothing is written yet. Open the file among the uploaded schedules.",
        number,
    )
    return message % {"number": number}


READ = read_by(
    name=NAME,
    param="file",
    permission="agenda.edit",
    reads=Reads(
        find=lambda key: ScheduleImportFile.objects.select_related("summit").filter(public_id=key).first(),
        at_once=lambda: import_files.AT_ONCE,
        look=lambda row, by: import_files.refresh_preview(row=row, by=by),
        take=lambda row, by: import_files.apply(row=row, by=by),
        report_of=import_files.report_of,
        over=(Unreadable,),
        page="admin:agenda_scheduleimportfile_change",
    ),
    said=ImportJobMessages(
        title=gettext_lazy("Reading an uploaded schedule"),
        progress=_progress,
        looked=_checked_message,
        taken=imported_message,
        gone=gettext_lazy("The schedule was deleted meanwhile."),
    ),
)
