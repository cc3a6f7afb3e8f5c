"""Changes of the agenda as the desk reads them, in words."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from sessions.domain.differences import Change
from sessions.domain.notices import Notice
from sessions.domain.warnings import Finding
from sessions.domain.wording import story


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
