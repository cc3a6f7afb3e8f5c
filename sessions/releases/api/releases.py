"""API of the releases of the agenda: preview, release, and restoring the draft to an earlier release."""

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from delegations.invitations.selectors.taking_part import WhyLeftOut
from delegations.mailboxes import access_log
from sessions.agenda.models.releases import Release
from sessions.agenda.models.removals import PublicNotice, PublicRemoval
from sessions.agenda.selectors import audiences as audiences_selectors
from sessions.agenda.selectors.audiences import Audience
from sessions.agenda.selectors.differences import widens
from sessions.draft.api.fields import NotesField
from sessions.draft.models.sessions import Session
from sessions.releases.api.changes import (
    MOST,
    ComparedReleasesInput,
    ComparedReleasesSerializer,
    DraftChangeSerializer,
    DraftWarningSerializer,
    NoticeSerializer,
    compared,
)
from sessions.releases.services import releases
from sessions.releases.services import restore as restore_services
from sessions.releases.services.removals import Decision
from summit.api_base.actions import action
from summit.api_base.viewset_views import Values
from summit.api_base.viewsets import DeskViewSet, InSummit
from summit.core.validators import validate_printable, validate_year
from summit.permissions.rules import check
from summit.summits.models import Summit
from summit.users.models import User


class DeskReleaseSerializer(serializers.ModelSerializer[Release]):
    """A numbered release of the agenda. It never changes."""

    id = serializers.CharField(source="public_id", read_only=True)
    released_by = serializers.CharField(source="released_by.name", read_only=True)

    class Meta:
        model = Release
        fields: ClassVar[list[str]] = ["id", "number", "note", "released_at", "released_by"]


class PreviewInput(serializers.Serializer[Any]):
    """The scope of a release: the whole draft, or only the sessions on one day at the venue.

    `tell` says whether the first release sends participants their programme. It has no effect on later releases.
    """

    day = serializers.DateField(required=False, allow_null=True, validators=[validate_year])
    tell = serializers.BooleanField(default=True)


class AudienceSerializer(serializers.Serializer[Any]):
    """The sessions that one kind of reader will see, and that readers of a lower rank won't see. `reader` has the
    values of `visibility`."""

    reader = serializers.CharField()
    sessions = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_sessions(self, audience: Audience) -> list[str]:
        """Return the ids of the sessions."""
        return [session.key for session in audience.sessions]


class LeftOutSerializer(serializers.Serializer[Any]):
    """A delegation that isn't told of a release, and why."""

    party = serializers.CharField(help_text="Its id.")
    why = serializers.ChoiceField(choices=WhyLeftOut.choices)


class PreviewSerializer(serializers.Serializer[Any]):
    """The preview of a release. At most 500 changes, messages and warnings are listed; the counts include all."""

    number = serializers.IntegerField()
    first = serializers.BooleanField(source="is_first")
    day = serializers.DateField(allow_null=True)
    unreleased = serializers.ListField(
        child=serializers.DateField(), help_text="The days on which something differs from what was released last."
    )
    sessions = serializers.IntegerField(help_text="How many sessions it would hold.")
    leaving = serializers.ListField(
        child=serializers.CharField(),
        help_text="Sessions that would leave the public agenda: “release” asks for a removal of each.",
    )
    audiences = AudienceSerializer(
        many=True, help_text="Who will read the sessions that are new or changed: what everybody reads first."
    )
    changed = serializers.IntegerField()
    changes = DraftChangeSerializer(many=True)
    widened = serializers.ListField(
        child=serializers.CharField(), help_text="Sessions of which more people are to know something than before."
    )
    told = serializers.IntegerField(help_text="How many messages it would send.")
    notices = NoticeSerializer(many=True)
    left_out = LeftOutSerializer(
        many=True, help_text="Delegations in these sessions that don’t get the agenda, and aren’t told."
    )
    warned = serializers.IntegerField()
    warnings = DraftWarningSerializer(many=True)
    expected = serializers.CharField(help_text="Send it with “release”: with another draft nothing is released.")


class RemovalInput(serializers.Serializer[Any]):
    """The public notice for a session that leaves the public agenda, and the reason, which only desk users read."""

    session = serializers.CharField(max_length=16, help_text="Its id.")
    notice = serializers.ChoiceField(choices=PublicNotice.choices)
    reason = serializers.CharField(
        max_length=PublicRemoval._meta.get_field("reason").max_length, validators=[validate_printable]
    )


class ReleaseInput(PreviewInput):
    """A release to make. `expected` is the value from the preview, and the note is in every message about the
    release.

    `removals` has an entry for each session that the preview lists as `leaving`.
    """

    note = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=Release._meta.get_field("note").max_length,
        validators=[validate_printable],
    )
    notes = NotesField(
        required=False,
        help_text="The note in other languages than the summit’s, by language. Nobody reads it in another one.",
    )
    expected = serializers.CharField()
    removals = RemovalInput(many=True, required=False)


class RestoreInput(serializers.Serializer[Any]):
    """What to restore: one session, or the whole draft without `session`. `expected` is the value from the
    preview."""

    session = InSummit(queryset=Session.objects.all(), required=False)
    expected = serializers.CharField()


class RestorePreviewInput(serializers.Serializer[Any]):
    """What would be restored: one session, or the whole draft without `session`."""

    session = InSummit(queryset=Session.objects.all(), required=False)


class LossSerializer(serializers.Serializer[Any]):
    """Something that can't be restored."""

    session = serializers.CharField(help_text="Its title.")
    name = serializers.CharField()
    why = serializers.CharField(source="words")


class RestoringSerializer(serializers.Serializer[Any]):
    """The effects of restoring the draft: each change, in which the old side is lost, and what can't be restored."""

    changes = DraftChangeSerializer(many=True)
    losses = LossSerializer(many=True)
    expected = serializers.CharField(source="digest")


class ReleaseFilters(django_filters.FilterSet):
    """Filters of a list of releases."""

    number = django_filters.NumberFilter(min_value=1, max_value=2_000_000_000, label=_("number"))
    released_since = django_filters.IsoDateTimeFilter(
        field_name="released_at", lookup_expr="gte", label=_("released at or after")
    )


class ReleaseViewSet(DeskViewSet):
    """Releases of the agenda, the newest first."""

    name = "releases"
    verbose_name = _("agenda releases")
    permission = "agenda.release"
    allowed_methods = ()
    model = Release
    serializer_class = DeskReleaseSerializer
    filterset_class = ReleaseFilters
    ordering_fields: ClassVar[Any] = {"number": ("-number",)}

    def rows(self) -> QuerySet[Release]:
        """Return the releases with their authors joined."""
        return Release.objects.select_related("summit", "released_by")

    @action(
        "compare",
        safe=True,
        permission="agenda.release.view",
        input=ComparedReleasesInput,
        output=ComparedReleasesSerializer,
        detail=False,
    )
    def compare(self, *, by: User, summit: Summit, values: Values) -> dict[str, Any]:
        """Return the differences between two releases, or a release and the draft. Writes nothing."""
        if None in (values["old"], values["new"]):
            check(by, "agenda.session.view", summit)
        return compared(summit, values)

    @action(
        "preview",
        safe=True,
        permission="agenda.release_agenda",
        input=PreviewInput,
        output=PreviewSerializer,
        detail=False,
    )
    def preview(self, *, by: User, summit: Summit, values: Values) -> dict[str, Any]:
        """Return the changes, messages and warnings of the next release. Writes nothing."""
        next_release = releases.preview(summit=summit, day=values.get("day"), tell=values["tell"])
        changes = sorted(next_release.changes, key=lambda change: change.session.days[0])
        planned = next_release.planned[:MOST]
        access_log.record_mailboxes(by=by, summit=summit, boxes=[each.mailbox for each in planned])
        return {
            "number": next_release.number,
            "is_first": next_release.is_first,
            "day": next_release.day,
            "unreleased": next_release.unreleased,
            "sessions": next_release.sessions,
            "leaving": [session.key for session in next_release.leaving],
            "audiences": audiences_selectors.audiences(next_release.changes),
            "changed": len(changes),
            "changes": changes[:MOST],
            "widened": [change.session.key for change in changes if widens(change)],
            "told": len(next_release.planned),
            "notices": planned,
            "left_out": [
                {"party": party.public_id, "why": why}
                for why, parties in next_release.left_out.items()
                for party in parties
            ],
            "warned": len(next_release.warnings),
            "warnings": next_release.warnings[:MOST],
            "expected": next_release.digest,
        }

    @action(
        "release", permission="agenda.release_agenda", input=ReleaseInput, output=DeskReleaseSerializer, detail=False
    )
    def release(self, *, by: User, summit: Summit, values: Values) -> Release:
        """Release the draft, or only the sessions on one day, and send messages to the people affected."""
        options = {name: value for name, value in values.items() if name != "removals"}
        decisions = {each["session"]: Decision(each["notice"], each["reason"]) for each in values.get("removals", ())}
        return releases.release(summit=summit, by=by, decisions=decisions, **options)

    @action(
        "preview-restore", safe=True, permission="agenda.edit", input=RestorePreviewInput, output=RestoringSerializer
    )
    def preview_restore(self, *, by: User, row: Release, values: Values) -> restore_services.Preview:
        """Return the changes and losses that restoring the draft to this release would cause. Writes nothing."""
        return restore_services.preview(release=row, session_key=_key(values))

    @action("restore", permission="agenda.edit", input=RestoreInput, output=RestoringSerializer)
    def restore(self, *, by: User, row: Release, values: Values) -> restore_services.Preview:
        """Restore the draft, or one session of it, to this release. The result is published with the next release."""
        return restore_services.restore(release=row, by=by, session_key=_key(values), expected=values["expected"])


def _key(values: Values) -> str:
    return values["session"].public_id if "session" in values else ""
