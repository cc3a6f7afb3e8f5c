"""Changes of the agenda in words, as the API returns them to desk users."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from sessions.agenda.models.releases import Release
from sessions.agenda.selectors.change_descriptions import story
from sessions.agenda.selectors.differences import SessionChange, differences
from sessions.agenda.selectors.draft_snapshots import draft
from sessions.agenda.selectors.release_scopes import takes_place_on
from sessions.agenda.selectors.released_snapshots import released
from sessions.conflicts.models import CONFLICT_KINDS
from sessions.conflicts.selectors import warnings as warnings_selectors
from sessions.conflicts.selectors.warnings import Finding
from sessions.notifications.selectors.planned_messages import PlannedMessage
from summit.api_base.viewset_views import Values
from summit.api_base.viewsets import InSummit
from summit.core.validators import validate_year
from summit.summits.models import Summit

# How many changes, messages and warnings are returned at once. The admin page uses pagination instead.
MOST = 500


class ChangedLineSerializer(serializers.Serializer[Any]):
    """One change with its old and new value. If people were added or removed, one of the two values is empty."""

    what = serializers.CharField()
    old = serializers.CharField()
    new = serializers.CharField()


class DraftChangeSerializer(serializers.Serializer[Any]):
    """The change of a session: `nature` is "added", "changed", "cancelled" or "gone", and `state`
    says so in words."""

    session = serializers.CharField(source="key")
    nature = serializers.CharField()
    title = serializers.CharField()
    state = serializers.CharField()
    when = serializers.CharField()
    room = serializers.CharField()
    lines = ChangedLineSerializer(many=True)

    def to_representation(self, instance: SessionChange) -> dict[str, Any]:
        """Return the change of a session in words, for desk users."""
        data: dict[str, Any] = super().to_representation(story(instance, self.context["summit"], desk=True))
        return data


class NoticeSerializer(serializers.Serializer[Any]):
    """A message that a mailbox would get: its recipient, address and sessions."""

    name = serializers.CharField()
    address = serializers.CharField(source="mailbox.address")
    sessions = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_sessions(self, planned: PlannedMessage) -> list[str]:
        """Return the ids of the sessions."""
        return [change.session.key for change in planned.changes]


class DraftWarningSerializer(serializers.Serializer[Any]):
    """A conflict in the draft: whom or what it concerns, and the sessions in which it occurs."""

    kind = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    who = serializers.CharField()
    detail = serializers.CharField()
    sessions = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_sessions(self, finding: Finding) -> list[str]:
        """Return the ids of the sessions."""
        return [session.key for session in finding.sessions]


class WarnedInput(serializers.Serializer[Any]):
    """Filters of warnings by kind, or by a day at the venue. Without filters, all warnings are returned."""

    kind = serializers.ChoiceField(choices=CONFLICT_KINDS, required=False)
    day = serializers.DateField(required=False, validators=[validate_year])


class WarningsSerializer(serializers.Serializer[Any]):
    """The conflicts in the draft, ordered by time. At most 500 are listed; `number` counts all."""

    number = serializers.IntegerField()
    warnings = DraftWarningSerializer(many=True)


class ComparedReleasesInput(serializers.Serializer[Any]):
    """The two states to compare: releases by their ids, or null for the draft."""

    old = InSummit(queryset=Release.objects.all(), allow_null=True)
    new = InSummit(queryset=Release.objects.all(), allow_null=True)


class ComparedReleasesSerializer(serializers.Serializer[Any]):
    """The differences between two states, ordered by time. At most 500 are listed; `number` counts all."""

    number = serializers.IntegerField()
    changes = DraftChangeSerializer(many=True)


def warned(summit: Summit, values: Values) -> dict[str, Any]:
    """Return a dict with the conflicts in a summit's draft that match the filters in `values`, and their number."""
    kind, day = values.get("kind"), values.get("day")
    findings = [
        each
        for each in warnings_selectors.warnings(summit, draft(summit))
        if kind in (None, each.kind)
        and (day is None or any(takes_place_on(session, day) for session in each.sessions))
    ]
    return {"number": len(findings), "warnings": findings[:MOST]}


def compared(summit: Summit, values: Values) -> dict[str, Any]:
    """Return a dict with the differences between two releases, or a release and the draft, and their number."""
    sides = values["old"], values["new"]
    agendas = released(summit, [side.number for side in sides if side is not None])
    old, new = (draft(summit) if side is None else agendas.get(side.number, {}) for side in sides)
    changes = sorted(differences(old=old, new=new), key=lambda change: change.session.days[0])
    return {"number": len(changes), "changes": changes[:MOST]}
