"""API of the rows of draft sessions: participants, titles in other languages, and interpretation."""

from typing import Any, ClassVar

import django_filters
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from rest_framework import serializers

from delegations.members.models.categories import Category
from delegations.parties.models.parties import Party
from sessions.draft.models.participants import Participant, ParticipantRole
from sessions.draft.models.sessions import Interpretation, Session, SessionText
from sessions.draft.services import agenda_lock, planning
from summit.api_base.viewset_views import Values
from summit.api_base.viewsets import DeskViewSet, InSummit
from summit.people.models import Person
from summit.summits.models import Summit
from summit.users.models import User


class HoldsAgenda(DeskViewSet):
    """Base viewset of rows of a session, which are changed under the agenda's lock."""

    summit_path = "session__summit"

    def lock(self, row: Any) -> bool:
        """Lock the agenda and then the row, so that nobody else changes them in the meantime.

        Return whether the row still exists.
        """
        agenda_lock.lock(row.session.summit)
        return super().lock(row)


class SessionRowViewSet(HoldsAgenda):
    """Base viewset of rows of a draft session. Rows without a public id are addressed by their primary key."""

    def rows(self) -> QuerySet[Any]:
        """Return the rows with their sessions joined."""
        return self.model._default_manager.select_related("session__summit")

    def add(self, *, by: User, summit: Summit, values: Values) -> Any:
        """Add a row to a session."""
        row_values = dict(values)
        return planning.add_row(by=by, row=self.model(session=row_values.pop("session")), values=row_values)

    def change(self, *, by: User, row: Any, values: Values) -> Any:
        """Change a row of a session in the draft."""
        return planning.change_row(by=by, row=row, values=values)

    def remove(self, *, by: User, row: Any) -> None:
        """Remove a row from its session."""
        planning.remove_row(by=by, row=row)


class OfSessionFilters(django_filters.FilterSet):
    """Base of the filters for rows of sessions: filters by the session's id."""

    session = django_filters.CharFilter(field_name="session__public_id", label=pgettext_lazy("label", "session"))


def _session() -> InSummit:
    return InSummit(queryset=Session.objects.select_related("summit"))


class DeskParticipantSerializer(serializers.ModelSerializer[Participant]):
    """A participant: a party at a level, a person, or all people of a category (given by its short code)."""

    id = serializers.CharField(source="pk", read_only=True)
    session = serializers.CharField(source="session.public_id", read_only=True)
    party = serializers.CharField(source="party.public_id", allow_null=True, read_only=True)
    person = serializers.CharField(source="person.public_id", allow_null=True, read_only=True)
    category = serializers.CharField(source="category.code", allow_null=True, read_only=True)
    name = serializers.CharField(source="__str__", read_only=True)

    class Meta:
        model = Participant
        fields: ClassVar[list[str]] = [
            *("id", "session", "role", "party", "level", "person", "category", "name", "position"),
        ]


class CategoryOf(InSummit):
    """A category of the summit, by its short code."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Category.objects.all(), **kwargs)
        self.slug_field = "code"


class ParticipantChangeInput(serializers.ModelSerializer[Participant]):
    """The changed values of a participant. Exactly one of `party`, `person` and `category` names the participant."""

    party = InSummit(queryset=Party.objects.all(), required=False, allow_null=True)
    person = InSummit(queryset=Person.objects.filter(erased_at=None), required=False, allow_null=True)
    category = CategoryOf(required=False, allow_null=True)

    class Meta:
        model = Participant
        fields: ClassVar[list[str]] = ["role", "party", "level", "person", "category", "position"]
        validators: ClassVar[list[Any]] = []


class ParticipantInput(ParticipantChangeInput):
    """A participant with a role in a session. Exactly one of `party`, `person` and `category` names the
    participant."""

    session = _session()

    class Meta(ParticipantChangeInput.Meta):
        fields: ClassVar[list[str]] = ["session", *ParticipantChangeInput.Meta.fields]


class ParticipantFilters(OfSessionFilters):
    """Filters of a list of participants."""

    role = django_filters.ChoiceFilter(choices=ParticipantRole.choices, label=pgettext_lazy("label", "role"))
    party = django_filters.CharFilter(field_name="party__public_id", label=pgettext_lazy("label", "delegation"))
    person = django_filters.CharFilter(field_name="person__public_id", label=pgettext_lazy("label", "person"))


class ParticipantViewSet(SessionRowViewSet):
    """Participants of sessions in the draft, other than the speakers."""

    name = "session-participants"
    verbose_name = _("session participants")
    permission = "agenda.participant"
    lookup_field = "pk"
    model = Participant
    serializer_class = DeskParticipantSerializer
    input_serializer_class = ParticipantInput
    update_serializer_class = ParticipantChangeInput
    filterset_class = ParticipantFilters
    ordering_fields: ClassVar[Any] = {"session": ("session__starts_at", "session", "position")}

    def rows(self) -> QuerySet[Participant]:
        """Return the participants with their session, party, person and category joined."""
        return super().rows().select_related("session__summit", "party", "person", "category")


class DeskSessionTextSerializer(serializers.ModelSerializer[SessionText]):
    """A session's title and summary in a language other than the summit's."""

    id = serializers.CharField(source="pk", read_only=True)
    session = serializers.CharField(source="session.public_id", read_only=True)

    class Meta:
        model = SessionText
        fields: ClassVar[list[str]] = ["id", "session", "language", "title", "summary"]


class SessionTextChangeInput(serializers.ModelSerializer[SessionText]):
    """The changed values of a session's title and summary in a language."""

    class Meta:
        model = SessionText
        fields: ClassVar[list[str]] = ["language", "title", "summary"]
        validators: ClassVar[list[Any]] = []


class SessionTextInput(SessionTextChangeInput):
    """A session's title and summary in another language."""

    session = _session()

    class Meta(SessionTextChangeInput.Meta):
        fields: ClassVar[list[str]] = ["session", *SessionTextChangeInput.Meta.fields]


class SessionTextFilters(OfSessionFilters):
    """Filters of a list of titles and summaries."""

    language = django_filters.ChoiceFilter(choices=settings.LANGUAGES, label=_("language"))


class SessionTextViewSet(SessionRowViewSet):
    """Titles and summaries of sessions in other languages."""

    name = "session-texts"
    verbose_name = _("session translations")
    permission = "agenda.sessiontext"
    lookup_field = "pk"
    model = SessionText
    serializer_class = DeskSessionTextSerializer
    input_serializer_class = SessionTextInput
    update_serializer_class = SessionTextChangeInput
    filterset_class = SessionTextFilters
    ordering_fields: ClassVar[Any] = {"session": ("session__starts_at", "session", "language")}


class DeskInterpretationSerializer(serializers.ModelSerializer[Interpretation]):
    """The source and target language of an interpretation of a session, and its booth."""

    id = serializers.CharField(source="pk", read_only=True)
    session = serializers.CharField(source="session.public_id", read_only=True)

    class Meta:
        model = Interpretation
        fields: ClassVar[list[str]] = ["id", "session", "source", "target", "booth"]


class InterpretationChangeInput(serializers.ModelSerializer[Interpretation]):
    """The changed values of an interpretation, with languages by their codes, such as “fr”."""

    class Meta:
        model = Interpretation
        fields: ClassVar[list[str]] = ["source", "target", "booth"]
        validators: ClassVar[list[Any]] = []


class InterpretationInput(InterpretationChangeInput):
    """The source and target language of an interpretation of a session, by their codes, and its booth."""

    session = _session()

    class Meta(InterpretationChangeInput.Meta):
        fields: ClassVar[list[str]] = ["session", *InterpretationChangeInput.Meta.fields]


class InterpretationFilters(OfSessionFilters):
    """Filters of a list of interpretations."""

    target = django_filters.CharFilter(label=_("into"))


class InterpretationViewSet(SessionRowViewSet):
    """The interpretation of sessions."""

    name = "interpretation"
    verbose_name = _("interpretation")
    permission = "agenda.interpretation"
    lookup_field = "pk"
    model = Interpretation
    serializer_class = DeskInterpretationSerializer
    input_serializer_class = InterpretationInput
    update_serializer_class = InterpretationChangeInput
    filterset_class = InterpretationFilters
    ordering_fields: ClassVar[Any] = {"session": ("session__starts_at", "session", "target", "source")}
