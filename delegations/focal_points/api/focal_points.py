"""The API of focal points. Desk users see the focal points of all parties; a focal point only sees those of its own
party."""

from collections.abc import Iterable
from typing import Any, ClassVar

import django_filters
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from rest_framework import serializers

from delegations.core.api import access_log
from delegations.core.api import fields as fields_api
from delegations.core.api.fields import OnePerson, Searched, Values
from delegations.focal_points.services import focal_points
from delegations.members.models.focal_points import FocalPoint
from delegations.parties.api.fields import OneParty
from summit.api_base.actions import action
from summit.api_base.viewsets import DeskViewSet
from summit.summits.models import Summit
from summit.users.models import User


class FocalPointSerializer(serializers.ModelSerializer[FocalPoint]):
    """A focal point: a person who acts for a party and gets the host's messages about the party."""

    id = serializers.CharField(source="pk", read_only=True)
    party = serializers.CharField(source="party.public_id", read_only=True)
    person = serializers.CharField(source="person.public_id", read_only=True)
    name = serializers.CharField(source="person.name", read_only=True)
    office = serializers.CharField(source="person.office", read_only=True)
    email = serializers.CharField(source="person.email", read_only=True)
    language = serializers.CharField(source="person.language", read_only=True)
    named_at = serializers.DateTimeField(source="created_at", read_only=True)

    class Meta:
        model = FocalPoint
        fields: ClassVar[list[str]] = [
            *("id", "party", "person", "name", "office", "email", "language", "named_at"),
        ]


class FocalPointInput(serializers.Serializer[Any]):
    """The person who is to act for a party."""

    party = OneParty()
    person = OnePerson()


class OfParty(serializers.Serializer[Any]):
    """The party that the action is about."""

    party = OneParty()


class FocalPointFilters(Searched):
    """The filters of the list of focal points."""

    text = ("person__name", "person__office", "party__name")

    q = fields_api.search_filter(_("words from the name, office or delegation"))
    party = django_filters.CharFilter(field_name="party__public_id", label=pgettext_lazy("label", "delegation"))
    person = django_filters.CharFilter(field_name="person__public_id", label=pgettext_lazy("label", "person"))
    email = django_filters.CharFilter(field_name="person__email", lookup_expr="iexact", label=_("email"))


class FocalPointViewSet(DeskViewSet):
    """Focal points: the people who act for parties."""

    name = "focal-points"
    verbose_name = _("focal points")
    permission = "delegations.focalpoint"
    allowed_methods = ("add", "remove")
    lookup_field = "pk"
    model = FocalPoint
    serializer_class = FocalPointSerializer
    input_serializer_class = FocalPointInput
    filterset_class = FocalPointFilters
    ordering_fields: ClassVar[Any] = {
        "party": ("party_key", "party", "created_at"),
        "name": ("called", "person__office"),
        "named_at": ("created_at",),
    }
    summit_path = "party__summit"

    def rows(self) -> QuerySet[FocalPoint]:
        """Return focal points with their people and parties."""
        rows = FocalPoint.objects.select_related("person", "party__summit")
        return rows.annotate(party_key=F("party__sort_key"), called=F("person__name"))

    def add(self, *, by: User, summit: Summit, values: Values) -> FocalPoint:
        """Make a person a focal point of a party, and notify them."""
        return focal_points.name(by=by, **values)

    def remove(self, *, by: User, row: FocalPoint) -> None:
        """Remove a focal point, and notify the person."""
        focal_points.remove(by=by, point=row)

    @action("leave", permission=focal_points.ASK, input=OfParty, detail=False)
    def leave(self, *, by: User, summit: Summit, values: Values) -> list[FocalPoint]:
        """Stop acting for a party. Only a focal point of the party can do this, and only if the party has another
        focal point. Returns an empty list."""
        focal_points.leave(by=by, party=values["party"])
        return []

    def log_access(self, *, by: User, summit: Summit, rows: Iterable[FocalPoint], fields: Iterable[str]) -> None:
        """Record in the access log that names, offices or mailboxes of these focal points were read."""
        shown_fields = ["person"] if {"name", "office", "email"} & set(fields) else []
        access_log.log_rows(
            by=by, summit=summit, rows=list(rows), fields=shown_fields, people=lambda row: [row.person.public_id]
        )
