"""The admin of requests for focal points: the list, and the pages that approve or refuse a request."""

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from delegations.core.admin.moment_format import moment
from delegations.core.admin.reason_page import ask_reason
from delegations.focal_points.models import FocalPointRequest, RequestState
from delegations.focal_points.services import requests
from delegations.focal_points.services.focal_points import ActingRefused
from delegations.members.services import duplicates
from delegations.members.services.duplicates import DuplicateHit
from delegations.members.services.people import PossibleDuplicate
from delegations.parties.selectors import party_names
from summit.admin_base.menu_places import MenuGroup
from summit.admin_base.messages import written
from summit.admin_base.model_admin import ReadOnlyAdmin
from summit.admin_base.model_pages import model_page
from summit.admin_base.row_keys import key_of
from summit.admin_base.row_sources import RowSource
from summit.audit import access_log
from summit.people.models import Person
from summit.permissions.rules import allows
from summit.users.models import User

SIGNS = {
    RequestState.OPEN: "wait",
    RequestState.APPROVED: "good",
    RequestState.REFUSED: "bad",
    RequestState.WITHDRAWN: "off",
}
FIELDS: list[Any] = [
    "party", "name", "office", "email", "language_name", "instead_of", "asked", "asked_by", "state_word", "decided",
    "decided_by", "reason", "person",
]  # fmt: skip


@admin.register(FocalPointRequest)
class FocalPointRequestAdmin(ReadOnlyAdmin):
    """The read-only admin of requests for focal points."""

    place = 1
    menu_group = MenuGroup.DECISIONS
    summit_path = "party__summit"
    list_display = ["name_of", "party", "beside", "state_word", "asked"]
    phone_columns = ("party", "state_word")
    row_source = RowSource(_("Focal points submit requests in the portal."))
    list_filter = ["party__summit", "state"]
    list_select_related = ["party__summit", "instead_of"]
    search_fields = ["party__name", "name", "office", "email"]
    fields = FIELDS
    readonly_fields = FIELDS
    page_shows = ("name", "office", "email", "asked_by", "instead_of", "person", "reason")
    list_shows = ("name",)
    change_form_template = "admin/delegations/focalpointrequest/change_form.html"
    nothing_yet = _("No requests for a new focal point yet. Focal points make requests in the portal.")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Return the requests, joined with everything that a row shows."""
        rows = super().get_queryset(request)
        return rows.select_related("party__summit", "instead_of", "person", "decided_by")

    def people_on_page(self, row: Any) -> list[str]:
        """Return the public ids of the people on the page who are entered in the summit: the new and the replaced
        focal point."""
        return [person.public_id for person in (row.person, row.instead_of) if person is not None]

    @written
    @admin.display(description=_("name"), ordering="name")
    def name_of(self, row: FocalPointRequest) -> str:
        """Return the name of the requested person."""
        return row.name

    @admin.display(description=_("language"))
    def language_name(self, row: FocalPointRequest) -> SafeString:
        """Return the name of the language in which the person gets messages. The name is written in that language."""
        return format_html('<bdi lang="{}">{}</bdi>', row.language, dict(settings.LANGUAGES).get(row.language, "–"))

    @admin.display(description=_("replaces"))
    def beside(self, row: FocalPointRequest) -> str:
        """Return the name of the focal point who is to be replaced, or "beside the others" if nobody is."""
        return row.instead_of.label if row.instead_of else gettext("in addition")

    @admin.display(description=_("state"), ordering="state")
    def state_word(self, row: FocalPointRequest) -> SafeString:
        """Return the request's state, marked up with its colour."""
        sign = SIGNS[RequestState(row.state)]
        return format_html('<span class="state" data-state="{}">{}</span>', sign, row.get_state_display())

    @admin.display(description=_("requested on"), ordering="asked_at")
    def asked(self, row: FocalPointRequest) -> str:
        """Return when the request was made."""
        return moment(row.asked_at, row.party.summit)

    @admin.display(description=_("decided on"), ordering="decided_at")
    def decided(self, row: FocalPointRequest) -> str:
        """Return when the request was decided, or a dash."""
        return moment(row.decided_at, row.party.summit)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show a request with the buttons that its state and the user's permissions allow."""
        row = self.admit(request, "view", object_id)
        may_decide = allows(request.user, requests.DECIDE, row.party.summit)
        extra = {"can_decide": may_decide and row.state == RequestState.OPEN, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, extra)

    @model_page("<int:pk>/approve/", "approve", do=requests.DECIDE)
    def approve_view(self, request: HttpRequest, row: FocalPointRequest) -> HttpResponse:
        """Show on GET what approval means, and the people already entered who may be the requested person. On POST,
        approve the request."""
        assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
        values = {"name": row.name, "email": row.email}
        hits, error = duplicates.find_duplicates(summit=row.party.summit, values=values), ""
        if request.method == "POST":
            key = key_of(request.POST.get("known", ""))
            known = next((hit.person for hit in hits if hit.person.pk == key), None)
            # `another` only counts if the user has chosen "somebody else". Choosing nothing isn't enough.
            another = request.POST.getlist("another") if request.POST.get("known") == "new" else []
            try:
                requests.approve(request=row, by=request.user, known=known, another=another)
            except PossibleDuplicate as seems:
                hits, error = seems.hits, gettext("Choose a person.")
            except ActingRefused as refused:
                error = str(refused)
            except ValidationError as problem:
                error = " ".join(problem.messages)
            else:
                message = gettext("%(person)s now acts for %(party)s. We have emailed them how to open the portal.")
                messages.success(
                    request, message % {"person": row.name, "party": party_names.to_reader(row.party).name}
                )
                return redirect("admin:delegations_focalpointrequest_change", row.pk)
        return self._asks(request, row, hits, error)

    def _asks(
        self, request: HttpRequest, row: FocalPointRequest, hits: list[DuplicateHit], error: str
    ) -> HttpResponse:
        assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
        people: list[Person] = [hit.person for hit in hits]
        access_log.record_page(
            by=request.user,
            target=row,
            summit=row.party.summit,
            fields=self.page_shows,
            people=lambda: [person.public_id for person in people],
        )
        party_names.call([row.party])
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Approve %(person)s as a focal point") % {"person": row.name},
            "row": row,
            "hits": hits,
            "error": error,
            "chosen": request.POST.get("known", ""),
            "back": reverse("admin:delegations_focalpointrequest_change", args=[row.pk]),
        }
        template = "admin/delegations/focal_points/approve.html"
        return TemplateResponse(request, template, context, status=422 if error else 200)

    @model_page("<int:pk>/refuse/", "refuse", do=requests.DECIDE)
    def refuse_view(self, request: HttpRequest, row: FocalPointRequest) -> HttpResponse:
        """Ask on GET for the reason; on POST, refuse the request."""
        assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
        by = request.user
        return ask_reason(
            request,
            self.admin_site,
            title=gettext("Refuse %(person)s as a focal point") % {"person": row.name},
            sentence=gettext(
                "The person who asked is notified and sees the reason in the portal. They can make another request."
            ),
            button=gettext("Refuse the request"),
            done=gettext("Request refused."),
            back=reverse("admin:delegations_focalpointrequest_change", args=[row.pk]),
            decide=lambda reason: requests.refuse(request=row, reason=reason, by=by),
            problems=(requests.FocalProblem, ActingRefused),
            longest=requests.REASON_LENGTH,
        )
