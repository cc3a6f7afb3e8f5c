"""The admin of a summit's categories of people."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from delegations.core.admin.moment_format import moment
from delegations.core.admin.service_row_admin import ServiceRowAdmin, order_of
from delegations.members.models.categories import COLOURS, Capacity, Category
from delegations.members.services import categories
from summit.admin_base.menu_places import MenuGroup
from summit.admin_base.messages import written
from summit.admin_base.summit_pages import summit_page
from summit.admin_base.summit_scope import chosen_summit, summits_of
from summit.admin_base.translated_names import NAMES, NamedForm, with_names
from summit.admin_base.widgets import Colour
from summit.core.punctuation import comma
from summit.summits.models import Summit
from summit.users.models import User


class CategoryForm(NamedForm):
    """A form for a category, with its name in each language of the interface."""

    class Meta:
        model = Category
        fields = ("summit", *categories.FIELDS, "zones")
        widgets = {"zones": forms.CheckboxSelectMultiple, "colour": Colour}

    said_at = {"category_confirmed_after_named": "confirm_by", "category_code_once": "code"}

    @property
    def usual_colour(self) -> str:
        """The colour that stands for no choice: that of the capacity, which a new category doesn't have yet."""
        return COLOURS[self.instance.capacity or Capacity.DELEGATE]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields.get("colour")
        if field is None:
            return
        # The browser's control is never empty: it shows the usual colour, and leaving it stores none.
        self.initial["colour"] = self.instance.colour or self.usual_colour
        field.help_text = (
            _("The usual colour is %(colour)s.") % {"colour": self.usual_colour}
            if self.instance.pk
            else _("Leave unchanged for the usual colour of the capacity.")
        )

    def clean_colour(self) -> str:
        """Return the colour that was chosen, or "" for the usual one."""
        colour: str = self.cleaned_data["colour"]
        return "" if colour.lower() == self.usual_colour else colour

    def clean(self) -> dict[str, Any]:
        """Collect the names by language, and add an error to each field with a value that can't be stored."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if (names := self.names_of(cleaned)) is not None:
            cleaned["names"] = names
        summit = cleaned.get("summit") or getattr(self.instance, "summit", None)
        if summit is not None and any(zone.summit_id != summit.pk for zone in cleaned.get("zones", ())):
            self.add_error("zones", _("One of these zones belongs to another summit. Choose zones of this summit."))
        if self.instance.pk:
            for name, message in categories.problems(self.instance, cleaned).items():
                self.add_error(name if name in self.fields else None, message)
        return cleaned


@admin.register(Category)
class CategoryAdmin(ServiceRowAdmin):
    """The admin of a summit's categories, with their quotas, deadlines and zones."""

    place = 1
    menu_group = MenuGroup.PARTICIPATION
    form = with_names(CategoryForm, 120)
    services = categories
    called = "category"
    order_page = "admin:delegations_categories_order"
    permissions = {"delete": categories.CHANGE}
    list_display = ["name_word", "summit", "quota_word", "named_word", "until", "vetted_word"]
    list_display += ["counts_word", "opens", "offered_word"]
    list_filter = ["summit", "offered", "vetted", "counts"]
    list_select_related = ["summit"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Return the categories with their zones, annotated with how many members each has."""
        rows: models.QuerySet[Any] = categories.with_numbers(super().get_queryset(request))
        return rows.prefetch_related("zones")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the list of categories, after adding the usual ones that the chosen summit doesn't have yet."""
        summit = chosen_summit(request, summits_of(request))
        if summit is not None and self.has_module_permission(request):
            categories.of(summit)
        return super().changelist_view(request, extra_context)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return the fields in groups.

        For users who can't set quotas, a description says who can, and a new category has no quota field.
        """
        quota = ["quota", "counts", "offered"]
        description = ""
        if not categories.can_set_quota(request.user, getattr(obj, "summit", None)):
            quota = quota if obj else quota[1:]
            description = _("Organisers set the quota. Until they do, a new category accepts no people.")
        return [
            (None, {"fields": ["summit", "code" if obj is None else "short_code", "capacity", *NAMES.values()]}),
            (_("Numbers"), {"fields": quota, "description": description}),
            (_("Deadlines"), {"fields": ["name_by", "confirm_by"]}),
            (_("Access"), {"fields": ["vetted", "zones", "colour"]}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Return the fields of a stored category that can't be changed: its code and its capacity.

        The quota is among them for users who can't set quotas. In a new category, all fields can be set.
        """
        if obj is None:
            return []
        read_only = [*super().get_readonly_fields(request, obj), "short_code", "capacity"]
        if not categories.can_set_quota(request.user, obj.summit):
            read_only.append("quota")
        return read_only

    def values_of(self, form: Any, *, change: bool) -> dict[str, Any]:
        """Return the form's values, with the category's names as a dict by language.

        If the user can't set quotas, the quota of a new category is 0.
        """
        values = super().values_of(form, change=change)
        if "names" in form.cleaned_data:
            values["names"] = form.cleaned_data["names"]
        if not change and "quota" not in form.fields:
            values["quota"] = 0
        return values

    @written
    @admin.display(description=gettext_lazy("short code"))
    def short_code(self, row: Category) -> str:
        """Show the category's code, by which import files name the category."""
        return row.code

    @admin.display(description=gettext_lazy("category"), ordering="position")
    def name_word(self, row: Category) -> SafeString | str:
        """Show the category's name, and after it the capacity's name if the two differ."""
        capacity = str(row.get_capacity_display())
        if row.name == capacity:
            return row.name
        return format_html('{} <span class="muted">{}</span>', row.name, capacity)

    @admin.display(description=gettext_lazy("quota"), ordering="quota")
    def quota_word(self, row: Category) -> str:
        """Show how many people each party may name in the category, or “no limit”."""
        return _("no limit") if row.quota is None else str(row.quota)

    @admin.display(description=pgettext_lazy("people", "named"), ordering="named")
    def named_word(self, row: Any) -> SafeString | str:
        """Show how many people are named in the category, as a link to them."""
        if not row.named:
            return "0"
        query = urlencode({"summit__id__exact": row.summit_id, "category": row.pk})
        return format_html('<a href="{}?{}">{}</a>', reverse("admin:summit_person_changelist"), query, row.named)

    @admin.display(description=gettext_lazy("deadlines"), ordering="name_by")
    def until(self, row: Category) -> SafeString | str:
        """Show the category's own deadlines, or “as for all” if the deadlines of the policy apply."""
        if row.name_by is None and row.confirm_by is None:
            return _("same as all")
        name_by, confirm_by = moment(row.name_by, row.summit), moment(row.confirm_by, row.summit)
        return format_html("{} {}<br>{} {}", _("named by:"), name_by, _("confirmed by:"), confirm_by)

    @admin.display(description=gettext_lazy("vetted"), ordering="vetted", boolean=True)
    def vetted_word(self, row: Category) -> bool:
        """Show whether people in the category are vetted."""
        return row.vetted

    @admin.display(description=gettext_lazy("counts towards the total"), ordering="counts", boolean=True)
    def counts_word(self, row: Category) -> bool:
        """Show whether people in the category count towards a party's total."""
        return row.counts

    @admin.display(description=gettext_lazy("offered"), ordering="offered", boolean=True)
    def offered_word(self, row: Category) -> bool:
        """Show whether focal points can name people in the category."""
        return row.offered

    @admin.display(description=gettext_lazy("zones"))
    def opens(self, row: Category) -> str:
        """Show the zones that the category opens."""
        return comma().join(zone.code for zone in row.zones.all()) or "–"


@summit_page(
    "delegations/categories/<slug:slug>/order/",
    "delegations_categories_order",
    do="delegations.category.view",
    post="delegations.category.change",
)
def order_page(request: HttpRequest, summit: Summit, user: User) -> HttpResponse:
    """Show the order of a summit's categories; a POST stores a new order."""
    return order_of(
        request,
        summit,
        model=Category,
        rows=categories.of(summit),
        title=_("Order of categories"),
        store=categories.arrange,
    )
