"""Calls about invitations: who telephoned, and what came of it. One is noted at its invitation."""

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from delegations.api.parts import OfInvitation, OfInvitationFilters, StaffName, note
from delegations.models import CallNote, CallOutcome
from summit.api.resources import Resource
from summit.models import Summit, User


class CallSerializer(OfInvitation, serializers.ModelSerializer[CallNote]):
    """A call about an invitation."""

    id = serializers.IntegerField(source="pk", read_only=True)
    by = StaffName(deed="delegations.callnote.view")

    class Meta:
        model = CallNote
        fields: ClassVar[list[str]] = [*OfInvitation.OF, "at", "by", "outcome", "note"]
        read_only_fields = fields


class CallFilters(OfInvitationFilters):
    """By what calls are narrowed."""

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
