"""The API of telephone calls about invitations: the calls that were made, and the call sheet. A call is recorded by
an action of its invitation."""

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from delegations.core.api.access_log import log_shown_fields
from delegations.core.api.fields import StaffName
from delegations.invitations import access_log
from delegations.invitations.api.fields import OfInvitation, OfInvitationFilters
from delegations.invitations.models.letters import CallNote, CallOutcome
from delegations.invitations.services import phone_calls
from delegations.parties.api.groups import HELP, validate_group
from delegations.parties.selectors import party_names
from summit.api_base.actions import action
from summit.api_base.viewset_views import Values
from summit.api_base.viewsets import DeskViewSet
from summit.core.database_clock import db_now
from summit.summits.models import Summit
from summit.users.models import User

# The most parties that are listed.
MOST = 500


class CallSerializer(OfInvitation, serializers.ModelSerializer[CallNote]):
    """A telephone call about an invitation."""

    id = serializers.IntegerField(source="pk", read_only=True)
    by = StaffName(permission="delegations.callnote.view")

    class Meta:
        model = CallNote
        fields: ClassVar[list[str]] = [*OfInvitation.OF, "at", "by", "outcome", "note"]
        read_only_fields = fields


class CallSheetInput(serializers.Serializer[Any]):
    """The filters of the call sheet: a group of parties, the least number of days without an answer, and the outcome
    of the last call (“never” if there was none)."""

    group = serializers.CharField(max_length=32, required=False, validators=[validate_group], help_text=HELP)
    days = serializers.IntegerField(min_value=0, max_value=10_000, required=False)
    last = serializers.ChoiceField(choices=["never", *CallOutcome.values], required=False)


class CalledContactSerializer(serializers.Serializer[Any]):
    """A focal point of a party."""

    person = serializers.CharField(source="person.public_id")
    name = serializers.CharField(source="person.label")


class CallSheetRowSerializer(serializers.Serializer[Any]):
    """A party to telephone: how long it has not answered, whom to ask for, and its last call, if there was one. Days
    are counted at the venue."""

    invitation = serializers.CharField(source="public_id")
    party = serializers.CharField(source="party.public_id")
    party_name = serializers.CharField(source="called")
    language = serializers.CharField(source="party.language")
    sent_at = serializers.DateTimeField()
    waited = serializers.IntegerField(help_text="In days.")
    mission_name = serializers.CharField(source="party.mission_name")
    mission_contact = serializers.CharField(source="party.mission_contact")
    mission_phone = serializers.CharField(source="party.mission_phone")
    focal_points = CalledContactSerializer(source="party.focal_points.all", many=True)
    called_today = serializers.BooleanField()
    last_at = serializers.DateTimeField(allow_null=True)
    last_outcome = serializers.ChoiceField(choices=CallOutcome.choices, allow_null=True)
    last_note = serializers.CharField(allow_null=True)
    last_by = serializers.CharField(allow_null=True, help_text="The name.")


class CallSheetSerializer(serializers.Serializer[Any]):
    """The parties to telephone; those that have waited longest come first, those called today last. At most 500 are
    listed."""

    number = serializers.IntegerField()
    parties = CallSheetRowSerializer(many=True)


class CallFilters(OfInvitationFilters):
    """The filters of the list of calls."""

    outcome = django_filters.ChoiceFilter(choices=CallOutcome.choices, label=_("outcome"))
    since = django_filters.IsoDateTimeFilter(field_name="at", lookup_expr="gte", label=_("since"))


class CallNoteViewSet(DeskViewSet):
    """Telephone calls about invitations."""

    name = "calls"
    verbose_name = _("calls")
    permission = "delegations.callnote"
    allowed_methods = ()
    lookup_field = "pk"
    model = CallNote
    serializer_class = CallSerializer
    filterset_class = CallFilters
    ordering_fields: ClassVar[Any] = {"at": ("at",)}
    summit_path = "invitation__party__summit"

    def rows(self) -> QuerySet[CallNote]:
        """Return calls joined with their invitations and the accounts that made them."""
        return CallNote.objects.select_related("invitation__party__summit", "by")

    def log_access(self, *, by: User, summit: Summit, rows: Any, fields: Any) -> None:
        """Record in the access log that notes of calls were read."""
        log_shown_fields(by=by, summit=summit, rows=[row for row in rows if row.note], fields=fields, shows=("note",))

    @action(
        "sheet",
        safe=True,
        permission="delegations.callnote.view",
        input=CallSheetInput,
        output=CallSheetSerializer,
        detail=False,
    )
    def sheet(self, *, by: User, summit: Summit, values: Values) -> dict[str, Any]:
        """List the parties to telephone about their invitations. Nothing is written."""
        now = db_now()
        rows = phone_calls.sheet(summit=summit, now=now, narrowed=phone_calls.Narrowed(**values))
        listed: list[Any] = list(rows[:MOST])
        names = party_names.to_readers({row.party_id for row in listed})
        for row in listed:
            row.called = names[row.party_id].name
            row.waited = phone_calls.days_since(row.sent_at, summit=summit, now=now)
        access_log.record_contacts(by=by, summit=summit, rows=listed)
        return {"number": rows.count(), "parties": listed}
