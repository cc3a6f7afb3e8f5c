"""The public agenda in the API: to read."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import generics, serializers

from delegations.api import PartySerializer
from delegations.domain import naming
from sessions.domain import member
from sessions.models import ReleasedParticipant, ReleasedSession
from sessions.models.releases import ReleasedQuerySet
from summit.api.pagination import ByNewest
from summit.models import Summit
from summit.views import get_summit


class ByStart(ByNewest):
    """Earliest first."""

    ordering: Any = ("starts_at", "ends_at", "id")


class ParticipantSerializer(serializers.ModelSerializer[ReleasedParticipant]):
    """Who takes part."""

    name = serializers.CharField(source="label", help_text="Name and office, or the name of a party.")
    party = serializers.CharField(source="party_label", help_text="The party a person belongs to, or empty.")
    about_party = serializers.SerializerMethodField(
        help_text="The party that takes part or to which the person belongs, as it is named now; null for none."
    )

    class Meta:
        model = ReleasedParticipant
        fields = ["role", "name", "party", "about_party", "title", "minutes"]

    @extend_schema_field(PartySerializer(allow_null=True))
    def get_about_party(self, row: ReleasedParticipant) -> dict[str, Any] | None:
        """Return the party with its names in all languages, its footnotes and its flag."""
        known: dict[int | str, dict[str, Any]] = self.context["parties"]
        return known.get(row.party_id or 0) or known.get(row.party_label)


class SessionSerializer(serializers.ModelSerializer[ReleasedSession]):
    """A session as it was released."""

    id = serializers.CharField(source="session.public_id", help_text="Stable for ever; part of the UID in calendars.")
    starts_at = serializers.SerializerMethodField(help_text="With the venue's offset.")
    ends_at = serializers.SerializerMethodField(help_text="With the venue's offset.")
    room = serializers.CharField(source="room_name")
    venue = serializers.CharField(source="venue_name")
    sequence = serializers.IntegerField(help_text="The number of the release that last changed it.")
    url = serializers.SerializerMethodField()
    participants = ParticipantSerializer(many=True)

    class Meta:
        model = ReleasedSession
        fields = [
            "id",
            "kind",
            "title",
            "summary",
            "starts_at",
            "ends_at",
            "room",
            "venue",
            "sequence",
            "url",
            "participants",
        ]

    def _summit(self) -> Summit:
        found: Summit = self.context["summit"]
        return found

    @extend_schema_field(OpenApiTypes.DATETIME)
    def get_starts_at(self, row: ReleasedSession) -> str:
        """Return the start in the venue's zone."""
        return self._local(row.starts_at)

    @extend_schema_field(OpenApiTypes.DATETIME)
    def get_ends_at(self, row: ReleasedSession) -> str:
        """Return the end in the venue's zone."""
        return self._local(row.ends_at)

    def _local(self, moment: datetime) -> str:
        return moment.astimezone(self._summit().zone).isoformat(timespec="seconds")

    @extend_schema_field(OpenApiTypes.URI)
    def get_url(self, row: ReleasedSession) -> str:
        """Return the address of the session's public page."""
        path = reverse("agenda:session", args=[self._summit().slug, row.session.public_id])
        return f"{settings.BASE_URL}{path}"


class _PublicAgenda(generics.GenericAPIView[ReleasedSession]):
    """What is public of a summit's newest release."""

    serializer_class = SessionSerializer
    pagination_class = ByStart
    lookup_field = "session__public_id"
    lookup_url_kwarg = "public_id"

    def get_queryset(self) -> ReleasedQuerySet:
        """Return what everybody may know of the summit's agenda."""
        if getattr(self, "swagger_fake_view", False):
            return ReleasedSession.objects.none()
        return member.public_agenda(summit=self.found)

    def get_serializer_context(self) -> dict[str, Any]:
        """Give the serializer the summit, for its zone, and its parties."""
        context = dict(super().get_serializer_context())
        return (
            context
            if getattr(self, "swagger_fake_view", False)
            else {
                **context,
                "summit": self.found,
                "parties": naming.all_as_data(self.found),
            }
        )

    @property
    def found(self) -> Summit:
        """The summit of the address. Raises Http404 for one that isn't there or not public."""
        if not hasattr(self, "_found"):
            self._found = get_summit(self.kwargs["summit"])
        return self._found


class AgendaList(_PublicAgenda, generics.ListAPIView[ReleasedSession]):
    """The public agenda of a summit, earliest session first."""


class AgendaSession(_PublicAgenda, generics.RetrieveAPIView[ReleasedSession]):
    """One session of the public agenda."""
