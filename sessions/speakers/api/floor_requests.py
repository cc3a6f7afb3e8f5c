"""API of requests for the floor: delegations ask and withdraw, the programme desk grants and declines."""

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from rest_framework import serializers

from sessions.agenda.api.reference_fields import AccessiblePartyField, AccessiblePersonField, AccessibleSessionField
from sessions.draft.api.session_rows import HoldsAgenda, OfSessionFilters
from sessions.draft.models.participants import FloorRequest, RequestState
from sessions.speakers.services import floor_requests
from sessions.speakers.services.floor_requests import FloorRefused
from summit.api_base.actions import action
from summit.api_base.viewset_views import Values
from summit.summits.models import Summit
from summit.users.models import User


class FloorRequestSerializer(serializers.ModelSerializer[FloorRequest]):
    """A party's request for the floor in a session. A granted request has become the speech `slot`."""

    id = serializers.CharField(source="public_id", read_only=True)
    session = serializers.CharField(source="session.public_id", read_only=True)
    party = serializers.CharField(source="party.public_id", read_only=True)
    speaker = serializers.CharField(source="speaker.public_id", read_only=True)
    name = serializers.CharField(source="speaker.label", read_only=True, help_text="Of the speaker, with the office.")
    slot = serializers.CharField(source="slot.public_id", allow_null=True, read_only=True)

    class Meta:
        model = FloorRequest
        fields: ClassVar[list[str]] = [
            *("id", "session", "party", "speaker", "name", "subject", "minutes", "state"),
            *("asked_at", "decided_at", "reason", "slot"),
        ]


class FloorRequestInput(serializers.Serializer[Any]):
    """A request for the floor: the session, the party, the speaker and the subject."""

    session = AccessibleSessionField()
    party = AccessiblePartyField()
    speaker = AccessiblePersonField()
    subject = serializers.CharField(
        required=False, allow_blank=True, max_length=FloorRequest._meta.get_field("subject").max_length
    )


class DeclineInput(serializers.Serializer[Any]):
    """The reason, which the delegation reads."""

    reason = serializers.CharField(max_length=FloorRequest._meta.get_field("reason").max_length)


class FloorRequestFilters(OfSessionFilters):
    """Filters of a list of requests."""

    state = django_filters.ChoiceFilter(choices=RequestState.choices, label=gettext_lazy("state"))
    party = django_filters.CharFilter(field_name="party__public_id", label=pgettext_lazy("label", "delegation"))


class FloorRequestViewSet(HoldsAgenda):
    """Requests for the floor. Focal points and delegates see only their own requests."""

    name = "floor-requests"
    verbose_name = gettext_lazy("requests to speak")
    permission = "agenda.floorrequest"
    permissions: ClassVar[dict[str, str]] = {"add": "agenda.ask_floor"}
    allowed_methods = ("add",)
    model = FloorRequest
    serializer_class = FloorRequestSerializer
    input_serializer_class = FloorRequestInput
    filterset_class = FloorRequestFilters
    ordering_fields: ClassVar[Any] = {"asked_at": ("asked_at",)}

    def rows(self) -> QuerySet[FloorRequest]:
        """Return the requests with their sessions, parties and speakers joined."""
        return FloorRequest.objects.select_related("session__summit", "party__summit", "speaker__summit", "slot")

    def add(self, *, by: User, summit: Summit, values: Values) -> FloorRequest:
        """Ask for the floor in a session, for a speaker of a party."""
        return floor_requests.ask(by=by, **values)

    @action("withdraw", permission="agenda.ask_floor")
    def withdraw(self, *, by: User, row: FloorRequest, values: Values) -> FloorRequest:
        """Withdraw the request."""
        _require_done(floor_requests.withdraw(request=row, by=by))
        return row

    @action("grant", permission="agenda.edit")
    def grant(self, *, by: User, row: FloorRequest, values: Values) -> FloorRequest:
        """Put the request last on the speakers' list, and notify its party."""
        _require_done(floor_requests.grant(requests=[row], session=row.session, by=by))
        return row

    @action("decline", permission="agenda.edit", input=DeclineInput)
    def decline(self, *, by: User, row: FloorRequest, values: Values) -> FloorRequest:
        """Decline the request with a reason, and notify its party."""
        _require_done(floor_requests.decline(request=row, reason=values["reason"], by=by))
        return row


def _require_done(done: object) -> None:
    """Raise FloorRefused if `done` is false, because the request was already decided or withdrawn."""
    if not done:
        raise FloorRefused(_("This request has already been decided or withdrawn. Reload the list."))
