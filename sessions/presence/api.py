"""API of the day's presence: ticks, representations in sessions, and changes that were told by telephone."""

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from delegations.core.api.fields import StaffName
from delegations.parties.models.parties import Party
from sessions.agenda.models.releases import Release
from sessions.draft.api.session_rows import OfSessionFilters
from sessions.draft.models.sessions import Session
from sessions.presence import place_card_pdf
from sessions.presence.models import Place, PresenceMark, Representation, ToldByTelephone
from sessions.presence.selectors.place_card import place_card
from sessions.presence.services import marks, representation, telephone
from summit.api_base.actions import action
from summit.api_base.problems import Problem
from summit.api_base.response_files import File, PersonalContentSerializer
from summit.api_base.viewset_views import Values
from summit.api_base.viewsets import DeskViewSet, InSummit
from summit.pdf.paper_size import paper_of
from summit.people.models import Person
from summit.summits.models import Summit
from summit.users.models import User

_RECORD = ("at", "by", "taken_back_at", "taken_back_by")


class _RecordSerializer(serializers.ModelSerializer[Any]):
    """The fields that all records of the day have."""

    id = serializers.CharField(source="public_id", read_only=True)
    session = serializers.CharField(source="session.public_id", allow_null=True, read_only=True, default=None)
    party = serializers.CharField(source="party.public_id", allow_null=True, read_only=True, default=None)
    person = serializers.CharField(source="person.public_id", allow_null=True, read_only=True, default=None)
    by = StaffName(permission="agenda.presencemark.view")
    taken_back_by = StaffName(permission="agenda.presencemark.view")


class PresenceSerializer(_RecordSerializer):
    """A tick: a member of a delegation was seen at a place, or in the room of `session`. `day` is the venue's."""

    class Meta:
        model = PresenceMark
        fields: ClassVar[list[str]] = ["id", "session", "party", "person", "place", "day", *_RECORD]
        read_only_fields = fields


class RepresentationSerializer(_RecordSerializer):
    """Who represents a delegation in a session, until `taken_back_at`. Without such a row its head does."""

    class Meta:
        model = Representation
        fields: ClassVar[list[str]] = ["id", "session", "party", "person", *_RECORD]
        read_only_fields = fields


class ToldSerializer(_RecordSerializer):
    """A delegation, or a person without one, was told by telephone how a release changed a session."""

    release = serializers.IntegerField(source="release.number", read_only=True, help_text="The number.")

    class Meta:
        model = ToldByTelephone
        fields: ClassVar[list[str]] = ["id", "session", "release", "party", "person", *_RECORD]
        read_only_fields = fields


def _session(**more: Any) -> InSummit:
    return InSummit(queryset=Session.objects.select_related("summit"), **more)


def _party(**more: Any) -> InSummit:
    return InSummit(queryset=Party.objects.select_related("summit"), **more)


def _person(**more: Any) -> InSummit:
    return InSummit(queryset=Person.objects.filter(erased_at=None), **more)


class PresenceInput(serializers.Serializer[Any]):
    """A member of a delegation, and the place. Only a room, and each room, has a `session`."""

    party = _party()
    person = _person()
    place = serializers.ChoiceField(choices=Place.choices)
    session = _session(required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Raise ValidationError for a room without a session, and for a session elsewhere."""
        if (attrs["place"] == Place.ROOM) != (attrs.get("session") is not None):
            raise serializers.ValidationError({"session": _("Only a room, and each room, is that of a session.")})
        return attrs


class RepresentationInput(serializers.Serializer[Any]):
    """The session, the delegation, and the member who represents it. With its head, the head attends again."""

    session = _session()
    party = _party()
    person = _person()


class ToldInput(serializers.Serializer[Any]):
    """The session, the number of the release that changed it, and either the delegation or a person without one."""

    session = _session()
    release = serializers.IntegerField(min_value=1)
    party = _party(required=False, allow_null=True)
    person = _person(required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Raise ValidationError unless there is either a party or a person."""
        if (attrs.get("party") is None) == (attrs.get("person") is None):
            raise serializers.ValidationError({"party": _("Choose either a delegation or a person.")})
        return attrs


class _RecordFilters(OfSessionFilters):
    """Filters that the lists of all records of the day have."""

    party = django_filters.CharFilter(field_name="party__public_id", label=pgettext_lazy("label", "delegation"))
    person = django_filters.CharFilter(field_name="person__public_id", label=pgettext_lazy("label", "person"))
    taken_back = django_filters.BooleanFilter(
        field_name="taken_back_at", lookup_expr="isnull", exclude=True, label=_("taken back")
    )


class PresenceFilters(_RecordFilters):
    """Filters of the list of ticks."""

    place = django_filters.ChoiceFilter(choices=Place.choices, label=pgettext_lazy("presence", "place"))
    day = django_filters.DateFilter(label=_("day"))


class PresenceViewSet(DeskViewSet):
    """Ticks: who was seen where, by whom and when."""

    name = "presence"
    verbose_name = _("presence")
    permission = "agenda.presencemark"
    permissions: ClassVar[dict[str, str]] = {"add": "agenda.run_day"}
    allowed_methods = ("add",)
    model = PresenceMark
    serializer_class = PresenceSerializer
    input_serializer_class = PresenceInput
    filterset_class = PresenceFilters
    ordering_fields: ClassVar[Any] = {"at": ("at",)}

    def rows(self) -> QuerySet[PresenceMark]:
        """Return the ticks with all that they refer to."""
        related = ("summit", "party__summit", "person", "session__summit", "by", "taken_back_by")
        return PresenceMark.objects.select_related(*related)

    def add(self, *, by: User, summit: Summit, values: Values) -> PresenceMark:
        """Tick. What is ticked already isn't ticked again: the response is the tick that there is."""
        return marks.tick(
            party=values["party"],
            person=values["person"],
            place=Place(values["place"]),
            session=values.get("session"),
            by=by,
        )[0]

    @action("take-back", permission="agenda.run_day")
    def take_back(self, *, by: User, row: PresenceMark, values: Values) -> PresenceMark:
        """Take back the tick. What is taken back already stays so."""
        marks.take_back(mark=row, by=by)
        row.refresh_from_db()
        return row


class RepresentationViewSet(DeskViewSet):
    """Who represents a delegation in a session, now and before."""

    name = "representations"
    verbose_name = _("representations")
    permission = "agenda.representation"
    permissions: ClassVar[dict[str, str]] = {"add": "agenda.run_day"}
    allowed_methods = ("add",)
    model = Representation
    serializer_class = RepresentationSerializer
    input_serializer_class = RepresentationInput
    filterset_class = _RecordFilters
    ordering_fields: ClassVar[Any] = {"at": ("at",)}
    summit_path = "session__summit"

    def rows(self) -> QuerySet[Representation]:
        """Return the representations with all that they refer to."""
        return Representation.objects.select_related("session__summit", "party", "person", "by", "taken_back_by")

    def add(self, *, by: User, summit: Summit, values: Values) -> Representation:
        """Record who represents a delegation. Its speeches in the session follow."""
        done = representation.represent(
            session=values["session"], party=values["party"], person=values["person"], by=by
        )
        return done.row

    @action(
        "place-card",
        safe=True,
        permission="agenda.run_day",
        output=PersonalContentSerializer,
        shown_once=("content",),
    )
    def place_card(self, *, by: User, row: Representation, values: Values) -> File:
        """Return the place card of who represents the delegation in the session now, as PDF. Writes nothing."""
        card = place_card(session=row.session, party=row.party, by=by)
        if card is None:
            raise Problem(
                "conflict", gettext("The delegation is not in this session. Add it to the participants first.")
            )
        pdf = place_card_pdf.write(card, paper_of(row.session.summit))
        return File(place_card_pdf.name_of(card), "application/pdf", pdf)


class ToldByTelephoneViewSet(DeskViewSet):
    """Changes of sessions that were told by telephone."""

    name = "telephone-messages"
    verbose_name = _("telephone messages")
    permission = "agenda.toldbytelephone"
    permissions: ClassVar[dict[str, str]] = {"add": "agenda.run_day"}
    allowed_methods = ("add",)
    model = ToldByTelephone
    serializer_class = ToldSerializer
    input_serializer_class = ToldInput
    filterset_class = _RecordFilters
    ordering_fields: ClassVar[Any] = {"at": ("at",)}
    summit_path = "session__summit"

    def rows(self) -> QuerySet[ToldByTelephone]:
        """Return the rows with all that they refer to."""
        related = ("session__summit", "release", "party", "person", "by", "taken_back_by")
        return ToldByTelephone.objects.select_related(*related)

    def add(self, *, by: User, summit: Summit, values: Values) -> ToldByTelephone:
        """Record that a delegation or a person was told of a change."""
        release = Release.objects.filter(summit=summit, number=values["release"]).first()
        if release is None:
            raise serializers.ValidationError({"release": [_("There is no release with this number.")]})
        to = values.get("party") or values["person"]
        news = [(values["session"].pk, release.pk)]
        return telephone.record_told(summit=summit, to=to, news=news, by=by)[0]
