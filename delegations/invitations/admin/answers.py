"""The admin of answers: their list, inlines on the pages of invitations and parties, and the scan of each answer."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from delegations.core.admin.moment_format import moment
from delegations.invitations.admin.state_column import state_word
from delegations.invitations.models.invitations import Channel, InvitationState, Reply, ReplyScan
from delegations.parties.admin.group_filter import GroupFilter
from delegations.parties.admin.party_column import PartyOfInvitation
from summit.admin_base.model_admin import ReadOnlyAdmin, SummitInline, summit_of
from summit.admin_base.model_pages import model_page
from summit.admin_base.row_sources import RowSource
from summit.audit import access_log
from summit.core.date_formats import short_day
from summit.core.punctuation import comma
from summit.permissions.route_access import NOBODY
from summit.quarantine.selectors import check_of, content_of, is_on
from summit.summits.models import Summit
from summit.users.models import User

FIELDS: list[Any] = ["recorded", "word", "level_word", "name", "way", "paper", "note", "recorded_by"]


class GroupOfReplyFilter(GroupFilter):
    """Filters answers by the groups of their parties."""

    prefix = "invitation__party__"


class ChannelFilter(admin.SimpleListFilter):
    """Filters invitations by the channel of their latest answer."""

    title = _("channel")
    parameter_name = "channel"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return all channels as choices."""
        return list(Channel.choices)

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Return the invitations with a latest answer by the chosen channel, or all invitations if no channel is
        chosen."""
        if self.value() not in Channel.values:
            return queryset
        last = Reply.objects.filter(invitation=models.OuterRef("pk")).order_by("-pk")
        annotated = queryset.annotate(last_way=models.Subquery(last.values("channel")[:1]))
        narrowed: models.QuerySet[Any] = annotated.filter(last_way=self.value())
        return narrowed


class ReplyColumns:
    """The columns of lists of answers."""

    @admin.display(description=_("recorded on"), ordering="at")
    def recorded(self, row: Reply) -> str:
        """Return when the answer was recorded."""
        return moment(row.at, row.invitation.party.summit)

    @admin.display(description=_("answer"), ordering="answer")
    def word(self, row: Reply) -> SafeString:
        """Return the answer, marked up with its colour."""
        return state_word(InvitationState.ANSWERED, row.answer)

    @admin.display(description=_("level"), ordering="level")
    def level_word(self, row: Reply) -> str:
        """Return the level at which the party comes, or a dash."""
        return str(row.get_level_display()) or "–"

    @admin.display(description=_("channel"), ordering="channel")
    def way(self, row: Reply) -> SafeString:
        """Return the channel by which the answer came, with the reference and date of its paper."""
        parts = [row.get_channel_display(), row.reference, short_day(row.dated) if row.dated else ""]
        return format_html_join(comma(), "<bdi>{}</bdi>", [(part,) for part in parts if part])

    @admin.display(description=pgettext_lazy("label", "scan"))
    def paper(self, row: Reply) -> SafeString | str:
        """Return a link to the scan, or a dash if there is none."""
        if not getattr(row, "scan_name", ""):
            return "–"
        address = reverse("admin:delegations_reply_scan", args=[row.pk])
        return format_html('<a href="{}"><bdi>{}</bdi></a>', address, row.scan_name)  # type: ignore[attr-defined]


def with_scans(rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
    """Return the answers, joined with everything that the columns show, and annotated with the name of their scan.

    The contents of the scans are not loaded.
    """
    related = ("invitation__party__summit", "recorded_by")
    found: models.QuerySet[Any] = rows.select_related(*related).annotate(scan_name=models.F("scan__filename"))
    return found


class ReplyInline(ReplyColumns, SummitInline):
    """The answers to an invitation, read-only, the latest first."""

    model = Reply
    summit_path = "invitation__party__summit"
    fields = readonly_fields = FIELDS
    ordering = ["-pk"]
    verbose_name_plural = _("answers, latest first")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Return the answers, joined with everything that is shown."""
        return with_scans(super().get_queryset(request))

    def permission_for(self, verb: str) -> str:
        """Return the permission for `verb`. For any verb but "view" nobody has it, because answers are recorded on
        another page."""
        return super().permission_for(verb) if verb == "view" else NOBODY

    def _summit(self, obj: models.Model) -> Summit | None:
        return summit_of(obj, "party__summit")


@admin.register(Reply)
class ReplyAdmin(PartyOfInvitation, ReplyColumns, ReadOnlyAdmin):
    """The read-only admin of answers."""

    place = 4
    summit_path = "invitation__party__summit"
    list_display = ["party_name", "recorded", "word", "level_word", "name", "way", "paper"]
    phone_columns = ("recorded", "word")
    row_source = RowSource(
        _("Answers by link or in the portal are recorded automatically, others by hand."),
        _("Record answer"),
        "delegations.answer_for",
        model="delegations.invitation",
        narrowed=(("state__exact", "sent"),),
        primary=True,
    )
    list_filter = ["invitation__party__summit", "answer", "channel", "level", GroupOfReplyFilter]
    search_fields = ["invitation__party__name", "invitation__party__formal_name", "name", "reference"]
    date_hierarchy = "at"
    fields: ClassVar[Any] = ["party_name", *FIELDS]
    readonly_fields: ClassVar[Any] = fields
    page_shows = ("name", "note")
    list_shows = ("name",)
    nothing_yet = _("No answers yet. Answers given by link appear here; record any others by hand.")
    change_form_template = "admin/delegations/reply/change_form.html"

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show an answer, and why nobody gets its scan yet."""
        row = self.admit(request, "change" if request.method == "POST" else "view", object_id)
        scan = ReplyScan.objects.filter(reply=row).defer("content").first() if is_on() else None
        more = {"virus_check": check_of(scan) if scan is not None else None}
        response: HttpResponse = super().change_view(request, object_id, form_url, {**(extra_context or {}), **more})
        return response

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Return the answers, joined with everything that the columns show."""
        return with_scans(super().get_queryset(request))

    @model_page("<int:pk>/scan/", "scan", "GET")
    def scan_view(self, request: HttpRequest, row: Reply) -> HttpResponse:
        """Return the scan of an answer as a download, and record the access. Browsers must not show it as a page of
        this site.

        Raises Http404 if the answer has no scan, and while it is kept back.
        """
        scan = ReplyScan.objects.filter(reply=row).first()
        content = None if scan is None else content_of(scan)
        if scan is None or content is None:
            raise Http404
        assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
        access_log.record_page(by=request.user, target=scan, summit=row.invitation.party.summit, fields=["content"])
        return HttpResponse(
            content,
            content_type=scan.media_type,
            headers={
                "Content-Disposition": content_disposition_header(True, scan.filename) or "attachment",
                "X-Content-Type-Options": "nosniff",
                "Content-Security-Policy": "sandbox; default-src 'none'",
                "Cache-Control": "private, no-store",
            },
        )
