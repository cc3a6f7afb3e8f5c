"""What waits for whoever asks, as the desk's home says it."""

from typing import Any, ClassVar

from django.conf import settings
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from summit.admin_base import dashboard as admin_base_dashboard
from summit.admin_base.dashboard import Task, Urgency
from summit.api_base.resource_schema import ResourceSchema
from summit.api_base.resources import Resource
from summit.api_base.schema import ApiSchema
from summit.api_base.views import working_api
from summit.api_base.viewsets import Item, ResourceView
from summit.summits.models import Summit


class TaskSerializer(serializers.Serializer[Any]):
    """Something to do: a sentence with its number, how urgent it is, and the page of the desk with exactly the rows
    that it means. `moment` is when it was or will be due, null where no time is set."""

    sentence = serializers.CharField()
    urgency = serializers.ChoiceField(choices=[each.name.lower() for each in Urgency])
    page = serializers.URLField()
    moment = serializers.DateTimeField(allow_null=True)

    def to_representation(self, instance: Task) -> dict[str, Any]:
        """Return the task."""
        told = {"urgency": instance.urgency.name.lower(), "page": f"{settings.BASE_URL}{instance.address}"}
        found: dict[str, Any] = super().to_representation(
            {"sentence": instance.sentence, "moment": instance.moment, **told}
        )
        return found


class TasksSerializer(serializers.Serializer[Any]):
    """What the reader can do now, the most urgent first. What is not theirs to do isn't told."""

    tasks = TaskSerializer(many=True)


class Tasks(Resource):
    """What waits for the reader at a summit's desk: at an address without a key."""

    name = "tasks"
    called = _("what is to be done at the desk")
    rule = "summit.summit"
    does = ()
    model = Summit
    output = TasksSerializer
    orders: ClassVar[Any] = {}

    @classmethod
    def paths(cls) -> list[URLPattern]:
        """Return its one address. Its scope is its own: what waits has titles of texts and names of webhooks."""
        view = working_api(Waiting.as_view(resource=cls(), scope=cls.name))
        return [path("summits/<slug:summit>/desk/tasks/", view, name="api-desk-tasks")]


class WaitingSchema(ResourceSchema):
    """The description of the address, at which nothing can be asked for."""

    def parameters(self) -> list[Any]:
        """Describe the headers."""
        return ApiSchema.parameters(self)


class Waiting(Item):
    """What waits for the reader."""

    schema = WaitingSchema()
    http_method_names = ["get", "head"]

    def known_parameters(self) -> tuple[str, ...]:
        """Return that nothing can be asked for."""
        return ()

    def admit(self, request: Request) -> None:
        """Find the summit. Raises Http404."""
        ResourceView.admit(self, request)
        self.row = self.summit

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Give it."""
        return Response(TasksSerializer({"tasks": admin_base_dashboard.tasks_of(self.by, self.row)}).data)
