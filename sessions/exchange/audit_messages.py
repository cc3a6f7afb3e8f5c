"""What the audit calls what happens to uploaded schedules."""

from django.utils.translation import gettext_lazy, ngettext

from sessions.exchange.models import ScheduleImportFile
from summit.audit.actions import Facts, deed, personal, thing
from summit.templatetags.moments import short_clock


def _read_in(facts: Facts) -> str:
    number = int(facts.detail.get("new", 0)) + int(facts.detail.get("changed", 0))
    said = ngettext(
        "read a schedule into the agenda (%(number)d session)",
        "read a schedule into the agenda (%(number)d sessions)",
        number,
    )
    return said % {"number": number}


deed("agenda.schedule_file.add", gettext_lazy("uploaded a schedule of another conference"))
deed("agenda.schedule_file.remove", gettext_lazy("deleted an uploaded schedule"))
deed("agenda.read_in", _read_in, called=gettext_lazy("read a schedule into the agenda"))
# By its moment: a file's name may be a person's.
thing(ScheduleImportFile, related=("summit",), name=lambda row: short_clock(row.uploaded_at, row.summit))
personal(ScheduleImportFile, "content", "filename", "report")
