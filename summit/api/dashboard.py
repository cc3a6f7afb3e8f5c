"""The tasks of the user at a summit's desk, as on the desk's home."""

from typing import Any, ClassVar

from django.conf import settings
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from summit.admin_base import dashboard as admin_base_dashboard
from summit.admin_base.dashboard import Task, Urgency
from summit.api_base.authenticated_views import working_api
from summit.api_base.schema import ApiSchema
from summit.api_base.viewset_schema import ViewSetSchema
from summit.api_base.viewset_views import DetailView, ViewSetView
from summit.api_base.viewsets import DeskViewSet
from summit.summits.models import Summit


class TaskSerializer(serializers.Serializer[Any]):
    """Something to do: a sentence with a number, its urgency, and the desk's page with exactly the counted rows.

    `moment` is when the task was or will be due, or null.
    """

    sentence = serializers.CharField()
    urgency = serializers.ChoiceField(choices=[each.name.lower() for each in Urgency])
    page = serializers.URLField()
    moment = serializers.DateTimeField(allow_null=True)

    def to_representation(self, instance: Task) -> dict[str, Any]:
        """Return the task as JSON data."""
        derived = {"urgency": instance.urgency.name.lower(), "page": f"{settings.BASE_URL}{instance.address}"}
        data: dict[str, Any] = super().to_representation(
            {"sentence": instance.sentence, "moment": instance.moment, **derived}
        )
        return data


class TasksSerializer(serializers.Serializer[Any]):
    """The tasks that the user may do now, the most urgent first. Tasks that only others may do are left out."""

    tasks = TaskSerializer(many=True)


class TaskViewSet(DeskViewSet):
    """The user's tasks at a summit's desk, at a URL without a key."""

    name = "tasks"
    verbose_name = _("desk tasks")
    permission = "summit.summit"
    allowed_methods = ()
    model = Summit
    serializer_class = TasksSerializer
    ordering_fields: ClassVar[Any] = {}

    @classmethod
    def paths(cls) -> list[URLPattern]:
        """Return the only URL pattern.

        It has a scope of its own, because tasks contain titles of texts and names of webhooks.
        """
        view = working_api(Waiting.as_view(viewset=cls(), scope=cls.name))
        return [path("summits/<slug:summit>/desk/tasks/", view, name="api-desk-tasks")]


class WaitingSchema(ViewSetSchema):
    """The OpenAPI description of a URL without query parameters."""

    def parameters(self) -> list[Any]:
        """Return the descriptions of the headers only."""
        return ApiSchema.parameters(self)


class Waiting(DetailView):
    """The user's tasks."""

    object_kind = "desk"
    schema = WaitingSchema()
    http_method_names = ["get", "head"]

    def known_parameters(self) -> tuple[str, ...]:
        """Return (): the URL takes no query parameters."""
        return ()

    def admit(self, request: Request) -> None:
        """Find the summit of the URL. Raises Http404 if there is none or the user doesn't work for it."""
        ViewSetView.admit(self, request)
        self.row = self.summit

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List the user's tasks, the most urgent first."""
        return Response(TasksSerializer({"tasks": admin_base_dashboard.tasks_of(self.by, self.row)}).data)
