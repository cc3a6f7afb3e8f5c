"""The API of answers to invitations."""

from typing import Any, ClassVar

import django_filters
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from delegations.core.api.access_log import log_shown_fields
from delegations.core.api.fields import StaffName
from delegations.invitations.api.fields import OfInvitation, OfInvitationFilters
from delegations.invitations.models.invitations import Answer, Channel, Reply, ReplyScan
from delegations.parties.models.parties import Level
from summit.api_base.response_files import File, WithContent
from summit.audit import access_log
from summit.quarantine.selectors import served
from summit.summits.models import Summit
from summit.users.models import User


class ReplySerializer(OfInvitation, serializers.ModelSerializer[Reply]):
    """An answer as it was given, with its channel. `recorded_by` is the account that recorded it, if a desk user did.
    The content of this resource is the file of the `scan`."""

    id = serializers.CharField(source="public_id", read_only=True)
    level = serializers.ChoiceField(choices=Level.choices, allow_blank=True, read_only=True)
    recorded_by = StaffName(permission="delegations.reply.view")
    scan = serializers.CharField(
        source="scan_name", read_only=True, allow_null=True, help_text="What the file of its paper is called."
    )

    class Meta:
        model = Reply
        fields: ClassVar[list[str]] = [
            *(*OfInvitation.OF, "at", "answer", "level", "note", "name"),
            *("channel", "reference", "dated", "recorded_by", "scan"),
        ]
        read_only_fields = fields


class ReplyFilters(OfInvitationFilters):
    """The filters of the list of answers."""

    occasion = django_filters.CharFilter(field_name="invitation__occasion", label=_("session ID"))
    answer = django_filters.ChoiceFilter(choices=Answer.choices, label=_("answer"))
    level = django_filters.ChoiceFilter(choices=Level.choices, label=_("level"))
    channel = django_filters.ChoiceFilter(choices=Channel.choices, label=_("channel"))
    since = django_filters.IsoDateTimeFilter(field_name="at", lookup_expr="gte", label=_("recorded since"))


class ReplyViewSet(WithContent):
    """Answers to invitations, each with the scan of its paper if there is one."""

    name = "replies"
    verbose_name = _("answers to invitations")
    permission = "delegations.reply"
    allowed_methods = ()
    model = Reply
    serializer_class = ReplySerializer
    filterset_class = ReplyFilters
    ordering_fields: ClassVar[Any] = {"at": ("at",)}
    summit_path = "invitation__party__summit"

    def rows(self) -> QuerySet[Reply]:
        """Return answers joined with their invitations, and with the name of the scan."""
        rows = Reply.objects.select_related("invitation__party__summit", "recorded_by")
        return rows.annotate(scan_name=F("scan__filename"))

    def content(self, *, by: User, row: Reply) -> File | None:
        """Return the scan, or None if there is none, and record the access."""
        scan = ReplyScan.objects.filter(reply=row).first()
        if scan is None:
            return None
        content = served(scan)
        access_log.record_page(by=by, target=scan, summit=row.invitation.party.summit, fields=["content"])
        return File(scan.filename, scan.media_type, content)

    def log_access(self, *, by: User, summit: Summit, rows: Any, fields: Any) -> None:
        """Record in the access log that names and notes of answers were read."""
        log_shown_fields(by=by, summit=summit, rows=rows, fields=fields, shows=("name", "note"))
