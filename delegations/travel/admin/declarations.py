"""The admin of declarations and of their kinds, for the desk that vets people."""

from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from delegations.core.admin.confirmation_page import RowName, confirm
from delegations.core.admin.moment_format import moment
from delegations.core.admin.reason_page import ask_reason
from delegations.parties.admin.party_column import PartyColumn
from delegations.parties.selectors import party_names
from delegations.travel.models.declarations import Declaration, DeclarationKind, DeclarationState
from delegations.travel.permissions import can_decide_declarations, check_can_decide_declarations
from delegations.travel.services import declaration_kinds, declarations
from summit.admin_base import selections
from summit.admin_base.menu_places import MenuGroup, MenuPlace
from summit.admin_base.messages import written
from summit.admin_base.model_admin import ReadOnlyAdmin
from summit.admin_base.model_pages import model_page
from summit.admin_base.row_sources import RowSource
from summit.admin_base.service_admin import ServiceAdmin, Values
from summit.admin_base.translated_names import NAMES, NamedForm, with_names
from summit.audit import access_log
from summit.core.punctuation import pair
from summit.permissions.rules import allows
from summit.users.models import User

FIELDS: list[Any] = [
    "person",
    "party_name",
    "kind",
    "details",
    "state_word",
    "declared",
    "decided",
    "decided_by",
    "reason",
]
SIGNS = {DeclarationState.DECLARED: "wait", DeclarationState.PERMITTED: "good", DeclarationState.REFUSED: "bad"}


class KindForm(NamedForm):
    """A form for a kind of declaration, with its name in each language of letters."""

    class Meta:
        model = DeclarationKind
        fields = ("summit", "name", "asks", "permit", "until", "position")

    def clean(self) -> dict[str, Any]:
        """Collect the names by language on the instance, and return the cleaned data."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self.instance.names = self.names_of(cleaned) or {}
        return cleaned


@admin.register(DeclarationKind)
class DeclarationKindAdmin(ServiceAdmin):
    """The admin of kinds of declaration."""

    place = 5
    menu_group = MenuGroup.PARTICIPATION
    form = with_names(KindForm, 120)
    kept = declaration_kinds.FIELDS
    list_display = ["name", "summit", "permit", "until", "position"]
    list_filter = ["summit"]
    search_fields = ["name"]
    nothing_yet = _(
        "No declaration types yet. Add items the host wants declared, such as weapons, radios or medicines."
    )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Return the fields, with the names in other languages after the name."""
        return ["summit", "name", *NAMES.values(), "asks", "permit", "until", "position"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Return the summit as read-only for a stored kind."""
        return ["summit"] if obj else []

    def create(self, *, by: User, row: DeclarationKind, values: Values) -> DeclarationKind:
        """Add the kind."""
        return declaration_kinds.create(by=by, summit=row.summit, values=values)

    def change(self, *, by: User, row: DeclarationKind, values: Values) -> DeclarationKind:
        """Change the kind."""
        return declaration_kinds.change(by=by, kind=row, values=values)


@admin.register(Declaration)
class DeclarationAdmin(PartyColumn, ReadOnlyAdmin):
    """The read-only admin of declarations, with pages that permit and refuse them."""

    place = 5
    menu_place = MenuPlace.ACCREDITATION
    summit_path = "party__summit"
    list_display = ["person", "party_name", "kind", "state_word", "declared"]
    phone_columns = ("party_name", "state_word")
    row_source = RowSource(_("Focal points submit declarations in the portal."))
    list_filter = ["party__summit", "state", "kind__permit", "kind"]
    list_select_related = ["party__summit", "person", "kind"]
    search_fields = ["party__name", "person__name", "person__office"]
    fields = FIELDS
    readonly_fields = FIELDS
    actions = ["permit"]
    of_person = "person"
    page_shows = ("details", "reason")
    list_shows = ("kind",)
    change_form_template = "admin/delegations/declaration/change_form.html"
    nothing_yet = _("No declarations yet. Focal points make declarations in the portal.")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Return declarations with their party, person and kind, and the user who decided."""
        return super().get_queryset(request).select_related("party__summit", "person", "kind", "decided_by")

    def has_permit_permission(self, request: HttpRequest) -> bool:
        """Return whether the user may decide on declarations in any summit."""
        return allows(request.user, "delegations.decide_declaration", None)

    @admin.display(description=_("state"), ordering="state")
    def state_word(self, row: Declaration) -> SafeString:
        """Show the state of the declaration. One that needs no permit isn't shown as waiting."""
        waits = row.state == DeclarationState.DECLARED and not row.kind.permit
        sign = "off" if waits else SIGNS[DeclarationState(row.state)]
        return format_html('<span class="state" data-state="{}">{}</span>', sign, row.get_state_display())

    @admin.display(description=pgettext_lazy("declaration", "declared on"), ordering="declared_at")
    def declared(self, row: Declaration) -> str:
        """Show when the declaration was made."""
        return moment(row.declared_at, row.party.summit)

    @admin.display(description=_("decided on"), ordering="decided_at")
    def decided(self, row: Declaration) -> str:
        """Show when the declaration was permitted or refused."""
        return moment(row.decided_at, row.party.summit)

    @written
    @admin.display(description=_("item"))
    def details(self, row: Declaration) -> str:
        """Show the text of the declaration."""
        found: str = row.details
        return found

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show a declaration. Users who may decide also get buttons for the decisions that are possible now."""
        row = self.admit(request, "view", object_id)
        may = can_decide_declarations(request.user, row.party.summit)
        following = declarations.TRANSITIONS[row.state]
        context = {
            "can_permit": may and DeclarationState.PERMITTED in following,
            "can_refuse": may and DeclarationState.REFUSED in following,
            **(extra_context or {}),
        }
        return super().change_view(request, object_id, form_url, context)

    @admin.action(description=_("Permit the selected declarations"), permissions=["permit"])
    def permit(self, request: HttpRequest, queryset: models.QuerySet[Declaration]) -> HttpResponse:
        """Show the page that asks for confirmation before the chosen declarations are permitted."""
        return self._ask(request, self._open(queryset))

    def _open(self, rows: models.QuerySet[Declaration]) -> list[Declaration]:
        return list(rows.exclude(state=DeclarationState.PERMITTED).select_related("party__summit", "person", "kind"))

    @model_page("permit/", "permit", do="delegations.decide_declaration")
    def permit_view(self, request: HttpRequest) -> HttpResponse:
        """Ask for confirmation for the declarations in `?row=`; a POST permits them."""
        assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
        rows = self._open(self.get_queryset(request).filter(pk__in=selections.chosen_keys(request)))
        if request.method != "POST":
            return self._ask(request, rows)
        permitted = 0
        for row in rows:
            try:
                declarations.permit(declaration=row, by=request.user)
            except declarations.DeclarationRefused as refused:
                messages.warning(request, pair(row, refused))
            else:
                permitted += 1
        message = ngettext("%(n)d declaration permitted.", "%(n)d declarations permitted.", permitted)
        messages.success(request, message % {"n": permitted})
        return redirect("admin:delegations_declaration_changelist")

    def _ask(self, request: HttpRequest, rows: list[Declaration]) -> HttpResponse:
        for row in rows:
            check_can_decide_declarations(request.user, row.party.summit)
        assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
        keys = [(row.party.summit_id, row.public_id) for row in rows]
        people = self.people_in_list(rows)
        access_log.record_list(
            by=request.user, label=self.permission, rows=keys, fields=self.list_shows, people=people
        )
        names = party_names.to_readers(row.party_id for row in rows)
        title = ngettext("Permit %(n)d declaration", "Permit %(n)d declarations", len(rows)) % {"n": len(rows)}
        return confirm(
            request,
            self.admin_site,
            title=title,
            sentence=gettext("The person can bring the item as declared. The delegation is notified."),
            button=title,
            action=reverse("admin:delegations_declaration_permit"),
            back=reverse("admin:delegations_declaration_changelist"),
            rows=rows,
            names=[RowName(pair(row.person.label, row.kind), names[row.party_id]) for row in rows],
            nothing=gettext(
                "None of the selected declarations can be permitted. They have already been permitted or withdrawn."
            ),
            danger=False,
        )

    @model_page("<int:pk>/refuse/", "refuse", do="delegations.decide_declaration")
    def refuse_view(self, request: HttpRequest, row: Declaration) -> HttpResponse:
        """Ask for the reason of a refusal; a POST refuses the declaration with it."""
        user = request.user
        assert isinstance(user, User)  # noqa: S101 - the admin has signed them in
        return ask_reason(
            request,
            self.admin_site,
            title=gettext("Refuse the declaration of %(person)s") % {"person": row.person.label},
            sentence=gettext("They will not be allowed to bring it: %(kind)s.") % {"kind": row.kind},
            button=gettext("Refuse declaration"),
            back=reverse("admin:delegations_declaration_change", args=[row.pk]),
            done=gettext("Declaration refused."),
            decide=lambda reason: declarations.refuse(declaration=row, reason=reason, by=user),
            problems=(declarations.DeclarationProblem, declarations.DeclarationRefused),
            longest=declarations.REASON_LENGTH,
        )
