"""What is done with the speakers' list of a session as a whole."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from sessions.draft.api.fields import Moment
from sessions.draft.models.participants import Slot
from sessions.draft.models.sessions import Session
from sessions.speakers.services import floor_requests, speakers
from sessions.speakers.services import line_up as line_up_services
from sessions.speakers.services.speakers import LONGEST, SpeakersRefused
from summit.api_base.actions import action
from summit.api_base.viewset_views import Values
from summit.users.models import User


class PlacedInput(serializers.Serializer[Any]):
    """A speech with its place, counted from one, or its minutes, or both."""

    slot = serializers.CharField()
    place = serializers.IntegerField(required=False, min_value=1, max_value=100_000)
    minutes = serializers.IntegerField(required=False, min_value=1, max_value=LONGEST)


class ArrangeInput(serializers.Serializer[Any]):
    """The speeches that move or get another time; the others stay as they are."""

    speeches = PlacedInput(many=True)


class SettleInput(serializers.Serializer[Any]):
    """How many minutes pass before the first speech, how many a speech has, and until when delegations ask for the
    floor; null is none. What is left out stays as it is."""

    opening = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=LONGEST)
    speech_minutes = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=LONGEST)
    requests_until = Moment(required=False, allow_null=True)


class LineUpInput(serializers.Serializer[Any]):
    """How the list is made: `expected` is what a preview answered; made of another list nothing is done."""

    host_first = serializers.BooleanField(default=False)
    expected = serializers.CharField(required=False)


class EntrySerializer(serializers.Serializer[Any]):
    """A speech as it would stand. `slot` is null for a new one, `was` its place before."""

    place = serializers.IntegerField()
    was = serializers.IntegerField(allow_null=True)
    slot = serializers.CharField(source="slot.public_id", allow_null=True)
    speaker = serializers.CharField(source="speaker.public_id")
    name = serializers.CharField(source="speaker.label")
    party = serializers.CharField(source="party.public_id", allow_null=True)
    minutes = serializers.IntegerField()


class LineUpSerializer(serializers.Serializer[Any]):
    """What the list becomes. `nobody` are parties in whose name nobody could speak."""

    added = serializers.IntegerField()
    moved = serializers.IntegerField()
    speeches = EntrySerializer(source="entries", many=True)
    nobody = serializers.SerializerMethodField()
    expected = serializers.CharField(source="digest", help_text="Send it with “line-up”.")

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_nobody(self, plan: line_up_services.Plan) -> list[str]:
        """Return their ids."""
        return [party.public_id for party in plan.nobody]


class SpeakingMixin:
    """Adds the actions to the sessions."""

    @action("arrange", permission="agenda.edit", input=ArrangeInput)
    def arrange(self, *, by: User, row: Session, values: Values) -> Session:
        """Put speeches of the session's list in their places, and give them their minutes."""
        named = {each["slot"]: each for each in values["speeches"]}
        keys = dict(Slot.objects.filter(session=row, public_id__in=named).values_list("public_id", "pk"))
        if len(keys) < len(values["speeches"]):
            raise SpeakersRefused(speakers.gone())
        found = {name: {keys[slot]: each[name] for slot, each in named.items() if name in each} for name in _WHAT}
        speakers.arrange(session=row, by=by, places=found["place"], minutes=found["minutes"])
        return row

    @action("settle", permission="agenda.edit", input=SettleInput)
    def settle(self, *, by: User, row: Session, values: Values) -> Session:
        """Say how long the opening and a speech are, and until when delegations ask for the floor."""
        given = {name: values.get(name, getattr(row, name)) for name in ("opening", "speech_minutes")}
        speakers.settle(session=row, by=by, **given)
        if "requests_until" in values:
            floor_requests.take_requests(session=row, until=values["requests_until"], by=by)
        return row

    @action("preview-line-up", safe=True, permission="agenda.edit", input=LineUpInput, output=LineUpSerializer)
    def preview_line_up(self, *, by: User, row: Session, values: Values) -> line_up_services.Plan:
        """Say what the list would become from the protocol order. Writes nothing."""
        return line_up_services.preview(session=row, host_first=values["host_first"])

    @action("line-up", permission="agenda.edit", input=LineUpInput, output=LineUpSerializer)
    def line_up(self, *, by: User, row: Session, values: Values) -> line_up_services.Plan:
        """Make the list from the protocol order."""
        return line_up_services.make(
            session=row, by=by, host_first=values["host_first"], expected=values.get("expected", "")
        )


_WHAT = ("place", "minutes")
