"""How long uploaded schedules are stored, and how their personal data is found and erased."""

import html
import json

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from delegations.privacy.services.retention import Piece, piece
from sessions.exchange.models import ScheduleImportFile
from summit.core.personal_data import PersonalDataKind
from summit.privacy.registry import Portion, Subject, portion


def _naming(subject: Subject) -> QuerySet[ScheduleImportFile]:
    """Return the uploaded schedules that name the person.

    Schedules are encrypted, so each one is decrypted and searched.
    """
    keys = [
        row.pk
        for row in ScheduleImportFile.objects.filter(summit=subject.summit).iterator(chunk_size=5)
        if subject.says(
            f"{row.filename} {_plain(row.report)} {_plain(bytes(row.content).decode('utf-8', 'replace'))}"
        )
    ]
    return ScheduleImportFile.objects.filter(pk__in=keys).order_by("pk")


def _plain(text: str) -> str:
    """Return JSON or XML with its escaped characters decoded."""
    try:
        return json.dumps(json.loads(text), ensure_ascii=False)
    except (ValueError, RecursionError):
        return html.unescape(text)


piece(45)(
    Piece(
        what=PersonalDataKind.SCANS,
        name="schedule_files",
        title=_("uploaded schedules"),
        model=ScheduleImportFile,
        rows=lambda summit: ScheduleImportFile.objects.filter(summit=summit),
        purge=lambda keys: ScheduleImportFile.objects.filter(pk__in=keys).delete(),
    )
)
portion(57)(
    Portion(
        name="schedule_files",
        title=_("Uploaded schedules that name the person"),
        model=ScheduleImportFile,
        rows=_naming,
        erase=lambda subject: ScheduleImportFile.objects.filter(
            pk__in=list(_naming(subject).values_list("pk", flat=True))
        ).delete()[0],
        gone=_("Deleted: what was taken over from them stands in the system."),
        columns=("filename", "uploaded_at", "applied_at"),
        desks=True,
    )
)
