"""API actions on the whole speakers' list of a session."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from sessions.draft.api.fields import Moment
from sessions.draft.models.participants import Slot
from sessions.draft.models.sessions import Session
from sessions.speakers.services import floor_requests, speakers_list
from sessions.speakers.services import line_up_in_protocol_order as line_up_services
from sessions.speakers.services.speakers_list import LONGEST, SpeakersRefused
from summit.api_base.actions import action
from summit.api_base.viewset_views import Values
from summit.users.models import User


class PlacedInput(serializers.Serializer[Any]):
    """A speech with its new position, from 1, its new minutes, or both."""

    slot = serializers.CharField()
    place = serializers.IntegerField(required=False, min_value=1, max_value=100_000)
    minutes = serializers.IntegerField(required=False, min_value=1, max_value=LONGEST)


class ArrangeInput(serializers.Serializer[Any]):
    """The speeches that get a new position or new minutes; the others stay as they are."""

    speeches = PlacedInput(many=True)


class SettleInput(serializers.Serializer[Any]):
    """The minutes before the first speech, the minutes of a speech, and the deadline for requests for the floor.

    Null clears a value; a value that is left out stays as it is.
    """

    opening = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=LONGEST)
    speech_minutes = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=LONGEST)
    requests_until = Moment(required=False, allow_null=True)


class LineUpInput(serializers.Serializer[Any]):
    """How the list is built. `expected` is the value from a preview; if the list has changed since,
    nothing is done."""

    host_first = serializers.BooleanField(default=False)
    expected = serializers.CharField(required=False)


class EntrySerializer(serializers.Serializer[Any]):
    """A speech in the new list. `was` is its current position. `slot` and `was` are null for a new speech."""

    place = serializers.IntegerField()
    was = serializers.IntegerField(allow_null=True)
    slot = serializers.CharField(source="slot.public_id", allow_null=True)
    speaker = serializers.CharField(source="speaker.public_id")
    name = serializers.CharField(source="speaker.label")
    party = serializers.CharField(source="party.public_id", allow_null=True)
    minutes = serializers.IntegerField()


class LineUpSerializer(serializers.Serializer[Any]):
    """The new list. `nobody` are parties without anybody to speak for them."""

    added = serializers.IntegerField()
    moved = serializers.IntegerField()
    speeches = EntrySerializer(source="entries", many=True)
    nobody = serializers.SerializerMethodField()
    expected = serializers.CharField(source="digest", help_text="Send it with “line-up”.")

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_nobody(self, plan: line_up_services.LineUpPlan) -> list[str]:
        """Return the ids of the parties without anybody to speak for them."""
        return [party.public_id for party in plan.nobody]


class SpeakingMixin:
    """Adds actions on the speakers' list to the sessions."""

    @action("arrange", permission="agenda.edit", input=ArrangeInput)
    def arrange(self, *, by: User, row: Session, values: Values) -> Session:
        """Set the positions and minutes of speeches on the session's list."""
        items = {item["slot"]: item for item in values["speeches"]}
        keys = dict(Slot.objects.filter(session=row, public_id__in=items).values_list("public_id", "pk"))
        if len(keys) < len(values["speeches"]):
            raise SpeakersRefused(speakers_list.removed_message())
        numbers = {name: {keys[slot]: item[name] for slot, item in items.items() if name in item} for name in _WHAT}
        speakers_list.arrange(session=row, by=by, places=numbers["place"], minutes=numbers["minutes"])
        return row

    @action("settle", permission="agenda.edit", input=SettleInput)
    def settle(self, *, by: User, row: Session, values: Values) -> Session:
        """Set the length of the opening and of a speech, and the deadline for requests for the floor."""
        fields = {name: values.get(name, getattr(row, name)) for name in ("opening", "speech_minutes")}
        speakers_list.settle(session=row, by=by, **fields)
        if "requests_until" in values:
            floor_requests.set_request_deadline(session=row, until=values["requests_until"], by=by)
        return row

    @action("preview-line-up", safe=True, permission="agenda.edit", input=LineUpInput, output=LineUpSerializer)
    def preview_line_up(self, *, by: User, row: Session, values: Values) -> line_up_services.LineUpPlan:
        """Return the list that the protocol order would give. Writes nothing."""
        return line_up_services.preview(session=row, host_first=values["host_first"])

    @action("line-up", permission="agenda.edit", input=LineUpInput, output=LineUpSerializer)
    def line_up(self, *, by: User, row: Session, values: Values) -> line_up_services.LineUpPlan:
        """Build the list from the protocol order."""
        return line_up_services.make(
            session=row, by=by, host_first=values["host_first"], expected=values.get("expected", "")
        )


_WHAT = ("place", "minutes")
