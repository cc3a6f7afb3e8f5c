"""The API of schedules of other conferences."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from sessions.exchange.models import SCHEDULE, ScheduleImportFile
from sessions.visibility.models import Visibility
from summit.api_base.viewset_views import Values
from summit.imports.api import ImportFileInput, ImportFileSerializer, ImportFileViewSet


class ScheduleInput(ImportFileInput):
    """A schedule.json or schedule.xml from frab or pretalx. `visibility` says who may see new sessions."""

    visibility = serializers.ChoiceField(choices=Visibility.choices, default=Visibility.PARTICIPANTS)


class ScheduleSerializer(ImportFileSerializer):
    """An uploaded schedule."""

    view_permission = "agenda.scheduleimportfile.view"

    class Meta(ImportFileSerializer.Meta):
        model = ScheduleImportFile


class ScheduleImportFileViewSet(ImportFileViewSet):
    """Schedules of other conferences. They are imported into the draft, and become visible with the next release."""

    name = "schedules"
    verbose_name = _("uploaded schedules")
    permission = "agenda.scheduleimportfile"
    permissions: ClassVar[Any] = {"add": "agenda.edit", "remove": "agenda.edit"}
    model = ScheduleImportFile
    serializer_class = ScheduleSerializer
    input_serializer_class = ScheduleInput

    def kind_of(self, values: Values) -> str:
        """Return the kind of schedules."""
        return SCHEDULE

    def options_of(self, values: Values) -> dict[str, str]:
        """Return who may see new sessions."""
        return {"visibility": values["visibility"]}
