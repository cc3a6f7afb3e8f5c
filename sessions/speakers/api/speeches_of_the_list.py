"""API of the speeches on the speakers' lists of sessions."""

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from delegations.parties.models.parties import Party
from sessions.draft.api.session_rows import HoldsAgenda, OfSessionFilters
from sessions.draft.models.participants import Slot
from sessions.draft.models.sessions import Session
from sessions.speakers.models import SpeechAct, SpeechState
from sessions.speakers.services import speakers_list, speech_clock
from sessions.speakers.services.speakers_list import LONGEST
from summit.api_base.actions import action
from summit.api_base.viewset_views import Values
from summit.api_base.viewsets import InSummit
from summit.people.models import Person
from summit.summits.models import Summit
from summit.users.models import User


class DeskSlotSerializer(serializers.ModelSerializer[Slot]):
    """A speech. `place` is its position on the session's list, from 1. Texts of the speech refer to its id.

    `state` is its state while the session runs.
    """

    id = serializers.CharField(source="public_id", read_only=True)
    session = serializers.CharField(source="session.public_id", read_only=True)
    place = serializers.SerializerMethodField()
    speaker = serializers.CharField(source="speaker.public_id", read_only=True)
    name = serializers.CharField(source="speaker.label", read_only=True, help_text="Of the speaker, with the office.")
    party = serializers.CharField(source="party.public_id", allow_null=True, read_only=True)

    state = serializers.SerializerMethodField()

    class Meta:
        model = Slot
        fields: ClassVar[list[str]] = [
            *("id", "session", "place", "speaker", "name", "party", "title", "minutes", "state")
        ]

    @extend_schema_field(serializers.ChoiceField(SpeechState.choices))
    def get_state(self, row: Slot) -> str:
        """Return the state of the speech; a speech with which nothing was done waits."""
        run = getattr(row, "run", None)
        return str(run.state) if run is not None else SpeechState.WAITING.value

    def get_place(self, row: Slot) -> int:
        """Return the position of the speech on its list, from 1."""
        return row.position + 1


class SlotChangeInput(serializers.ModelSerializer[Slot]):
    """The changed values of a speech, which keeps its id."""

    speaker = InSummit(queryset=Person.objects.filter(erased_at=None))
    party = InSummit(queryset=Party.objects.all(), required=False, allow_null=True)
    minutes = serializers.IntegerField(required=False, min_value=1, max_value=LONGEST)

    class Meta:
        model = Slot
        fields: ClassVar[list[str]] = ["speaker", "party", "title", "minutes"]


class SlotInput(SlotChangeInput):
    """A speech to add at the end of a session's list. The default for `minutes` is the session's time limit."""

    session = InSummit(queryset=Session.objects.select_related("summit"))

    class Meta(SlotChangeInput.Meta):
        fields: ClassVar[list[str]] = ["session", *SlotChangeInput.Meta.fields]


class PlaceInput(serializers.Serializer[Any]):
    """A position, from 1. A number beyond the end means the last position."""

    place = serializers.IntegerField(min_value=1, max_value=100_000)


class SpeechActInput(serializers.Serializer[Any]):
    """What to do with a speech while its session runs.

    `behind` is the speech behind which it is postponed; null means the end. `party` is the delegation that raises a
    point of order. With `despite_time`, the floor is given although the session is still ahead.
    """

    act = serializers.ChoiceField(SpeechAct.choices)
    behind = InSummit(queryset=Slot.objects.all(), summit_path="session__summit", required=False, allow_null=True)
    party = InSummit(queryset=Party.objects.all(), required=False, allow_null=True)
    despite_time = serializers.BooleanField(default=False)


class SlotFilters(OfSessionFilters):
    """Filters of a list of speeches."""

    speaker = django_filters.CharFilter(field_name="speaker__public_id", label=pgettext_lazy("label", "speaker"))
    party = django_filters.CharFilter(field_name="party__public_id", label=pgettext_lazy("label", "delegation"))


class SlotViewSet(HoldsAgenda):
    """Speeches by session, in the order of each list."""

    name = "slots"
    verbose_name = _("speeches")
    permission = "agenda.slot"
    model = Slot
    serializer_class = DeskSlotSerializer
    input_serializer_class = SlotInput
    update_serializer_class = SlotChangeInput
    filterset_class = SlotFilters
    ordering_fields: ClassVar[Any] = {"session": ("session__starts_at", "session", "position")}

    def rows(self) -> QuerySet[Slot]:
        """Return the speeches with their sessions, speakers and parties joined."""
        return Slot.objects.select_related("session__summit", "speaker", "party", "run")

    def add(self, *, by: User, summit: Summit, values: Values) -> Slot:
        """Add a speech at the end of its session's list."""
        return speakers_list.add(by=by, **values)

    def change(self, *, by: User, row: Slot, values: Values) -> Slot:
        """Change a speech."""
        fields = {name: values.get(name, getattr(row, name)) for name in ("speaker", "party", "title", "minutes")}
        speakers_list.change(slot=row, by=by, **fields)
        return row

    def remove(self, *, by: User, row: Slot) -> None:
        """Take a speech off its list."""
        speakers_list.remove(slot=row, by=by)

    @action("move", permission="agenda.edit", input=PlaceInput)
    def move(self, *, by: User, row: Slot, values: Values) -> Slot:
        """Move the speech to a position on its list."""
        speakers_list.move(slot=row, to=values["place"], by=by)
        return row

    @action("run", permission="agenda.run_day", input=SpeechActInput)
    def run(self, *, by: User, row: Slot, values: Values) -> Slot:
        """Give the floor to the speech, pause, interrupt, resume, end, postpone or skip it."""
        behind = values.get("behind")
        despite_time = values["despite_time"]
        key = behind.pk if behind else None
        speech_clock.do(act=values["act"], slot=row, behind=key, by=by, despite_time=despite_time)
        if values["act"] == SpeechAct.POINT_OF_ORDER and values.get("party"):
            speech_clock.record_raiser(slot=row, party=values["party"], by=by)
        return row
