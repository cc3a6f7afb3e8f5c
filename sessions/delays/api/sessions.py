"""API actions that run a session on the day, and give it a new time."""

from typing import Any

from rest_framework import serializers

from sessions.agenda.selectors.release_scopes import Placement
from sessions.delays.api.retimings import RetimingSerializer
from sessions.delays.models import Retiming
from sessions.delays.selectors import retiming_preview
from sessions.delays.selectors.retiming_preview import RetimingPreview
from sessions.delays.services import retiming, running
from sessions.draft.api.fields import Moment
from sessions.draft.models.sessions import Session
from summit.api_base.actions import action
from summit.api_base.viewset_views import Values
from summit.api_base.viewsets import InSummit
from summit.summits.models import Room
from summit.users.models import User


class RetimePreviewInput(serializers.Serializer[Any]):
    """The new times of a session and, if given, its new room; with null, it gets no room. By default it keeps the
    room in which it is released.

    With `follow`, sessions that it would meet move as far as they must. `staying` are sessions that don't.
    """

    starts_at = Moment()
    ends_at = Moment()
    room = InSummit(queryset=Room.objects.all(), summit_path="venue__summit", required=False, allow_null=True)
    follow = serializers.BooleanField(default=True)
    shorten_breaks = serializers.BooleanField(default=True)
    staying = InSummit(queryset=Session.objects.all(), many=True, required=False)


class RetimeInput(RetimePreviewInput):
    """What was previewed, with the keys of the conflicts that are accepted.

    `expected` is the value from the preview; if the agenda was released again since, nothing is done.
    """

    accepted = serializers.ListField(child=serializers.CharField(max_length=300), required=False)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=300)
    expected = serializers.CharField(required=False, allow_blank=True)


class RetimeMoveSerializer(serializers.Serializer[Any]):
    """A session that gets a new time or room. `pushed_by` is the session that it would meet, or null."""

    session = serializers.CharField(source="after.key")
    starts_at = serializers.DateTimeField(source="after.starts_at")
    ends_at = serializers.DateTimeField(source="after.ends_at")
    room = serializers.CharField(source="after.room_key")
    pushed_by = serializers.CharField(source="pushed_by.key", default=None, allow_null=True)


class RetimeConflictSerializer(serializers.Serializer[Any]):
    """A conflict that the new times cause. It must be accepted by its `key`, or avoided."""

    key = serializers.CharField()
    name = serializers.CharField(source="label")
    words = serializers.CharField()
    number = serializers.IntegerField()


class RetimePreviewSerializer(serializers.Serializer[Any]):
    """What new times cause. If `consent` has reasons, an organiser decides about the proposal."""

    number = serializers.IntegerField()
    moves = RetimeMoveSerializer(many=True)
    conflicts = RetimeConflictSerializer(many=True)
    effects = serializers.SerializerMethodField()
    consent = serializers.ListField(child=serializers.CharField())
    expected = serializers.SerializerMethodField(help_text="Send it with “retime”.")

    def get_effects(self, planned: RetimingPreview) -> list[str]:
        """Return what else follows, in words."""
        return [effect.words for effect in planned.effects]

    def get_expected(self, planned: RetimingPreview) -> str:
        """Return the digest of the preview."""
        return retiming.digest(planned)


class RunningMixin:
    """Adds actions of the day to the sessions."""

    @action("start", permission="agenda.run_day")
    def start(self, *, by: User, row: Session, values: Values) -> Session:
        """Record that the session starts now. A session that was started stays as it is."""
        running.start(session=row, by=by)
        return row

    @action("end", permission="agenda.run_day")
    def end(self, *, by: User, row: Session, values: Values) -> Session:
        """Record that the session ends now. A session that was ended stays as it is."""
        running.end(session=row, by=by)
        return row

    @action("announce-delay", permission="agenda.run_day")
    def announce_delay(self, *, by: User, row: Session, values: Values) -> Session:
        """Announce that the session runs late, and that its new time follows."""
        running.announce_delay(session=row, by=by)
        return row

    @action("end-delay", permission="agenda.run_day")
    def end_delay(self, *, by: User, row: Session, values: Values) -> Session:
        """Withdraw the announcement that the session runs late."""
        running.end_delay(session=row, by=by)
        return row

    @action(
        "preview-retime",
        safe=True,
        permission="agenda.run_day",
        input=RetimePreviewInput,
        output=RetimePreviewSerializer,
    )
    def preview_retime(self, *, by: User, row: Session, values: Values) -> RetimingPreview:
        """Return what a new time of the session causes. Writes nothing."""
        return _preview(row, values)

    @action("retime", permission="agenda.run_day", input=RetimeInput, output=RetimingSerializer)
    def retime(self, *, by: User, row: Session, values: Values) -> Retiming:
        """Give the session and those that follow new times, and release these times alone."""
        return retiming.retime(
            summit=row.summit,
            by=by,
            placements=_preview(row, values).placements,
            accepted=values.get("accepted", ()),
            reason=values.get("reason", ""),
            expected=values.get("expected", ""),
        )


def _preview(row: Session, values: Values) -> RetimingPreview:
    placement = Placement(values["starts_at"], values["ends_at"], *_room(row, values))
    return retiming_preview.preview(
        summit=row.summit,
        asked={row.pk: placement},
        staying=[session.pk for session in values.get("staying", ())],
        shorten_breaks=values["shorten_breaks"],
        follow=values["follow"],
    )


def _room(row: Session, values: Values) -> tuple[str, str, str]:
    """Return the id and the name of the new room, and its venue; of the released room if none is given.

    The draft may have another room, which isn't released yet.
    """
    if "room" not in values:
        released = retiming_preview.current(row.summit)[1].get(row.pk)
        return (released.room_key, released.room_name, released.venue_name) if released else ("", "", "")
    room = values["room"]
    return (room.public_id, room.name, room.venue.name) if room else ("", "", "")
