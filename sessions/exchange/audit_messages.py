"""Labels of the audit actions on uploaded schedules."""

from sessions.exchange.models import ScheduleImportFile
from summit.audit.actions import describe_model, personal
from summit.templatetags.moments import short_clock

# A schedule is named by its upload time, because the name of its file may contain a person's name.
describe_model(ScheduleImportFile, related=("summit",), name=lambda row: short_clock(row.uploaded_at, row.summit))
personal(ScheduleImportFile, "content", "filename", "report")
