"""New focal points: asked for by those who act for a party, approved or refused by protocol."""

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
    """Who is asked for, in whose place, and what was decided: `person` is the id of who was entered then."""

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
    """A focal point, by the person's id, of a party for which the reader may ask: whether somebody acts for another
    is not theirs to learn."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Person.objects.all(), **kwargs)

    def get_queryset(self) -> Any:
        """Return these people."""
        points = reachable(FocalPoint.objects.all(), self.context, ASK, "party__summit")
        return super().get_queryset().filter(pk__in=points.order_by().values("person"))


class FocalPointRequestInput(serializers.Serializer[Any]):
    """Who is to act for the party, beside its focal points or in the place of one."""

    party = Reachable(queryset=Party.objects.select_related("summit"), permission=ASK, external="external_ids")
    name = serializers.CharField(required=False, default="", allow_blank=True)
    office = serializers.CharField(required=False, default="", allow_blank=True)
    email = serializers.CharField(required=False, default="", allow_blank=True)
    language = serializers.ChoiceField(choices=settings.LANGUAGES, required=False, default="en")
    instead_of = ActingPerson(required=False, default=None, allow_null=True)


class ApproveFocalPointInput(serializers.Serializer[Any]):
    """Who it is: `person` where they are entered already; `another` are those whom they resemble and aren't."""

    person = InSummit(queryset=Person.objects.all(), required=False, default=None, allow_null=True)
    another = serializers.ListField(child=serializers.CharField(max_length=16), required=False, max_length=50)


class FocalPointRequestFilters(django_filters.FilterSet):
    """By what requests are narrowed."""

    state = django_filters.ChoiceFilter(choices=RequestState.choices, label=_("state"))
    party = django_filters.CharFilter(field_name="party__public_id", label=pgettext_lazy("label", "party"))
    asked_since = django_filters.IsoDateTimeFilter(
        field_name="asked_at", lookup_expr="gte", label=_("asked for since")
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
        """Return requests with whom they are about."""
        joined = ("party__summit", "instead_of", "person", "decided_by")
        return FocalPointRequest.objects.select_related(*joined)

    def log_access(self, *, by: User, summit: Summit, rows: Any, fields: Any) -> None:
        """Record who was read of."""
        log_shown_fields(
            by=by, summit=summit, rows=rows, fields=fields, shows=PERSONAL, people=lambda row: row.person
        )

    def add(self, *, by: User, summit: Summit, values: Values) -> FocalPointRequest:
        """Ask that somebody acts for a party."""
        return requests.ask(by=by, **values)

    @action("approve", permission=requests.DECIDE, input=ApproveFocalPointInput)
    def approve(self, *, by: User, row: FocalPointRequest, values: Values) -> None:
        """Let them act for the party. Who seems to be entered already is named, and told apart or taken for them."""
        requests.approve(request=row, known=values["person"], another=values.get("another", ()), by=by)

    @action("refuse", permission=requests.DECIDE, input=WhyInput)
    def refuse(self, *, by: User, row: FocalPointRequest, values: Values) -> None:
        """Refuse the request, with the reason that the party reads."""
        requests.refuse(request=row, reason=values["reason"], by=by)

    @action("withdraw", permission=ASK)
    def withdraw(self, *, by: User, row: FocalPointRequest, values: Values) -> None:
        """Take back a request that isn't decided."""
        requests.withdraw(request=row, by=by)
