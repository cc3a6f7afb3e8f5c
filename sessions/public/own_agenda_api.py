"""API of the released agenda for focal points and delegates."""

from typing import Any, ClassVar

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from sessions.agenda.models.releases import ReleasedParticipant, ReleasedSession
from sessions.agenda.selectors import own_agenda, released_snapshots
from sessions.delays.selectors import running
from sessions.draft.api.filters import day_of
from sessions.draft.models.kinds import SessionKind
from sessions.public import pocket_programme
from sessions.public.api import SessionSerializer
from sessions.releases.api.released_changes import OwnChangesInput, OwnChangesSerializer, own_changes
from summit.api_base.actions import action
from summit.api_base.problems import Problem
from summit.api_base.response_files import File, PersonalContentSerializer
from summit.api_base.viewset_views import Values
from summit.api_base.viewsets import DeskViewSet
from summit.summits.models import Summit
from summit.users.models import User


class PlaceSerializer(serializers.ModelSerializer[ReleasedParticipant]):
    """A participant, under the released names."""

    name = serializers.CharField(source="label")
    party = serializers.CharField(source="party_label", help_text="The party a person belongs to, or empty.")

    class Meta:
        model = ReleasedParticipant
        fields: ClassVar[list[str]] = ["role", "name", "party", "level", "title", "minutes"]


class TabledSerializer(serializers.Serializer[Any]):
    """A document of the session."""

    id = serializers.CharField()
    title = serializers.CharField()
    language = serializers.CharField()


class OwnSessionSerializer(SessionSerializer):
    """A session of the newest release. Fields that the reader may not know are empty."""

    mine = serializers.BooleanField(help_text="Whether the reader, or one of their people, takes part.")
    participants = PlaceSerializer(many=True)  # type: ignore[assignment]

    class Meta(SessionSerializer.Meta):
        fields = [*(name for name in SessionSerializer.Meta.fields if name != "url"), "mine"]

    @extend_schema_field(TabledSerializer(many=True))
    def get_documents(self, row: ReleasedSession) -> list[dict[str, str]]:
        """Return the documents that the reader may know of."""
        return [{"id": key, "title": title, "language": language} for key, title, language in row.documents]


class ProgrammeInput(serializers.Serializer[Any]):
    """Whether to include all sessions that the reader may know of, or only the sessions of the reader and of their
    people."""

    everything = serializers.BooleanField(default=False)


class OwnAgendaFilters(django_filters.FilterSet):
    """Filters on the parts of a session that its reader may know."""

    day = django_filters.DateFilter(method="on_day", label=_("starts on this day at the venue"))
    kind = django_filters.ChoiceFilter(choices=SessionKind.choices, label=_("type"))
    room = django_filters.CharFilter(field_name="room_key", label=_("room ID"))
    mine = django_filters.BooleanFilter(label=_("sessions that you or your people take part in"))

    def on_day(self, rows: QuerySet[ReleasedSession], name: str, value: Any) -> QuerySet[ReleasedSession]:
        """Return the sessions that begin on this day at the venue."""
        return day_of(rows, value)


class OwnAgendaViewSet(DeskViewSet):
    """The newest release, as the portal shows it to focal points and delegates."""

    name = "agenda"
    verbose_name = _("the agenda visible to you")
    permission = "agenda.agenda"
    allowed_methods = ()
    model = ReleasedSession
    serializer_class = OwnSessionSerializer
    filterset_class = OwnAgendaFilters
    ordering_fields: ClassVar[Any] = {"starts_at": ("starts_at", "ends_at")}
    summit_path = "session__summit"

    def get_queryset(self, user: User, slug: str) -> QuerySet[Any]:
        """Return the sessions of a summit's newest release that a user may know of through their roles there."""
        # An unknown summit takes as many queries as a summit that the user may not know of.
        summit = Summit.objects.filter(slug=slug).first() or Summit(pk=0)
        rows = own_agenda.agenda_of(user, summit)
        rows = rows.annotate(running_late=running.is_late("session"))
        return rows.select_related("session__summit").prefetch_related("participants")

    def picked(self, key: str) -> Q:
        """Return the condition that selects a session by its public id."""
        return Q(session__public_id=key)

    @action(
        "changes",
        safe=True,
        permission="agenda.agenda.view",
        input=OwnChangesInput,
        output=OwnChangesSerializer,
        detail=False,
    )
    def changes(self, *, by: User, summit: Summit, values: Values) -> dict[str, Any]:
        """Return what releases changed for the reader, as the portal shows it. Writes nothing.

        Readers of the whole agenda get all changes.
        """
        return own_changes(by, summit, values)

    @action(
        "programme",
        safe=True,
        permission="agenda.agenda.view",
        input=ProgrammeInput,
        output=PersonalContentSerializer,
        detail=False,
        shown_once=("content",),
    )
    def programme(self, *, by: User, summit: Summit, values: Values) -> File:
        """Return the reader’s agenda as a pocket-size PDF, as the portal does. Writes nothing.

        Readers of the whole agenda get all of it.
        """
        if released_snapshots.latest(summit) is None:
            raise Problem("conflict", gettext("The agenda is not released yet."))
        members, reads_all = own_agenda.members_of(by, summit), own_agenda.reads_all(by, summit)
        person = None if reads_all else by.people.filter(summit=summit).first()
        reader = pocket_programme.ProgrammeReader(
            members, [] if reads_all else own_agenda.parties_of(by, summit), person
        )
        rows = own_agenda.programme_of(by, summit, members, everything=values["everything"])
        updated = own_agenda.updated_at(by, summit, members, everything=values["everything"])
        name, content = pocket_programme.write(
            summit, updated, reader, rows, own=not (reads_all or values["everything"])
        )
        return File(name, "application/pdf", content)
