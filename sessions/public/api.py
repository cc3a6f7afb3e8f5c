"""The public agenda in the API, read-only."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from delegations.parties.api.public_serializers import PartySerializer
from delegations.parties.selectors import party_names
from sessions.agenda.models.releases import ReleasedParticipant, ReleasedQuerySet, ReleasedSession
from sessions.agenda.selectors import released_agenda
from sessions.delays.selectors import running
from sessions.draft.models.kinds import SessionKind
from sessions.public import on_now, released_files
from sessions.public.api_filters import ORDERS, filter_sessions
from summit.api_base import query_params
from summit.api_base.pagination import ByNewest
from summit.api_base.permission_classes import PublicMixin
from summit.core.database_clock import db_now
from summit.public_base.summits import get_summit
from summit.summits.models import Summit


class ByStart(ByNewest):
    """Pagination by start, earliest first, or with `?ordering=-starts_at` latest first."""

    ordering: Any = ORDERS["starts_at"]

    def get_ordering(self, request: Request, queryset: Any, view: Any) -> tuple[str, ...]:
        """Return the requested ordering. Unknown values have been rejected before."""
        return ORDERS.get(request.query_params.get("ordering", ""), ORDERS["starts_at"])


class ParticipantSerializer(serializers.ModelSerializer[ReleasedParticipant]):
    """A participant of a session."""

    name = serializers.CharField(source="label", help_text="Name and office, or the name of a party.")
    party = serializers.CharField(source="party_label", help_text="The party a person belongs to, or empty.")
    about_party = serializers.SerializerMethodField(
        help_text="The party that takes part or to which the person belongs, as it is named now; null for none."
    )

    class Meta:
        model = ReleasedParticipant
        fields = ["role", "name", "party", "about_party", "level", "title", "minutes"]

    @extend_schema_field(PartySerializer(allow_null=True))
    def get_about_party(self, row: ReleasedParticipant) -> dict[str, Any] | None:
        """Return the party with its names in all languages, its footnotes and its flag, or None."""
        known: dict[int | str, dict[str, Any]] = self.context["parties"]
        return known.get(row.party_id or 0) or known.get(row.party_label)


class SessionTranslationSerializer(serializers.Serializer[Any]):
    """Title and summary in a language other than the summit's."""

    language = serializers.CharField()
    title = serializers.CharField()
    summary = serializers.CharField()


class InterpretationSerializer(serializers.Serializer[Any]):
    """The source and target language of an interpretation."""

    from_language = serializers.CharField()
    into_language = serializers.CharField()


class DocumentSerializer(serializers.Serializer[Any]):
    """A public document."""

    title = serializers.CharField()
    language = serializers.CharField()
    url = serializers.URLField()


class SessionSerializer(serializers.ModelSerializer[ReleasedSession]):
    """A released session."""

    id = serializers.CharField(source="session.public_id", help_text="Stable for ever; part of the UID in calendars.")
    kind_name = serializers.SerializerMethodField(help_text="The summit's own name for the kind, or empty.")
    title = serializers.CharField(help_text="In the summit's language; empty where it is not announced.")
    texts = serializers.SerializerMethodField(help_text="Title and summary in other languages.")
    starts_at = serializers.SerializerMethodField(help_text="With the venue's offset.")
    ends_at = serializers.SerializerMethodField(help_text="With the venue's offset.")
    times_known = serializers.BooleanField(
        help_text="Whether the times are announced; if not, they are the bounds of the session's days."
    )
    room_id = serializers.CharField(source="room_key", help_text="Stable; empty where no room is announced.")
    room = serializers.CharField(source="room_name")
    venue = serializers.CharField(source="venue_name")
    sequence = serializers.IntegerField(
        help_text="SEQUENCE (RFC 5545): how often what you may read of it, and need to attend, has changed."
    )
    running_late = serializers.SerializerMethodField(
        help_text="Whether it is announced as running late: its new time follows."
    )
    url = serializers.SerializerMethodField()
    interpretation = serializers.SerializerMethodField()
    documents = serializers.SerializerMethodField()
    participants = ParticipantSerializer(many=True)

    class Meta:
        model = ReleasedSession
        fields = [
            "id",
            "kind",
            "kind_name",
            "title",
            "summary",
            "texts",
            "starts_at",
            "ends_at",
            "times_known",
            "room_id",
            "room",
            "venue",
            "media",
            "sign_up",
            "interpretation",
            "documents",
            "running_late",
            "sequence",
            "url",
            "participants",
        ]

    def _summit(self) -> Summit:
        found: Summit = self.context["summit"]
        return found

    def get_kind_name(self, row: ReleasedSession) -> str:
        """Return the summit's own name for the kind in the summit's language, or ""."""
        return str(row.kind_names[0][1]) if row.kind_names else ""

    @extend_schema_field(SessionTranslationSerializer(many=True))
    def get_texts(self, row: ReleasedSession) -> list[dict[str, str]]:
        """Return title and summary in each of the session's other languages."""
        return [{"language": language, "title": title, "summary": summary} for language, title, summary in row.texts]

    @extend_schema_field(InterpretationSerializer(many=True))
    def get_interpretation(self, row: ReleasedSession) -> list[dict[str, str]]:
        """Return the source and target languages of the interpretation."""
        return [{"from_language": source, "into_language": target} for source, target, _booth in row.languages]

    @extend_schema_field(DocumentSerializer(many=True))
    def get_documents(self, row: ReleasedSession) -> list[dict[str, str]]:
        """Return the public documents."""
        return [
            {"title": paper.title, "language": paper.language, "url": f"{settings.BASE_URL}{paper.url}"}
            for paper in released_files.listed(self._summit(), row)
            if paper.url
        ]

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

    def get_running_late(self, row: ReleasedSession) -> bool:
        """Return whether the session runs late, as far as its times may be known."""
        return row.times_known and bool(row.running_late)  # type: ignore[attr-defined]

    @extend_schema_field(OpenApiTypes.URI)
    def get_url(self, row: ReleasedSession) -> str:
        """Return the URL of the session's public page."""
        path = reverse("agenda:session", args=[self._summit().slug, row.session.public_id])
        return f"{settings.BASE_URL}{path}"


class _PublicAgenda(PublicMixin, generics.GenericAPIView[ReleasedSession]):
    """Base view of the public sessions in a summit's newest release."""

    serializer_class = SessionSerializer
    pagination_class = ByStart
    lookup_field = "session__public_id"
    lookup_url_kwarg = "public_id"

    def get_queryset(self) -> ReleasedQuerySet:
        """Return the public sessions of the summit's newest release."""
        if getattr(self, "swagger_fake_view", False):
            return ReleasedSession.objects.none()
        rows = released_agenda.public_agenda(summit=self.found)
        return rows.annotate(running_late=running.is_late("session"))

    def get_serializer_context(self) -> dict[str, Any]:
        """Add the summit and its parties to the context."""
        context = dict(super().get_serializer_context())
        return (
            context
            if getattr(self, "swagger_fake_view", False)
            else {
                **context,
                "summit": self.found,
                "parties": party_names.all_as_data(self.found),
            }
        )

    @property
    def found(self) -> Summit:
        """The summit of the URL. Raises Http404 if it doesn't exist or isn't public."""
        if not hasattr(self, "_found"):
            self._found = get_summit(self.kwargs["summit"])
        return self._found


_ASKED = [
    OpenApiParameter("day", OpenApiTypes.DATE, description="Sessions that start on this day at the venue."),
    OpenApiParameter("kind", str, enum=SessionKind.values, description="Sessions of this kind."),
    OpenApiParameter("room", str, description="Sessions in the room of this `room_id`."),
    OpenApiParameter("language", str, description="Sessions that are interpreted into this language."),
    OpenApiParameter("ordering", str, enum=list(ORDERS), description="Earliest first, or latest first."),
]


ASKED = tuple(each.name for each in _ASKED)


@extend_schema(parameters=_ASKED)
class AgendaList(_PublicAgenda, generics.ListAPIView[ReleasedSession]):
    """The public agenda of a summit, earliest session first."""

    object_kind = "public summit"

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return a page of sessions. Raises Problem for an unknown parameter."""
        query_params.check_known(request.query_params, (*query_params.PUBLIC, *ASKED))
        query_params.check_page_size(request.query_params)
        return super().list(request, *args, **kwargs)

    def get_queryset(self) -> ReleasedQuerySet:
        """Return the public sessions that match the query parameters. Raises ValidationError for an invalid value."""
        rows = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return rows
        return filter_sessions(rows, self.request.query_params, self.found)


class NowSerializer(serializers.Serializer[Any]):
    """What is on, what comes next, and what runs late."""

    now = SessionSerializer(
        many=True,
        help_text="Those that were started and go on, and those that are on by their times and don’t run late.",
    )
    next = SessionSerializer(many=True, help_text="Those that start next, all at the same time.")
    late = SessionSerializer(
        many=True,
        help_text="Those of today, or due since yesterday, that are announced as running late and haven’t started.",
    )
    fresh_until = serializers.DateTimeField(
        allow_null=True, help_text="When one of them starts or ends next; null if that is more than a day away."
    )


@extend_schema(responses=NowSerializer)
class AgendaNow(_PublicAgenda):
    """What is on in the public agenda, what comes next, and what runs late."""

    object_kind = "public summit"
    pagination_class = None  # type: ignore[assignment]

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return the sessions. Raises Http404, and Problem for an unknown parameter."""
        query_params.check_known(request.query_params, ("lang",))
        context = self.get_serializer_context()
        rows: list[ReleasedSession] = list(self.get_queryset())
        running.mark_runs(self.found, rows)
        moment, zone = db_now(), self.found.zone
        today = moment.astimezone(zone).date()
        for row in rows:
            row.late = row.times_known and row.running_late  # type: ignore[attr-defined]
        late = {
            row.pk: row
            for row in rows
            if row.late
            and row.ended is None
            and not on_now.state_of(row, moment)
            and row.starts_at.astimezone(zone).date() <= today
        }
        current, following = on_now.now_and_next([row for row in rows if row.pk not in late], moment)
        told = {
            "now": current,
            "next": following,
            "late": list(late.values()),
            "fresh_until": on_now.next_change(rows, moment),
        }
        return Response(NowSerializer(told, context=context).data)


class AgendaSession(_PublicAgenda, generics.RetrieveAPIView[ReleasedSession]):
    """One session of the public agenda."""

    object_kind = "public session"
