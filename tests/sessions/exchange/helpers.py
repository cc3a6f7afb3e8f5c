"""Imports of schedules without stored files."""

from django.db import transaction

from sessions.visibility.models import Visibility
from summit.audit.services import SYSTEM, By
from summit.imports.definitions import DEFINITIONS, Upload
from summit.imports.report import ImportReport
from summit.summits.models import Summit

SCHEDULE = DEFINITIONS["schedule"]


def uploaded(summit: Summit, content: bytes, by: By = SYSTEM, visibility: str = Visibility.PARTICIPANTS) -> Upload:
    SCHEDULE.check_permission(summit=summit, party_key="", by=by)
    return Upload(summit, content, by, options={"visibility": visibility})


def read_in(*, summit: Summit, content: bytes, by: By = SYSTEM, visibility: str = "participants") -> ImportReport:
    upload = uploaded(summit, content, by, visibility)
    with transaction.atomic():
        SCHEDULE.lock(upload)
        return SCHEDULE.write(upload, SCHEDULE.prepare(upload, slice(None)))


def preview(*, summit: Summit, content: bytes, by: By = SYSTEM) -> ImportReport:
    return SCHEDULE.preview(uploaded(summit, content, by))
