"""The admin of invitations: read them, record answers, send new letters, and revoke."""

from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from delegations.core import table_writers
from delegations.core.admin.confirmation_page import RowName, confirm
from delegations.core.admin.list_tools import ToolsMixin
from delegations.core.admin.moment_format import moment
from delegations.invitations.admin import state_column
from delegations.invitations.admin.answers import ChannelFilter, ReplyInline
from delegations.invitations.admin.bounces import BackMixin
from delegations.invitations.admin.invite_parties import back_to
from delegations.invitations.admin.occasion_column import (
    OccasionColumn,
    OccasionFilter,
    add_occasions,
    occasion_title,
)
from delegations.invitations.admin.phone_calls import CallsMixin
from delegations.invitations.admin.record_answer import AnsweringMixin
from delegations.invitations.admin.send_reminders import RemindingMixin
from delegations.invitations.admin.state_column import LinkMoments
from delegations.invitations.admin_urls import ANSWERABLE, answer_step, call_sheet, remind_url
from delegations.invitations.models.invitations import IN_FORCE, Invitation, InvitationLink, InvitationState
from delegations.invitations.permissions import (
    can_answer_for,
    can_invite,
    can_revoke,
    check_can_revoke,
)
from delegations.invitations.selectors import exports, letter_facts
from delegations.invitations.services import invitations, reminders
from delegations.parties.admin.party_column import PartyColumn, ReadsAsParty
from delegations.parties.models.parties import Party
from delegations.parties.selectors import party_names
from summit.admin_base import selections
from summit.admin_base.model_admin import ReadOnlyAdmin, SummitInline, summit_of
from summit.admin_base.model_pages import model_page
from summit.admin_base.row_sources import RowSource
from summit.admin_base.service_admin import user_of
from summit.admin_base.summit_scope import chosen_summit, summits_of
from summit.audit.services import By
from summit.core.punctuation import pair
from summit.outbox import progress
from summit.permissions.route_access import NOBODY
from summit.permissions.rules import allows
from summit.summits.models import Summit
from summit.templatetags.text_direction import own

FIELDS: list[Any] = [
    "party_name",
    "occasion_word",
    "state_word",
    "level",
    "answered_by",
    "answered",
    "note",
    "sent",
    "sent_by",
    "reminded",
]

LINK_FIELDS: list[Any] = ["address", "created", "followed", "expires", "revoked"]


class LinkInline(LinkMoments, SummitInline):
    """The links of an invitation, read-only. A link is revoked on its own page."""

    model = InvitationLink
    summit_path = "invitation__party__summit"
    fields = LINK_FIELDS
    readonly_fields = LINK_FIELDS

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Return the links, joined with their invitation, party and summit."""
        return super().get_queryset(request).select_related("invitation__party__summit")

    def permission_for(self, verb: str) -> str:
        """Return the permission for `verb`. For any verb but "view" nobody has it, because links are only made with
        letters."""
        return super().permission_for(verb) if verb == "view" else NOBODY

    def _summit(self, obj: models.Model) -> Summit | None:
        return summit_of(obj, "party__summit")


@admin.register(Invitation)
class InvitationAdmin(
    ReadsAsParty,
    ToolsMixin,
    OccasionColumn,
    PartyColumn,
    AnsweringMixin,
    RemindingMixin,
    CallsMixin,
    BackMixin,
    ReadOnlyAdmin,
):
    """The read-only admin of invitations, with pages that record answers, send new letters and revoke invitations."""

    place = 3
    summit_path = "party__summit"
    list_display = [
        "party_name",
        "occasion_word",
        "state_word",
        "level",
        "sent",
        "answered",
        "answered_by",
        "next_step",
    ]
    phone_columns = ("occasion_word", "state_word")
    row_source = RowSource(
        _("Each invited delegation is listed here."),
        _("Invite delegations"),
        "delegations.invite",
        view="admin:delegations_party_invite",
    )
    list_filter = ["party__summit", OccasionFilter, "state", "answer", "level", ChannelFilter]
    list_select_related = ["party__summit"]
    search_fields = ["party__name", "party__formal_name", "answered_by"]
    nothing_yet = _("No invitations yet. Invite delegations from the list of delegations.")
    fields = FIELDS
    readonly_fields = FIELDS
    inlines = [ReplyInline, LinkInline]
    actions = ["remind", "revoke"]
    page_shows = ("answered_by", "note")
    list_shows = ("answered_by",)
    change_form_template = "admin/delegations/invitation/change_form.html"

    def table(self, rows: models.QuerySet[Any], by: By) -> table_writers.ExportedTable:
        """Return the invitations with their answers as a table."""
        return exports.invitations(rows)

    def pages(self, request: HttpRequest) -> list[tuple[str, str]]:
        """Return the link to the call sheet as a (URL, label) pair. The list is empty if the user may not see the
        call sheet."""
        summit = chosen_summit(request, summits_of(request))
        if summit is None or not allows(request.user, "delegations.callnote.view", summit):
            return []
        return [(call_sheet(summit), gettext("Call sheet"))]

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        """Return whether the user may revoke invitations in any summit."""
        return allows(request.user, "delegations.revoke", None)

    @admin.display(description=_("state"), ordering="state")
    def state_word(self, row: Invitation) -> SafeString:
        """Return the state of the invitation, marked up with its colour."""
        return state_column.state_word(row.state, row.answer)

    def get_list_display(self, request: HttpRequest) -> Any:
        """Return the columns. Users who may not record answers don't get the link that leads there."""
        columns = super().get_list_display(request)
        may_answer = allows(request.user, "delegations.answer_for", None)
        return [name for name in columns if may_answer or name != "next_step"]

    @admin.display(description=_("next step"))
    def next_step(self, row: Invitation) -> SafeString | str:
        """Return a link to the page that records the answer, if the invitation awaits one; otherwise a dash."""
        if row.state != InvitationState.SENT:
            return "–"
        step = answer_step(row)
        named: Any = getattr(row, "party_named", None)
        name = own(named.name, named.language) if named else own(row.party.name, row.party.summit)
        return format_html('<a href="{}">{}<span class="visually-hidden">: {}</span></a>', step.url, step.label, name)

    @admin.display(description=pgettext_lazy("invitation", "sent"), ordering="sent_at")
    def sent(self, row: Invitation) -> str:
        """Return when the invitation was sent."""
        return moment(row.sent_at, row.party.summit)

    @admin.display(description=pgettext_lazy("invitation", "answered"), ordering="answered_at")
    def answered(self, row: Invitation) -> str:
        """Return when the invitation was answered."""
        return moment(row.answered_at, row.party.summit)

    @admin.display(description=_("reminders"))
    def reminded(self, row: Invitation) -> SafeString:
        """Return which reminders were sent and when, one to a line."""
        summit = row.party.summit
        rows = [
            (
                moment(at, summit),
                ngettext("%(n)d day before the deadline", "%(n)d days before the deadline", days) % {"n": days}
                if days
                else gettext("sent manually"),
            )
            for days, at in reminders.sent_reminders(row)
        ]
        return format_html_join(SafeString("<br>"), '{} <span class="whole">({})</span>', rows) or format_html(
            "{}", moment(None, summit)
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show an invitation with the buttons that its state and the user's permissions allow."""
        row = self.admit(request, "view", object_id)
        summit = row.party.summit
        standing = row.state in IN_FORCE
        extra = {
            "can_answer": row.state in ANSWERABLE and can_answer_for(request.user, summit),
            "can_write": standing and can_invite(request.user, summit),
            "remind_url": remind_url(row, "invitation")
            if row.state == InvitationState.SENT and not row.occasion and can_invite(request.user, summit)
            else "",
            "can_revoke": row.state != InvitationState.REVOKED and can_revoke(request.user, summit),
            "letters_key": letter_facts.subject_key(row),
            **(extra_context or {}),
        }
        return super().change_view(request, object_id, form_url, extra)

    @model_page("<int:pk>/sent/", "sent", "GET")
    def sent_view(self, request: HttpRequest, row: Invitation) -> HttpResponse:
        """Show the delivery of all letters that were sent in the same step as the letters of this invitation."""
        summit = row.party.summit
        return progress.page(
            request,
            rows=letter_facts.sent_with(row),
            title=gettext("Sending invitations"),
            title_done=gettext("Invitations sent"),
            summit=summit,
            query={"kind": letter_facts.KIND},
            back=_back_of_letters(row),
        )

    @model_page("<int:pk>/write-anew/", "write_anew", do="delegations.invite")
    def write_view(self, request: HttpRequest, row: Invitation) -> HttpResponse:
        """Ask for confirmation on GET; on POST, send the letter again with new links."""
        user = user_of(request)
        back = reverse("admin:delegations_invitation_change", args=[row.pk])
        if request.method == "POST":
            try:
                number = invitations.write_anew(invitation=row, by=user)
            except ValueError as refused:
                messages.warning(request, str(refused))
            else:
                message = ngettext("Sending %(n)d new letter.", "Sending %(n)d new letters.", number)
                messages.success(request, message % {"n": number})
            return redirect(back)
        return confirm(
            request,
            self.admin_site,
            title=gettext("Send a new letter to %(party)s") % {"party": party_names.to_reader(row.party).name},
            sentence=gettext("Links in earlier letters stop working. Any answer already given remains valid."),
            button=gettext("Send a new letter"),
            action=request.path,
            back=back,
            rows=[row],
            names=[RowName(party=party_names.to_reader(row.party))],
        )

    @admin.action(description=_("Revoke the selected invitations"), permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: models.QuerySet[Invitation]) -> HttpResponse:
        """Ask for confirmation before the chosen invitations are revoked."""
        rows = list(queryset.exclude(state=InvitationState.REVOKED).select_related("party__summit"))
        return self._ask_revoke(request, rows)

    @model_page("revoke/", "revoke", do="delegations.revoke")
    def revoke_view(self, request: HttpRequest) -> HttpResponse:
        """Ask for confirmation on GET (`?row=`); on POST, revoke the invitations named by `row`."""
        keys = selections.chosen_keys(request)
        revocable = self.get_queryset(request).exclude(state=InvitationState.REVOKED)
        rows = list(revocable.filter(pk__in=keys).select_related("party__summit"))
        if request.method != "POST":
            return self._ask_revoke(request, rows)
        revoked = 0
        for row in rows:
            try:
                invitations.revoke(invitation=row, by=user_of(request))
            except ValueError as refused:
                messages.warning(request, pair(party_names.to_reader(row.party).name, refused))
            else:
                revoked += 1
        message = ngettext("%(n)d invitation revoked.", "%(n)d invitations revoked.", revoked)
        messages.success(request, message % {"n": revoked})
        return redirect("admin:delegations_invitation_changelist")

    def _ask_revoke(self, request: HttpRequest, rows: list[Invitation]) -> HttpResponse:
        for row in rows:
            check_can_revoke(request.user, row.party.summit)
        number = {"n": len(rows)}
        names = party_names.to_readers(row.party_id for row in rows)
        add_occasions(rows)
        return confirm(
            request,
            self.admin_site,
            title=ngettext("Revoke %(n)d invitation", "Revoke %(n)d invitations", len(rows)) % number,
            sentence=gettext("The links stop working, and letters not yet sent are not sent."),
            button=ngettext("Revoke %(n)d invitation", "Revoke %(n)d invitations", len(rows)) % number,
            action=reverse("admin:delegations_invitation_revoke"),
            back=reverse("admin:delegations_invitation_changelist"),
            rows=rows,
            names=[
                RowName(party=names[row.party_id], note=occasion_title(row) if row.occasion else "") for row in rows
            ],
        )


def _back_of_letters(row: Invitation) -> str:
    """Return the URL that follows the delivery of letters: the delegation's page, or the list of several."""
    parties = Party.objects.filter(invitations__in=letter_facts.invitations_with(row)).select_related("summit")
    return back_to([*parties.distinct()[:2]])
