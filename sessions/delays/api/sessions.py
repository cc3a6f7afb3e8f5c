"""API actions that run a session on the day, and give it a new time."""

from typing import Any

from rest_framework import serializers

from sessions.agenda.selectors.release_scopes import Placement, Split
from sessions.delays.api.retimings import RetimingSerializer
from sessions.delays.models import Retiming
from sessions.delays.selectors import retiming_preview, splits
from sessions.delays.selectors.retiming_preview import RetimingPreview
from sessions.delays.services import retiming, running
from sessions.draft.api.fields import Moment
from sessions.draft.models.participants import Slot
from sessions.draft.models.sessions import Session
from summit.api_base.actions import action
from summit.api_base.viewset_views import Values
from summit.api_base.viewsets import InSummit
from summit.summits.models import Room
from summit.users.models import User


class SplitInput(serializers.Serializer[Any]):
    """Where a session goes on after its new end: its second part.

    By default the second part is in the room in which the session is released. `speeches` are those that are given
    there, in this order; by default those that aren't over by the new end, if all speakers keep to their time.
    """

    starts_at = Moment()
    ends_at = Moment()
    room = InSummit(queryset=Room.objects.all(), summit_path="venue__summit", required=False, allow_null=True)
    speeches = InSummit(queryset=Slot.objects.all(), summit_path="session__summit", many=True, required=False)


class RetimePreviewInput(serializers.Serializer[Any]):
    """The new times of a session and, if given, its new room; with null, it gets no room. By default it keeps the
    room in which it is released.

    With `follow`, sessions that it would meet move as far as they must. `staying` are sessions that don't. `split`
    says where the session goes on in a second part, which is released with the new times.
    """

    starts_at = Moment()
    ends_at = Moment()
    room = InSummit(queryset=Room.objects.all(), summit_path="venue__summit", required=False, allow_null=True)
    follow = serializers.BooleanField(default=True)
    shorten_breaks = serializers.BooleanField(default=True)
    staying = InSummit(queryset=Session.objects.all(), many=True, required=False)
    split = SplitInput(required=False)


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
    blocked = serializers.BooleanField(help_text="The summit blocks it: it can only be avoided.")


class RetimePreviewSerializer(serializers.Serializer[Any]):
    """What new times cause. If `consent` has reasons, an organiser decides about the proposal."""

    number = serializers.IntegerField()
    moves = RetimeMoveSerializer(many=True)
    conflicts = RetimeConflictSerializer(many=True)
    effects = serializers.SerializerMethodField()
    consent = serializers.ListField(child=serializers.CharField())
    speeches = serializers.ListField(
        source="split.speeches", child=serializers.CharField(), default=list, help_text="Those of the second part."
    )
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
        planned = _preview(row, values)
        return retiming.retime(
            summit=row.summit,
            by=by,
            placements=planned.placements,
            split=planned.split,
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
        split=_split(row, values, placement),
    )


def _split(row: Session, values: Values, first: Placement) -> Split | None:
    """Return where the session goes on, or None if it isn't split."""
    given = values.get("split")
    if given is None:
        return None
    speeches = given.get("speeches")
    if speeches is None:
        late = splits.not_given_by(splits.waiting_speeches(row.pk), first.ends_at)
        speeches = [speech.slot for speech in late]
    placement = Placement(given["starts_at"], given["ends_at"], *_room(row, given))
    return Split(row.pk, placement, row.summit.language, tuple(speech.public_id for speech in speeches))


def _room(row: Session, values: Values) -> tuple[str, str, str]:
    """Return the id and the name of the new room, and its venue; of the released room if none is given.

    The draft may have another room, which isn't released yet.
    """
    if "room" not in values:
        released = retiming_preview.current(row.summit)[1].get(row.pk)
        return (released.room_key, released.room_name, released.venue_name) if released else ("", "", "")
    room = values["room"]
    return (room.public_id, room.name, room.venue.name) if room else ("", "", "")
