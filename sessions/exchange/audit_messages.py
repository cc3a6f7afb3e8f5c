"""Labels of the audit actions on uploaded schedules."""

from django.utils.translation import gettext_lazy, ngettext

from sessions.exchange.models import ScheduleImportFile
from summit.audit.actions import Facts, describe_action, describe_model
from summit.templatetags.moments import short_clock


def _read_in(facts: Facts) -> str:
    number = int(facts.detail.get("new", 0)) + int(facts.detail.get("changed", 0))
    message = ngettext(
        "read a schedule into the agenda (%(number)d session)",
        "read a schedule into the agenda (%(number)d sessions)",
        number,
    )
    return message % {"number": number}


describe_action("agenda.schedule_file.add", gettext_lazy("uploaded a schedule of another conference"))
describe_action("agenda.schedule_file.remove", gettext_lazy("deleted an uploaded schedule"))
describe_action("agenda.read_in", _read_in, label=gettext_lazy("read a schedule into the agenda"))
# A schedule is named by its upload time, because the name of its file may contain a person's name.
describe_model(ScheduleImportFile, related=("summit",), name=lambda row: short_clock(row.uploaded_at, row.summit))
