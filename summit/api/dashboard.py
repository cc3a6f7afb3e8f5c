"""The tasks of the reader at a summit's desk, as on the desk's home."""

from typing import Any, ClassVar

from django.conf import settings
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from summit.admin_base import dashboard as admin_base_dashboard
from summit.admin_base.dashboard import Task, Urgency
from summit.api_base.schema import ApiSchema
from summit.api_base.views import working_api
from summit.api_base.viewset_schema import ViewSetSchema
from summit.api_base.viewset_views import DetailView, ViewSetView
from summit.api_base.viewsets import DeskViewSet
from summit.summits.models import Summit


class TaskSerializer(serializers.Serializer[Any]):
    """Something to do: a sentence with a number, its urgency, and the page of the desk with exactly the rows that are
    counted.

    `moment` is when it was or will be due, null if there is no such time.
    """

    sentence = serializers.CharField()
    urgency = serializers.ChoiceField(choices=[each.name.lower() for each in Urgency])
    page = serializers.URLField()
    moment = serializers.DateTimeField(allow_null=True)

    def to_representation(self, instance: Task) -> dict[str, Any]:
        """Return the task as JSON data."""
        told = {"urgency": instance.urgency.name.lower(), "page": f"{settings.BASE_URL}{instance.address}"}
        found: dict[str, Any] = super().to_representation(
            {"sentence": instance.sentence, "moment": instance.moment, **told}
        )
        return found


class TasksSerializer(serializers.Serializer[Any]):
    """What the reader can do now, the most urgent first. Tasks of others are left out."""

    tasks = TaskSerializer(many=True)


class TaskViewSet(DeskViewSet):
    """The reader's tasks at a summit's desk, at an address without a key."""

    name = "tasks"
    verbose_name = _("what is to be done at the desk")
    permission = "summit.summit"
    allowed_methods = ()
    model = Summit
    serializer_class = TasksSerializer
    ordering_fields: ClassVar[Any] = {}

    @classmethod
    def paths(cls) -> list[URLPattern]:
        """Return the only address. It has its own scope, as tasks contain titles of texts and names of webhooks."""
        view = working_api(Waiting.as_view(viewset=cls(), scope=cls.name))
        return [path("summits/<slug:summit>/desk/tasks/", view, name="api-desk-tasks")]


class WaitingSchema(ViewSetSchema):
    """The description of an address without query parameters."""

    def parameters(self) -> list[Any]:
        """Return only the headers."""
        return ApiSchema.parameters(self)


class Waiting(DetailView):
    """The reader's tasks."""

    schema = WaitingSchema()
    http_method_names = ["get", "head"]

    def known_parameters(self) -> tuple[str, ...]:
        """Return no names: the address takes no query parameters."""
        return ()

    def admit(self, request: Request) -> None:
        """Find the summit. Raises Http404."""
        ViewSetView.admit(self, request)
        self.row = self.summit

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List the reader's tasks."""
        return Response(TasksSerializer({"tasks": admin_base_dashboard.tasks_of(self.by, self.row)}).data)
