"""Changes of the agenda as the desk reads them, in words."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from sessions.agenda.models.releases import Release
from sessions.agenda.selectors.change_descriptions import story
from sessions.agenda.selectors.differences import Change, differences
from sessions.agenda.selectors.draft_snapshots import draft
from sessions.agenda.selectors.released_snapshots import released
from sessions.agenda.selectors.scopes import stands_on
from sessions.conflicts.selectors import warnings as warnings_selectors
from sessions.conflicts.selectors.warnings import Finding, Kind
from sessions.notifications.services.notices import Notice
from summit.api_base.viewset_views import Values
from summit.api_base.viewsets import InSummit
from summit.core.validators import validate_year
from summit.summits.models import Summit

# So many changes, messages and warnings are told at once, as many as the desk's page needs turns for.
MOST = 500


class ChangedLineSerializer(serializers.Serializer[Any]):
    """One thing that changed: what it was and what it is. Who came or left has but one side."""

    what = serializers.CharField()
    old = serializers.CharField()
    new = serializers.CharField()


class DraftChangeSerializer(serializers.Serializer[Any]):
    """What became of a session: `nature` is "added", "changed", "cancelled" or "gone"; `state` says so in words."""

    session = serializers.CharField(source="key")
    nature = serializers.CharField()
    title = serializers.CharField()
    state = serializers.CharField()
    when = serializers.CharField()
    room = serializers.CharField()
    lines = ChangedLineSerializer(many=True)

    def to_representation(self, instance: Change) -> dict[str, Any]:
        """Return the change in words."""
        found: dict[str, Any] = super().to_representation(story(instance, self.context["summit"], desk=True))
        return found


class NoticeSerializer(serializers.Serializer[Any]):
    """What a mailbox would be told: of whom it is, and of which sessions."""

    name = serializers.CharField()
    address = serializers.CharField(source="mailbox.address")
    sessions = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_sessions(self, notice: Notice) -> list[str]:
        """Return the ids of the sessions."""
        return [change.session.key for change in notice.changes]


class DraftWarningSerializer(serializers.Serializer[Any]):
    """What can't be right in the draft, about whom or what, and in which sessions."""

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
    """Which warnings: of one kind, or of sessions on one day of the venue; without either all."""

    kind = serializers.ChoiceField(choices=[kind.value for kind in Kind], required=False)
    day = serializers.DateField(required=False, validators=[validate_year])


class WarningsSerializer(serializers.Serializer[Any]):
    """What can't be right in the draft, in the order of the days. Of many the first 500 are listed."""

    number = serializers.IntegerField()
    warnings = DraftWarningSerializer(many=True)


class ComparedReleasesInput(serializers.Serializer[Any]):
    """Which two: releases by their ids, null for the draft."""

    old = InSummit(queryset=Release.objects.all(), allow_null=True)
    new = InSummit(queryset=Release.objects.all(), allow_null=True)


class ComparedReleasesSerializer(serializers.Serializer[Any]):
    """What differs between two, in the order of the days. Of many changes the first 500 are listed."""

    number = serializers.IntegerField()
    changes = DraftChangeSerializer(many=True)


def warned(summit: Summit, values: Values) -> dict[str, Any]:
    """Return what can't be right in a summit's draft."""
    kind, day = values.get("kind"), values.get("day")
    found = [
        each
        for each in warnings_selectors.warnings(summit, draft(summit))
        if kind in (None, each.kind) and (day is None or any(stands_on(session, day) for session in each.sessions))
    ]
    return {"number": len(found), "warnings": found[:MOST]}


def compared(summit: Summit, values: Values) -> dict[str, Any]:
    """Return what differs between two releases, or a release and the draft."""
    sides = values["old"], values["new"]
    agendas = released(summit, [side.number for side in sides if side is not None])
    old, new = (draft(summit) if side is None else agendas.get(side.number, {}) for side in sides)
    changes = sorted(differences(old=old, new=new), key=lambda change: change.session.days[0])
    return {"number": len(changes), "changes": changes[:MOST]}
