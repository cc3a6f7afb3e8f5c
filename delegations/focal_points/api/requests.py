"""The API of requests for focal points. Users who act for a party make requests; protocol approves or refuses
them."""

from typing import Any, ClassVar

import django_filters
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from rest_framework import serializers

from delegations.core.api.access_log import log_shown_fields
from delegations.core.api.fields import Reachable, StaffName, WhyInput, reachable
from delegations.focal_points.models import FocalPointRequest, RequestState
from delegations.focal_points.services import requests
from delegations.focal_points.services.focal_points import ASK
from delegations.members.models.focal_points import FocalPoint
from delegations.parties.api.fields import PartyName
from delegations.parties.models.parties import Party
from summit.api_base.actions import action
from summit.api_base.viewset_views import Values
from summit.api_base.viewsets import DeskViewSet, InSummit
from summit.people.models import Person
from summit.summits.models import Summit
from summit.users.models import User

PERSONAL = ("email", "name", "office")


class FocalPointRequestSerializer(serializers.ModelSerializer[FocalPointRequest]):
    """A request for a focal point, and its decision. `person` is the id of the new focal point, set when the request
    was approved."""

    id = serializers.IntegerField(source="pk", read_only=True)
    party = serializers.CharField(source="party.public_id", read_only=True)
    party_name = PartyName(source="party")
    instead_of = serializers.CharField(source="instead_of.public_id", read_only=True, allow_null=True, default=None)
    person = serializers.CharField(source="person.public_id", read_only=True, allow_null=True, default=None)
    decided_by = StaffName(permission="delegations.focalpointrequest.view")

    class Meta:
        model = FocalPointRequest
        fields: ClassVar[list[str]] = [
            *("id", "party", "party_name", "name", "office", "email", "language", "instead_of"),
            *("asked_at", "asked_by", "state", "decided_at", "decided_by", "reason", "person"),
        ]
        read_only_fields = fields


class ActingPerson(InSummit):
    """A focal point, by the person's id, among the focal points of parties for which the user may make requests.

    Users must not learn from this field who acts for another party.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Person.objects.all(), **kwargs)

    def get_queryset(self) -> Any:
        """Return the people who act for one of the parties for which the user may make requests."""
        points = reachable(FocalPoint.objects.all(), self.context, ASK, "party__summit")
        return super().get_queryset().filter(pk__in=points.order_by().values("person"))


class FocalPointRequestInput(serializers.Serializer[Any]):
    """The requested focal point. With `instead_of`, the person replaces that focal point; without, the party has one
    more."""

    party = Reachable(queryset=Party.objects.select_related("summit"), permission=ASK, external="external_ids")
    name = serializers.CharField(required=False, default="", allow_blank=True)
    office = serializers.CharField(required=False, default="", allow_blank=True)
    email = serializers.CharField(required=False, default="", allow_blank=True)
    language = serializers.ChoiceField(choices=settings.LANGUAGES, required=False, default="en")
    instead_of = ActingPerson(required=False, default=None, allow_null=True)


class ApproveFocalPointInput(serializers.Serializer[Any]):
    """Who the requested person is. `person` is the id of a person who is entered already. `another` lists the ids of
    similar people who are somebody else."""

    person = InSummit(queryset=Person.objects.all(), required=False, default=None, allow_null=True)
    another = serializers.ListField(child=serializers.CharField(max_length=16), required=False, max_length=50)


class FocalPointRequestFilters(django_filters.FilterSet):
    """The filters of the list of requests."""

    state = django_filters.ChoiceFilter(choices=RequestState.choices, label=_("state"))
    party = django_filters.CharFilter(field_name="party__public_id", label=pgettext_lazy("label", "delegation"))
    asked_since = django_filters.IsoDateTimeFilter(
        field_name="asked_at", lookup_expr="gte", label=_("requested since")
    )
    decided_since = django_filters.IsoDateTimeFilter(
        field_name="decided_at", lookup_expr="gte", label=_("decided since")
    )


class FocalPointRequestViewSet(DeskViewSet):
    """Requests for focal points."""

    name = "focal-point-requests"
    verbose_name = _("requests for focal points")
    permission = "delegations.focalpointrequest"
    permissions: ClassVar[Any] = {"add": ASK}
    allowed_methods = ("add",)
    lookup_field = "pk"
    model = FocalPointRequest
    serializer_class = FocalPointRequestSerializer
    input_serializer_class = FocalPointRequestInput
    filterset_class = FocalPointRequestFilters
    ordering_fields: ClassVar[Any] = {"asked": ("asked_at",)}
    summit_path = "party__summit"

    def rows(self) -> QuerySet[FocalPointRequest]:
        """Return requests joined with their party and people."""
        joined = ("party__summit", "instead_of", "person", "decided_by")
        return FocalPointRequest.objects.select_related(*joined)

    def log_access(self, *, by: User, summit: Summit, rows: Any, fields: Any) -> None:
        """Record in the access log that personal data of these requests were read."""
        log_shown_fields(
            by=by, summit=summit, rows=rows, fields=fields, shows=PERSONAL, people=lambda row: row.person
        )

    def add(self, *, by: User, summit: Summit, values: Values) -> FocalPointRequest:
        """Request that a person becomes a focal point of a party."""
        return requests.ask(by=by, **values)

    @action("approve", permission=requests.DECIDE, input=ApproveFocalPointInput)
    def approve(self, *, by: User, row: FocalPointRequest, values: Values) -> None:
        """Make the requested person a focal point. If people already entered seem to be the same person, the response
        is a conflict that names them. Resolve it with `person` or `another`."""
        requests.approve(request=row, known=values["person"], another=values.get("another", ()), by=by)

    @action("refuse", permission=requests.DECIDE, input=WhyInput)
    def refuse(self, *, by: User, row: FocalPointRequest, values: Values) -> None:
        """Refuse the request, with a reason that the party can read."""
        requests.refuse(request=row, reason=values["reason"], by=by)

    @action("withdraw", permission=ASK)
    def withdraw(self, *, by: User, row: FocalPointRequest, values: Values) -> None:
        """Withdraw a request that isn't decided yet."""
        requests.withdraw(request=row, by=by)
