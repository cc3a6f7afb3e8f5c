"""The admin of visa support letters: issuing many at once, refusing, printing and voiding."""

from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from delegations.core.admin.confirmation_page import RowName, confirm
from delegations.core.admin.moment_format import moment
from delegations.core.admin.reason_page import ask_reason
from delegations.parties.admin.party_column import PartyColumn
from delegations.parties.selectors import party_names
from delegations.travel import access_log as access_log_travel
from delegations.travel import visa_letter_pdf
from delegations.travel.models.visas import VisaLetter, VisaState
from delegations.travel.permissions import can_issue_visas, check_can_issue_visas
from delegations.travel.services import visas
from summit.admin_base import selections
from summit.admin_base.menu_places import MenuPlace
from summit.admin_base.messages import written
from summit.admin_base.model_admin import ReadOnlyAdmin
from summit.admin_base.model_pages import model_page
from summit.admin_base.row_sources import RowSource
from summit.audit import access_log
from summit.core.file_names import disposition
from summit.core.punctuation import pair
from summit.pdf import missing_fonts
from summit.pdf.fonts import MissingFontError
from summit.permissions.rules import allows
from summit.users.models import User

FIELDS: list[Any] = [
    "person",
    "party_name",
    "embassy",
    "state_word",
    "number",
    "asked",
    "decided",
    "decided_by",
    "reason",
]
SIGNS = {
    VisaState.ASKED: "wait",
    VisaState.ISSUED: "good",
    VisaState.REFUSED: "bad",
    VisaState.VOID: "off",
}


@admin.register(VisaLetter)
class VisaLetterAdmin(PartyColumn, ReadOnlyAdmin):
    """The read-only admin of visa support letters, with pages that issue, refuse, print and void them."""

    place = 4
    menu_place = MenuPlace.ACCREDITATION
    list_display = ["person", "party_name", "place_of", "state_word", "number", "asked"]
    phone_columns = ("party_name", "state_word")
    row_source = RowSource(_("Focal points request letters in the portal."))
    list_filter = ["summit", "state"]
    list_select_related = ["party", "person", "summit"]
    search_fields = ["party__name", "person__name", "person__office"]
    fields = FIELDS
    readonly_fields = FIELDS
    actions = ["issue"]
    of_person = "person"
    page_shows = ("embassy", "reason")
    list_shows = ("embassy",)
    change_form_template = "admin/delegations/visaletter/change_form.html"
    nothing_yet = _("No requests for visa support letters yet. Focal points make requests in the portal.")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Return letters with their party, person and summit, and the user who decided."""
        return super().get_queryset(request).select_related("party__summit", "person", "summit", "decided_by")

    def has_issue_permission(self, request: HttpRequest) -> bool:
        """Return whether the user may issue letters in any summit."""
        return allows(request.user, "delegations.issue_visa", None)

    @admin.display(description=_("state"), ordering="state")
    def state_word(self, row: VisaLetter) -> SafeString:
        """Show the letter's state."""
        sign = SIGNS[VisaState(row.state)]
        return format_html('<span class="state" data-state="{}">{}</span>', sign, row.get_state_display())

    @written
    @admin.display(description=_("place of application"))
    def place_of(self, row: VisaLetter) -> str:
        """Show the embassy that the letter is for."""
        return row.embassy

    @admin.display(description=_("requested on"), ordering="asked_at")
    def asked(self, row: VisaLetter) -> str:
        """Show when the letter was asked for."""
        return moment(row.asked_at, row.summit)

    @admin.display(description=_("decided on"), ordering="decided_at")
    def decided(self, row: VisaLetter) -> str:
        """Show when the letter was issued, refused or made void."""
        return moment(row.decided_at, row.summit)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show a letter. Users who may decide also get buttons for the decisions that are possible now."""
        row = self.admit(request, "view", object_id)
        may = can_issue_visas(request.user, row.summit)
        context = {
            "can_issue": may and row.state == VisaState.ASKED,
            "can_void": may and row.state == VisaState.ISSUED,
            "printed": may and bool(row.content),
            **(extra_context or {}),
        }
        return super().change_view(request, object_id, form_url, context)

    @admin.action(description=_("Issue the selected letters"), permissions=["issue"])
    def issue(self, request: HttpRequest, queryset: models.QuerySet[VisaLetter]) -> HttpResponse:
        """Show the page that asks for confirmation before the chosen letters are issued."""
        return self._ask(request, list(queryset.filter(state=VisaState.ASKED)))

    @model_page("issue/", "issue", do="delegations.issue_visa")
    def issue_view(self, request: HttpRequest) -> HttpResponse:
        """Ask for confirmation for the letters in `?row=`; a POST issues them in one transaction."""
        assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
        letters = self.get_queryset(request).filter(pk__in=selections.chosen_keys(request))
        if request.method != "POST":
            return self._ask(request, list(letters.filter(state=VisaState.ASKED)))
        issued = visas.issue(letters=letters, by=request.user)
        for row, why in issued.skipped:
            messages.warning(request, pair(row.person.label, why))
        number = len(issued.done)
        message = ngettext("%(n)d letter issued.", "%(n)d letters issued.", number) % {"n": number}
        messages.success(request, message)
        return redirect("admin:delegations_visaletter_changelist")

    def _ask(self, request: HttpRequest, rows: list[VisaLetter]) -> HttpResponse:
        for row in rows:
            check_can_issue_visas(request.user, row.summit)
        assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
        keys = [(row.summit_id, row.public_id) for row in rows]
        people = self.people_in_list(rows)
        access_log.record_list(
            by=request.user, label=self.permission, rows=keys, fields=self.list_shows, people=people
        )
        names = party_names.to_readers(row.party_id for row in rows)
        title = ngettext("Issue %(n)d letter", "Issue %(n)d letters", len(rows)) % {"n": len(rows)}
        return confirm(
            request,
            self.admin_site,
            title=title,
            sentence=gettext(
                "Each letter gets a number and uses the details recorded now. The focal points are notified."
            ),
            button=title,
            action=reverse("admin:delegations_visaletter_issue"),
            back=reverse("admin:delegations_visaletter_changelist"),
            rows=rows,
            names=[RowName(row.person.label, names[row.party_id]) for row in rows],
            nothing=gettext("None of the selected letters can be issued. They have already been decided."),
            danger=False,
        )

    @model_page("<int:pk>/refuse/", "refuse", do="delegations.issue_visa")
    def refuse_view(self, request: HttpRequest, row: VisaLetter) -> HttpResponse:
        """Ask for the reason of a refusal; a POST refuses the letter with it."""
        return self._decide(
            request,
            row,
            visas.refuse,
            title=gettext("Refuse the letter for %(person)s"),
            sentence=gettext("The focal points are notified and see the reason. They can request another letter."),
            button=gettext("Refuse letter"),
            done=gettext("Letter refused."),
        )

    @model_page("<int:pk>/void/", "void", do="delegations.issue_visa")
    def void_view(self, request: HttpRequest, row: VisaLetter) -> HttpResponse:
        """Ask why an issued letter becomes void; a POST makes it void with that reason."""
        return self._decide(
            request,
            row,
            visas.void,
            title=gettext("Cancel the letter for %(person)s"),
            sentence=gettext(
                "The letter disappears from the portal. The focal points are notified and see the reason."
            ),
            button=gettext("Cancel letter"),
            done=gettext("Letter cancelled."),
        )

    def _decide(self, request: HttpRequest, row: VisaLetter, decide: Any, *, title: str, **said: Any) -> HttpResponse:
        return ask_reason(
            request,
            self.admin_site,
            title=title % {"person": row.person.label},
            back=reverse("admin:delegations_visaletter_change", args=[row.pk]),
            decide=lambda reason: decide(letter=row, reason=reason, by=request.user),
            problems=(visas.VisaProblem, visas.VisaRefused),
            longest=visas.REASON_LENGTH,
            **said,
        )

    @model_page("<int:pk>/letter.pdf", "paper", "GET", do="delegations.issue_visa")
    def paper_view(self, request: HttpRequest, row: VisaLetter) -> HttpResponse:
        """Return an issued letter as a PDF. The access is logged, because the letter contains passport data.

        If the letter isn't issued or can't be printed, redirect to its page with a warning.
        """
        if not row.content:
            messages.warning(request, gettext("The letter is not issued yet. Issue it, then print it."))
            return redirect("admin:delegations_visaletter_change", row.pk)
        try:
            content = visa_letter_pdf.write(row)
        except MissingFontError as problem:
            messages.warning(request, f"{missing_fonts.missing(problem)} {missing_fonts.remedy(problem)}")
            return redirect("admin:delegations_visaletter_change", row.pk)
        access_log_travel.record_visa_letter(by=request.user, letter=row)  # type: ignore[arg-type]
        return visa_response(row, content)


def visa_response(row: VisaLetter, content: bytes) -> HttpResponse:
    """Return an HTTP response with a letter's PDF, `content`. The file name reveals nothing about the person."""
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = disposition(visa_letter_pdf.name_of(row), attached=False)
    response["Cache-Control"] = "private, no-store"
    return response
