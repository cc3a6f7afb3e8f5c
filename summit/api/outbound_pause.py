"""The outbound pause of a summit: whether it sends, what waits during the pause, and an action that ends it."""

from dataclasses import replace
from typing import Any, ClassVar

from django.urls import URLPattern, path
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from summit.api_base.actions import ListActionView, action, actions_of
from summit.api_base.authenticated_views import working_api
from summit.api_base.problems import register_problem
from summit.api_base.viewset_views import DetailView, Values, ViewSetView
from summit.api_base.viewsets import DeskViewSet
from summit.permissions.route_access import Access
from summit.permissions.rules import require_collection_permission
from summit.summits import installation, outbound_pause
from summit.summits.models import Summit
from summit.users.models import User

register_problem(outbound_pause.NotPaused, "conflict")
register_problem(outbound_pause.InstallationPaused, "conflict")


class WaitingSerializer(serializers.Serializer[Any]):
    """The waiting items of a kind.

    `goes` is the number that are sent once the pause ends. `older` is the number from before the summit came here,
    which are cancelled then.
    """

    called = serializers.CharField(source="label", help_text="In the reader's language.")
    goes = serializers.IntegerField()
    older = serializers.IntegerField()


class OutboundPauseSerializer(serializers.ModelSerializer[Summit]):
    """Whether a summit sends mails and events.

    A summit from an archive or a backup doesn't until the pause is ended.
    """

    sends = serializers.SerializerMethodField()
    disarmed_at = serializers.DateTimeField(source="paused_at", read_only=True, allow_null=True)
    armed_at = serializers.DateTimeField(source="resumed_at", read_only=True, allow_null=True)
    waiting = serializers.SerializerMethodField()

    class Meta:
        model = Summit
        fields: ClassVar[list[str]] = ["sends", "disarmed_at", "armed_at", "waiting"]

    def get_sends(self, summit: Summit) -> bool:
        """Return whether the summit sends: neither the summit nor the installation is paused."""
        return not summit.is_paused and installation.find_silent() is None

    @extend_schema_field(WaitingSerializer(many=True))
    def get_waiting(self, summit: Summit) -> Any:
        """Return the waiting items, by kind; none if the summit isn't paused."""
        return WaitingSerializer(outbound_pause.waiting(summit) if summit.is_paused else [], many=True).data


class ResumedSerializer(serializers.Serializer[Any]):
    """The number of cancelled items, which were from before the summit came here."""

    cancelled = serializers.IntegerField()


class OutboundPauseViewSet(DeskViewSet):
    """The outbound pause of a summit. Each summit has one, at a URL without a key."""

    name = "arming"
    permission = "summit.summit"
    allowed_methods = ()
    model = Summit
    serializer_class = OutboundPauseSerializer
    ordering_fields: ClassVar[Any] = {}

    @action("arm", permission=outbound_pause.RESUME, output=ResumedSerializer, detail=False)
    def arm(self, *, by: User, summit: Summit, values: Values) -> dict[str, int]:
        """End the pause, so that the summit sends from now on.

        Items from before the summit came here are cancelled.
        """
        return {"cancelled": outbound_pause.resume(summit=summit, by=by)}

    @classmethod
    def paths(cls) -> list[URLPattern]:
        """Return the URL patterns of the pause and of its action. They need the scope of summits."""
        options: dict[str, Any] = {"viewset": cls(), "scope": "summits"}
        prefix = "summits/<slug:summit>/desk/arming/"
        actions = [
            path(
                f"{prefix}{each.name}/",
                working_api(ListActionView.as_view(**options, action=each)),
                name=f"api-desk-arming-{each.name}",
            )
            for each in actions_of(cls)
        ]
        return [path(prefix, working_api(State.as_view(**options)), name="api-desk-arming"), *actions]


class State(DetailView):
    """The outbound pause of the summit, for users who may end it; others get an error with status 403 or 404."""

    object_kind = "desk"
    http_method_names = ["get", "head"]

    def access(self) -> Access:
        """Return the declaration of the view's route, with the permission to end the pause."""
        return replace(super().access(), do=outbound_pause.RESUME)

    def admit(self, request: Request) -> None:
        """Find the summit of the URL. Raises Http404, and PermissionDenied if the user may not end the pause."""
        ViewSetView.admit(self, request)
        require_collection_permission(self.by, outbound_pause.RESUME, self.summit)
        self.row = self.summit
