"""Calls about invitations: who telephoned, and what came of it. One is noted at its invitation."""

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from rest_framework import serializers

from delegations.api.parts import PartyName, StaffName, note
from delegations.models import CallNote, CallOutcome
from summit.api.resources import Resource
from summit.models import Summit, User


class CallSerializer(serializers.ModelSerializer[CallNote]):
    """A call about an invitation."""

    id = serializers.IntegerField(source="pk", read_only=True)
    invitation = serializers.CharField(source="invitation.public_id", read_only=True)
    party = serializers.CharField(source="invitation.party.public_id", read_only=True)
    party_name = PartyName(source="invitation.party")
    by = StaffName(deed="delegations.callnote.view")

    class Meta:
        model = CallNote
        fields: ClassVar[list[str]] = ["id", "invitation", "party", "party_name", "at", "by", "outcome", "note"]
        read_only_fields = fields


class CallFilters(django_filters.FilterSet):
    """By what calls are narrowed."""

    invitation = django_filters.CharFilter(
        field_name="invitation__public_id", label=pgettext_lazy("label", "invitation")
    )
    party = django_filters.CharFilter(
        field_name="invitation__party__public_id", label=pgettext_lazy("label", "party")
    )
    outcome = django_filters.ChoiceFilter(choices=CallOutcome.choices, label=_("what came of it"))
    since = django_filters.IsoDateTimeFilter(field_name="at", lookup_expr="gte", label=_("since"))


class Calls(Resource):
    """Calls."""

    name = "calls"
    called = _("calls")
    rule = "delegations.callnote"
    does = ()
    key = "pk"
    model = CallNote
    output = CallSerializer
    filters = CallFilters
    orders: ClassVar[Any] = {"at": ("at",)}
    summit_path = "invitation__party__summit"

    def rows(self) -> QuerySet[CallNote]:
        """Return calls with their invitations."""
        return CallNote.objects.select_related("invitation__party__summit", "by")

    def note_seen(self, *, by: User, summit: Summit, rows: Any, fields: Any) -> None:
        """Record that what was noted of calls was read."""
        note(by=by, summit=summit, rows=[row for row in rows if row.note], fields=fields, shows=("note",))
