"""Whether a summit sends, what waits while it doesn't, and an action that lets it send."""

from typing import Any, ClassVar

from django.urls import URLPattern, path
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from summit.api_base.actions import ListActionView, action, actions_of
from summit.api_base.problems import register_problem
from summit.api_base.views import working_api
from summit.api_base.viewset_views import DetailView, Values, ViewSetView
from summit.api_base.viewsets import DeskViewSet
from summit.permissions.rules import require_collection_permission
from summit.summits import installation, outbound_pause
from summit.summits.models import Summit
from summit.users.models import User

register_problem(outbound_pause.NotPaused, "conflict")
register_problem(outbound_pause.InstallationPaused, "conflict")


class WaitingSerializer(serializers.Serializer[Any]):
    """How many things of a kind wait: `goes` are sent once the summit is resumed; `older` are older than its
    arrival and are cancelled then."""

    called = serializers.CharField(source="label", help_text="In the reader's language.")
    goes = serializers.IntegerField()
    older = serializers.IntegerField()


class OutboundPauseSerializer(serializers.ModelSerializer[Summit]):
    """Whether a summit sends. A summit from an archive or a backup doesn't, until somebody lets it."""

    sends = serializers.SerializerMethodField()
    disarmed_at = serializers.DateTimeField(source="paused_at", read_only=True, allow_null=True)
    armed_at = serializers.DateTimeField(source="resumed_at", read_only=True, allow_null=True)
    waiting = serializers.SerializerMethodField()

    class Meta:
        model = Summit
        fields: ClassVar[list[str]] = ["sends", "disarmed_at", "armed_at", "waiting"]

    def get_sends(self, summit: Summit) -> bool:
        """Return whether the summit sends."""
        return not summit.is_paused and installation.find_silent() is None

    @extend_schema_field(WaitingSerializer(many=True))
    def get_waiting(self, summit: Summit) -> Any:
        """Return what waits, by kind."""
        return WaitingSerializer(outbound_pause.waiting(summit) if summit.is_paused else [], many=True).data


class ResumedSerializer(serializers.Serializer[Any]):
    """How many things were older than the summit's arrival and are cancelled."""

    cancelled = serializers.IntegerField()


class OutboundPauseViewSet(DeskViewSet):
    """Whether a summit sends. Each summit has one row, at an address without a key."""

    name = "arming"
    permission = "summit.summit"
    allowed_methods = ()
    model = Summit
    serializer_class = OutboundPauseSerializer
    ordering_fields: ClassVar[Any] = {}

    @action("arm", permission=outbound_pause.RESUME, output=ResumedSerializer, detail=False)
    def arm(self, *, by: User, summit: Summit, values: Values) -> dict[str, int]:
        """Let the summit send from now on. What is older than its arrival is cancelled."""
        return {"cancelled": outbound_pause.resume(summit=summit, by=by)}

    @classmethod
    def paths(cls) -> list[URLPattern]:
        """Return the two addresses. They belong to the scope of summits."""
        own: dict[str, Any] = {"viewset": cls(), "scope": "summits"}
        where = "summits/<slug:summit>/desk/arming/"
        actions = [
            path(
                f"{where}{each.name}/",
                working_api(ListActionView.as_view(**own, action=each)),
                name=f"api-desk-arming-{each.name}",
            )
            for each in actions_of(cls)
        ]
        return [path(where, working_api(State.as_view(**own)), name="api-desk-arming"), *actions]


class State(DetailView):
    """Whether the summit sends, for users who may let it send."""

    http_method_names = ["get", "head"]

    def admit(self, request: Request) -> None:
        """Find the summit. Raises Http404, PermissionDenied."""
        ViewSetView.admit(self, request)
        require_collection_permission(self.by, outbound_pause.RESUME, self.summit)
        self.row = self.summit
