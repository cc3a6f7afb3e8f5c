"""API of bilateral meetings: delegations ask and answer, the programme desk screens, approves and places."""

from functools import cached_property
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from delegations.members.permissions import own_parties
from delegations.parties.models.parties import Party
from sessions.bilaterals import services
from sessions.bilaterals.models import LONGEST, SHORTEST, Bilateral, BilateralState, UnavailableTime
from sessions.bilaterals.permissions import ASK, DECIDE
from sessions.bilaterals.selectors import attending
from sessions.draft.api.fields import Moment
from sessions.draft.models.participants import Attendance
from sessions.draft.services import agenda_lock
from summit.api_base.actions import action
from summit.api_base.viewset_views import Values
from summit.api_base.viewsets import DeskViewSet, InSummit
from summit.permissions.models import Role
from summit.permissions.rules import allows
from summit.summits.models import Room, Summit
from summit.users.models import User

# The most unavailable times that one side gives.
MOST_TIMES = 50


class UnavailableSerializer(serializers.ModelSerializer[UnavailableTime]):
    """A time at which a side can't meet."""

    party = serializers.CharField(source="party.public_id", read_only=True)

    class Meta:
        model = UnavailableTime
        fields: ClassVar[list[str]] = ["party", "starts_at", "ends_at"]


class BilateralSerializer(serializers.ModelSerializer[Bilateral]):
    """A request of `party` to meet `counterpart`. Where and when they meet is in the agenda, once it is released."""

    id = serializers.CharField(source="public_id", read_only=True)
    party = serializers.CharField(source="party.public_id", read_only=True)
    counterpart = serializers.CharField(source="counterpart.public_id", read_only=True)
    unavailable = serializers.SerializerMethodField(
        help_text="Desks read the times of both sides, a delegation its own."
    )

    class Meta:
        model = Bilateral
        fields: ClassVar[list[str]] = [
            *("id", "party", "counterpart", "purpose", "minutes", "level", "language", "counterpart_language"),
            *("spray_by_party", "spray_by_counterpart", "spray", "unavailable", "state", "proposed_at", "reason"),
            *("asked_at", "forwarded_at", "changed_at"),
        ]

    @cached_property
    def _own(self) -> set[int]:
        """The keys of the parties for which the caller acts."""
        parties = own_parties(self.context["by"], Role.FOCAL_POINT).filter(summit=self.context["summit"])
        return set(parties.values_list("pk", flat=True))

    @extend_schema_field(UnavailableSerializer(many=True))
    def get_unavailable(self, row: Bilateral) -> Any:
        """Return when the sides can't meet, as far as the caller may know."""
        by, summit = self.context["by"], self.context["summit"]
        rows = list(row.unavailable.all())
        if not allows(by, "agenda.bilateral.view", summit):
            rows = [each for each in rows if each.party_id in self._own]
        return UnavailableSerializer(rows, many=True).data


class OwnPartyField(InSummit):
    """The party that asks: one that the caller acts for; for the programme desk, any party of the summit."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Party.objects.select_related("summit"), **kwargs)

    def get_queryset(self) -> Any:
        """Return the parties for which the caller may ask."""
        by, rows = self.context["by"], super().get_queryset()
        if allows(by, ASK, self.context["summit"]):
            return rows
        return rows.filter(pk__in=own_parties(by, Role.FOCAL_POINT).values("pk"))


class AttendingField(InSummit):
    """A party that takes part in the summit."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Party.objects.select_related("summit"), **kwargs)

    def get_queryset(self) -> Any:
        """Return the parties that can be asked for a meeting."""
        return super().get_queryset().filter(pk__in=attending(self.context["summit"]).values("pk"))


class UnavailableInput(serializers.Serializer[Any]):
    """A time at which a side can't meet."""

    starts_at = Moment()
    ends_at = Moment()


class BilateralNeedsInput(serializers.Serializer[Any]):
    """What a delegation needs when it meets: an interpreter for `language` ("" for none), and a media `spray`."""

    language = serializers.CharField(required=False, allow_blank=True, max_length=10)
    spray = serializers.BooleanField(required=False)


class BilateralAcceptInput(BilateralNeedsInput):
    """The answer of the delegation that was asked, and when it can't meet."""

    unavailable = serializers.ListField(child=UnavailableInput(), required=False, max_length=MOST_TIMES)


class BilateralProposeInput(BilateralNeedsInput):
    """The time that the delegation that was asked proposes."""

    starts_at = Moment()


class BilateralInput(BilateralAcceptInput):
    """A request: which party asks which, for what, how long, and with how many people on each side."""

    party = OwnPartyField()
    counterpart = AttendingField()
    purpose = serializers.CharField(max_length=Bilateral._meta.get_field("purpose").max_length)
    minutes = serializers.IntegerField(min_value=SHORTEST, max_value=LONGEST)
    level = serializers.ChoiceField(choices=Attendance.choices)


class BilateralRefuseInput(serializers.Serializer[Any]):
    """The reason, which the delegations read."""

    reason = serializers.CharField(max_length=Bilateral._meta.get_field("reason").max_length)


class BilateralPlaceInput(serializers.Serializer[Any]):
    """When and where a meeting takes place. Without `room` it gets a room later. `spray` needs both delegations."""

    starts_at = Moment()
    room = InSummit(queryset=Room.objects.all(), summit_path="venue__summit", required=False, allow_null=True)
    spray = serializers.BooleanField(default=True)


class BilateralScreeningInput(serializers.Serializer[Any]):
    """Whether the programme desk screens requests before they are forwarded."""

    screening = serializers.BooleanField()


class BilateralFilters(django_filters.FilterSet):
    """Filters of a list of requests."""

    state = django_filters.ChoiceFilter(choices=BilateralState.choices, label=_("state"))
    party = django_filters.CharFilter(field_name="party__public_id", label=_("requested by"))
    counterpart = django_filters.CharFilter(
        field_name="counterpart__public_id", label=pgettext_lazy("label", "delegation")
    )


class BilateralViewSet(DeskViewSet):
    """Bilateral meetings. Delegations see what they asked, and what they are asked once it has been forwarded."""

    name = "bilaterals"
    verbose_name = _("bilateral meetings")
    permission = "agenda.bilateral"
    permissions: ClassVar[dict[str, str]] = {"add": ASK}
    allowed_methods = ("add",)
    model = Bilateral
    serializer_class = BilateralSerializer
    input_serializer_class = BilateralInput
    filterset_class = BilateralFilters
    ordering_fields: ClassVar[Any] = {"asked_at": ("asked_at",)}
    summit_path = "party__summit"

    def lock(self, row: Bilateral) -> bool:
        """Lock the agenda and then the row, so that nobody else changes them in the meantime.

        Return whether the row still exists.
        """
        agenda_lock.lock(row.party.summit)
        return super().lock(row)

    def rows(self) -> QuerySet[Bilateral]:
        """Return the requests with their parties and unavailable times."""
        rows = Bilateral.objects.select_related("party__summit", "counterpart__summit")
        return rows.prefetch_related("unavailable__party")

    def add(self, *, by: User, summit: Summit, values: Values) -> Bilateral:
        """Ask for a meeting of a party with another."""
        return services.ask(by=by, **_spans(values))

    @action("accept", permission=ASK, input=BilateralAcceptInput)
    def accept(self, *, by: User, row: Bilateral, values: Values) -> Bilateral:
        """Accept the meeting for the delegation that was asked."""
        return services.accept(bilateral=row, by=by, **_spans(values))

    @action("propose", permission=ASK, input=BilateralProposeInput)
    def propose(self, *, by: User, row: Bilateral, values: Values) -> Bilateral:
        """Propose another time for the delegation that was asked."""
        return services.propose(bilateral=row, by=by, **values)

    @action("agree", permission=ASK)
    def agree(self, *, by: User, row: Bilateral, values: Values) -> Bilateral:
        """Agree to the proposed time for the delegation that asked."""
        return services.agree(bilateral=row, by=by)

    @action("decline", permission=ASK)
    def decline(self, *, by: User, row: Bilateral, values: Values) -> Bilateral:
        """Decline the meeting for the delegation that was asked."""
        return services.decline(bilateral=row, by=by)

    @action("withdraw", permission=ASK)
    def withdraw(self, *, by: User, row: Bilateral, values: Values) -> Bilateral:
        """Withdraw the request for the delegation that made it."""
        return services.withdraw(bilateral=row, by=by)

    @action("forward", permission=DECIDE)
    def forward(self, *, by: User, row: Bilateral, values: Values) -> Bilateral:
        """Forward the screened request to the delegation that is asked."""
        return services.forward(bilateral=row, by=by)

    @action("approve", permission=DECIDE)
    def approve(self, *, by: User, row: Bilateral, values: Values) -> Bilateral:
        """Approve the accepted meeting, which then waits to be placed."""
        return services.approve(bilateral=row, by=by)

    @action("refuse", permission=DECIDE, input=BilateralRefuseInput)
    def refuse(self, *, by: User, row: Bilateral, values: Values) -> Bilateral:
        """Refuse the meeting with a reason."""
        return services.refuse(bilateral=row, by=by, reason=values["reason"])

    @action("place", permission=DECIDE, input=BilateralPlaceInput)
    def place(self, *, by: User, row: Bilateral, values: Values) -> Bilateral:
        """Place the meeting: create its session in the draft."""
        return services.place(
            bilateral=row,
            by=by,
            starts_at=values["starts_at"],
            room=values.get("room"),
            spray=values["spray"],
        )

    @action("screening", permission=DECIDE, input=BilateralScreeningInput, detail=False)
    def screening(self, *, by: User, summit: Summit, values: Values) -> list[Bilateral]:
        """Begin or end the screening of new requests. The response is an empty list."""
        services.set_screening(summit=summit, screening=values["screening"], by=by)
        return []


def _spans(values: Values) -> dict[str, Any]:
    """Return the values with the unavailable times as pairs."""
    spans = values.get("unavailable", ())
    return {**values, "unavailable": [(span["starts_at"], span["ends_at"]) for span in spans]}
