"""The import of a schedule of another conference into the draft."""

from contextlib import AbstractContextManager

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from sessions.draft.models.participants import Slot
from sessions.draft.models.sessions import Session, SessionText
from sessions.draft.services.agenda_lock import lock
from sessions.draft.speech_listeners import watching
from sessions.exchange.models import SCHEDULE
from sessions.exchange.selectors import parsers
from sessions.exchange.selectors.planner import Planner
from sessions.exchange.services import importer
from sessions.visibility.models import Visibility
from summit.audit.services import By
from summit.core.punctuation import comma
from summit.imports.definitions import ImportDefinition, ImportOption, Parsed, Upload, WrittenModel, register
from summit.imports.report import ImportReport
from summit.people.models import Person
from summit.permissions.rules import check
from summit.summits.models import Room, Summit, Venue
from summit.uploads.budgets import SCHEDULE as SCHEDULE_BUDGET
from summit.users.models import User


class ScheduleImport(ImportDefinition[Planner]):
    """A schedule.json or schedule.xml as frab and pretalx write it. Each event becomes a session of the draft."""

    kind = SCHEDULE
    label = gettext_lazy("schedule")
    permission = "agenda.edit"
    budget = SCHEDULE_BUDGET
    number_label = gettext_lazy("No.")
    about_label = gettext_lazy("Title")
    accepts = gettext_lazy("schedule.json or schedule.xml from frab or pretalx, up to 20 MB.")
    introduction = gettext_lazy(
        "Each event of the uploaded schedule becomes a session in the draft. You see a preview of each event "
        "before anything is imported. You can import the same file again without creating duplicates. Sessions "
        "stay hidden until the next release."
    )
    options = (
        ImportOption(
            name="visibility",
            label=gettext_lazy("Visibility of new sessions"),
            choices=lambda summit: Visibility.choices,
            default=Visibility.PARTICIPANTS.value,
            help_text=gettext_lazy("Existing sessions keep their visibility."),
        ),
    )
    writes = (
        WrittenModel(Venue, "summit"),
        WrittenModel(Room, "venue__summit"),
        WrittenModel(Person, "summit"),
        WrittenModel(Session, "summit", counters=("revision",)),
        WrittenModel(SessionText, "session__summit"),
        WrittenModel(Slot, "session__summit", deletes=True),
    )

    def check_permission(self, *, summit: Summit, party_key: str, by: By) -> None:
        """Raise PermissionDenied unless `by` may edit the agenda."""
        if isinstance(by, User):
            check(by, self.permission, summit)

    def exports(self, *, summit: Summit, party_key: str, by: By) -> list[tuple[str, str]]:
        """Return the public agenda in both formats, if the summit has one."""
        formats = ("schedule.json", "schedule.xml") if summit.public else ()
        return [(reverse(f"agenda:{name.replace('.', '_')}", args=[summit.slug]), name) for name in formats]

    def parse(self, *, summit: Summit, filename: str, content: bytes, party_key: str, by: By) -> Parsed:
        """Return the file unchanged. Raises ImportProblem if it is no schedule, or has no events or too many."""
        return Parsed(content, len(parsers.read(content, zone=summit.zone).events))

    def prepare(self, upload: Upload, rows: slice) -> Planner:
        """Return the plan of what the schedule writes."""
        return importer.plan(
            summit=upload.summit, content=upload.content, by=upload.by, visibility=upload.options["visibility"]
        )

    def preview(self, upload: Upload) -> ImportReport:
        """Return the report on what the schedule would write."""
        return self.prepare(upload, slice(None)).report

    def lock(self, upload: Upload) -> None:
        """Lock the agenda."""
        lock(upload.summit)

    def write(self, upload: Upload, prepared: Planner) -> ImportReport:
        """Write the planned sessions, and return the report on them."""
        importer.store(prepared, by=upload.by)
        return prepared.report

    def undoing(self, upload: Upload) -> AbstractContextManager[object]:
        """Return a context that tells listeners which speeches are moved back."""
        return watching(summit=upload.summit, by=upload.by)

    def notices(self, report: ImportReport) -> list[str]:
        """Return sentences about new rooms and people, and about what of the events isn't imported."""
        rooms, people, left = (report.facts.get(name) for name in ("rooms", "people", "left"))
        found = [_("New rooms: %(names)s") % {"names": comma().join(rooms)}] if rooms else []
        if people:
            found.append(ngettext("New people: %(number)d", "New people: %(number)d", people) % {"number": people})
        if joined := report.facts.get("joined"):
            message = ngettext(
                "%(number)d event has an abstract and a description. Both become the summary, which is exported as "
                "the abstract.",
                "%(number)d events have an abstract and a description. Both become the summary, which is exported as "
                "the abstract.",
                joined,
            )
            found.append(message % {"number": joined})
        if left:
            names = comma().join(f"{name} ({number})" for name, number in left.items())
            found.append(_("Not imported (names in the file): %(names)s") % {"names": names})
        return found


register(ScheduleImport())
