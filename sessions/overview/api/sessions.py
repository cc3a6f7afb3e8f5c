"""API of the sessions in the working draft. Changes become visible with the next release."""

from typing import Any, ClassVar

import django_filters
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from rest_framework import serializers

from sessions.agenda.api.audiences import SeenSerializer
from sessions.agenda.selectors import audiences
from sessions.conflicts.api import ConflictRulesMixin
from sessions.delays.api.sessions import RunningMixin
from sessions.delays.models import DelayNotice
from sessions.draft.api.fields import Moment, NotesField
from sessions.draft.api.filters import day_of
from sessions.draft.models.kinds import CustomKind, SessionKind
from sessions.draft.models.participants import Participant, Slot
from sessions.draft.models.sessions import Session
from sessions.draft.services import agenda_lock, cancel_and_move, planning
from sessions.releases.api.changes import WarnedInput, WarningsSerializer, warned
from sessions.speakers.api.speakers_list import SpeakingMixin
from sessions.visibility.models import Visibility
from summit.api_base.actions import action
from summit.api_base.viewset_views import Values
from summit.api_base.viewsets import DeskViewSet, InSummit
from summit.core.validators import validate_printable
from summit.summits.models import Room, Summit
from summit.summits.translated_names import NOTE_LENGTH
from summit.users.models import User

STATES = [("stands", _("scheduled")), ("cancelled", _("cancelled"))]
# The API calls a kind of the summit's own `own_kind`.
_FIELDS = tuple("own_kind" if name == "custom_kind" else name for name in planning.FIELDS)
_OTHERS = (
    *("cancelled_at", "started_at", "ended_at", "running_late", "opening", "speech_minutes", "requests_until"),
    *("revision", "changed_at"),
)


class DeskSessionSerializer(serializers.ModelSerializer[Session]):
    """A session of the draft, with title and summary in the summit's language.

    `revision` rises with every change of the session or its rows. `started_at` and `ended_at` are when it really
    started and ended, as recorded on the day; `running_late` says that a delay is announced.
    """

    id = serializers.CharField(source="public_id", read_only=True)
    room = serializers.CharField(source="room_key", allow_null=True, read_only=True)
    own_kind = serializers.CharField(source="custom_kind_key", allow_null=True, read_only=True)
    changed_at = serializers.DateTimeField(source="updated_at", read_only=True)
    started_at = serializers.DateTimeField(source="started", allow_null=True, read_only=True)
    ended_at = serializers.DateTimeField(source="ended", allow_null=True, read_only=True)
    running_late = serializers.BooleanField(source="late", read_only=True)
    cancellation_reasons = NotesField(allow_null=True, read_only=True)

    class Meta:
        model = Session
        fields: ClassVar[list[str]] = ["id", *_FIELDS, *_OTHERS]


class SessionInput(serializers.ModelSerializer[Session]):
    """The values of a session in the draft. With `own_kind`, `kind` becomes the standard kind that the own kind works
    like."""

    starts_at = Moment()
    ends_at = Moment()
    room = InSummit(queryset=Room.objects.all(), summit_path="venue__summit", required=False, allow_null=True)
    own_kind = InSummit(source="custom_kind", queryset=CustomKind.objects.all(), required=False, allow_null=True)
    capacity = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=1_000_000)
    cancellation_reasons = NotesField(required=False, allow_null=True)

    class Meta:
        model = Session
        fields: ClassVar[tuple[str, ...]] = _FIELDS
        # Constraints on several fields are checked by the services.
        validators: ClassVar[list[Any]] = []


class SessionChangeInput(SessionInput):
    """The changed values of a session. A pinned session moves only with `move_pinned`."""

    move_pinned = serializers.BooleanField(required=False, write_only=True)

    class Meta(SessionInput.Meta):
        fields: ClassVar[tuple[str, ...]] = (*_FIELDS, "move_pinned")


class MoveInput(serializers.Serializer[Any]):
    """The new times and room of a session. Without `room`, the session stays in its room; with null, it gets no room.

    `expected` is the revision that the client has read. If the session has another revision now, nothing is changed.
    """

    starts_at = Moment()
    ends_at = Moment()
    room = InSummit(queryset=Room.objects.all(), summit_path="venue__summit", required=False, allow_null=True)
    move_pinned = serializers.BooleanField(default=False)
    expected = serializers.IntegerField(required=False, min_value=0)


class ExpectedInput(serializers.Serializer[Any]):
    """`expected` is the revision that the client has read. If the session has another revision now, nothing is
    changed."""

    expected = serializers.IntegerField(required=False, min_value=0)


class CancelInput(ExpectedInput):
    """`reason` is included in the messages to people who learn that the session is cancelled."""

    reason = serializers.CharField(required=False, max_length=NOTE_LENGTH, validators=[validate_printable])
    reasons = NotesField(required=False, help_text="The reason in other languages than the summit’s, by language.")


class SessionFilters(django_filters.FilterSet):
    """Filters of a list of sessions."""

    day = django_filters.DateFilter(method="on_day", label=_("starts on this day at the venue"))
    room = django_filters.CharFilter(field_name="room__public_id", label=pgettext_lazy("label", "room"))
    kind = django_filters.ChoiceFilter(choices=SessionKind.choices, label=_("type"))
    state = django_filters.ChoiceFilter(choices=STATES, method="in_state", label=_("state"))
    visibility = django_filters.ChoiceFilter(choices=Visibility.choices, label=_("visible to"))
    party = django_filters.CharFilter(method="with_party", label=_("a delegation that takes part or speaks"))
    person = django_filters.CharFilter(method="with_person", label=_("a person who takes part or speaks"))
    changed_since = django_filters.IsoDateTimeFilter(
        field_name="updated_at", lookup_expr="gte", label=_("changed at or after")
    )

    def on_day(self, rows: QuerySet[Session], name: str, value: Any) -> QuerySet[Session]:
        """Return the sessions that begin on this day at the venue."""
        return day_of(rows, value)

    def in_state(self, rows: QuerySet[Session], name: str, value: str) -> QuerySet[Session]:
        """Return the sessions that are cancelled, or for "stands" the sessions that aren't."""
        return rows.filter(cancelled_at__isnull=value == "stands")

    def with_party(self, rows: QuerySet[Session], name: str, value: str) -> QuerySet[Session]:
        """Return the sessions in which a party takes part, or somebody speaks for it."""
        places = Participant.objects.filter(party__public_id=value).order_by().values("session")
        speeches = Slot.objects.filter(party__public_id=value).order_by().values("session")
        return rows.filter(Q(pk__in=places) | Q(pk__in=speeches))

    def with_person(self, rows: QuerySet[Session], name: str, value: str) -> QuerySet[Session]:
        """Return the sessions in which a person takes part or speaks."""
        places = Participant.objects.filter(person__public_id=value).order_by().values("session")
        speeches = Slot.objects.filter(speaker__public_id=value).order_by().values("session")
        return rows.filter(Q(pk__in=places) | Q(pk__in=speeches))


class SessionViewSet(ConflictRulesMixin, RunningMixin, SpeakingMixin, DeskViewSet):
    """Sessions of the draft."""

    name = "sessions"
    verbose_name = _("sessions")
    permission = "agenda.session"
    allowed_methods = ("add", "change")
    model = Session
    serializer_class = DeskSessionSerializer
    input_serializer_class = SessionInput
    update_serializer_class = SessionChangeInput
    filterset_class = SessionFilters
    ordering_fields: ClassVar[Any] = {
        "starts_at": ("starts_at", "ends_at"),
        "title": ("title",),
        "changed_at": ("updated_at",),
    }

    def rows(self) -> QuerySet[Session]:
        """Return the sessions, annotated with the public ids of their rooms and own kinds, and how they run."""
        return Session.objects.annotate(
            room_key=F("room__public_id"),
            custom_kind_key=F("custom_kind__public_id"),
            started=F("run__started_at"),
            ended=F("run__ended_at"),
            late=Exists(DelayNotice.objects.filter(session=OuterRef("pk"), ended_at=None)),
        )

    def add(self, *, by: User, summit: Summit, values: Values) -> Session:
        """Create a session."""
        return planning.add(by=by, summit=summit, values=values)

    def change(self, *, by: User, row: Session, values: Values) -> Session:
        """Change a session."""
        fields = dict(values)
        move_pinned = bool(fields.pop("move_pinned", False))
        return planning.change(by=by, session=row, values=fields, move_pinned=move_pinned)

    def lock(self, row: Session) -> bool:
        """Lock the agenda and then the row, so that nobody else changes them in the meantime.

        Return whether the row still exists.
        """
        agenda_lock.lock(row.summit)
        return super().lock(row)

    @action(
        "warnings",
        safe=True,
        permission="agenda.session.view",
        input=WarnedInput,
        output=WarningsSerializer,
        detail=False,
    )
    def warnings(self, *, by: User, summit: Summit, values: Values) -> dict[str, Any]:
        """Return the conflicts in the draft, such as rooms and people in two places, or too few seats. Writes
        nothing."""
        return warned(summit, values)

    @action("who-sees", safe=True, permission="agenda.session.view", output=SeenSerializer(many=True))
    def who_sees(self, *, by: User, row: Session, values: Values) -> list[audiences.Seen]:
        """Return, for each kind of reader, whether they will know of the released session, and which of its parts
        they will see.

        Writes nothing.
        """
        return audiences.who_sees(row)

    @action("move", permission="agenda.edit", input=MoveInput)
    def move(self, *, by: User, row: Session, values: Values) -> Session:
        """Move the session to another time or room."""
        return cancel_and_move.move(
            session=row,
            starts_at=values["starts_at"],
            ends_at=values["ends_at"],
            room=values.get("room", row.room),
            by=by,
            despite_pin=values["move_pinned"],
            expected=values.get("expected"),
        )

    @action("cancel", permission="agenda.edit", input=CancelInput)
    def cancel(self, *, by: User, row: Session, values: Values) -> Session:
        """Cancel the session. Participants are notified with the next release."""
        cancel_and_move.cancel(session=row, by=by, **values)
        return row

    @action("reinstate", permission="agenda.edit", input=ExpectedInput)
    def reinstate(self, *, by: User, row: Session, values: Values) -> Session:
        """Reinstate the cancelled session."""
        cancel_and_move.reinstate(session=row, by=by, expected=values.get("expected"))
        return row
