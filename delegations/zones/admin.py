"""The admin of a venue's zones."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.core.admin.service_row_admin import ServiceRowAdmin, order_of
from delegations.zones import services as zone_services
from delegations.zones.models import Zone
from summit.admin_base.forms import SentencesForm
from summit.admin_base.menu_places import MenuGroup
from summit.admin_base.summit_pages import summit_page
from summit.core.punctuation import comma
from summit.summits.models import Room, Summit
from summit.templatetags.text_direction import own
from summit.users.models import User


class ZoneForm(SentencesForm):
    """A form for a zone, with the rooms that lie in it."""

    class Meta:
        model = Zone
        fields = ("summit", *zone_services.FIELDS, "rooms")
        widgets = {"rooms": forms.CheckboxSelectMultiple}

    said_at = {"zone_code_once": "code"}

    def clean(self) -> dict[str, Any]:
        """Return the cleaned data, with an error on `rooms` if one of them belongs to another summit."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        summit = cleaned.get("summit") or getattr(self.instance, "summit", None)
        if summit is not None and any(room.summit_id != summit.pk for room in cleaned.get("rooms", ())):
            self.add_error("rooms", _("One of these rooms belongs to another summit. Choose rooms of this summit."))
        return cleaned


@admin.register(Zone)
class ZoneAdmin(ServiceRowAdmin):
    """The admin of zones."""

    place = 3
    menu_group = MenuGroup.PARTICIPATION
    form = ZoneForm
    services = zone_services
    called = "zone"
    order_page = "admin:delegations_zones_order"
    permissions = {"delete": zone_services.CHANGE}
    list_display = ["code", "name", "room_names", "summit"]
    list_filter = ["summit"]
    list_select_related = ["summit"]
    search_fields = ["code", "name"]
    fields = ["summit", *zone_services.FIELDS, "rooms"]
    nothing_to_choose = gettext_lazy("No rooms yet.")
    nothing_yet = gettext_lazy("No zones yet. Add the parts of the venue that badges open.")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Return the zones with their rooms."""
        rows: models.QuerySet[Any] = super().get_queryset(request)
        return rows.prefetch_related("rooms")

    def choices_of(self, db_field: Any, summit: Summit | None) -> models.QuerySet[Any]:
        """Return the rooms of the summit."""
        return Room.objects.filter(venue__summit=summit).select_related("venue")

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Return the form field of the rooms, with their names as names: they are in the summit's language."""
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        if field is not None:
            field.label_from_instance = lambda room: own(room, "")
        return field

    @admin.display(description=gettext_lazy("rooms"))
    def room_names(self, row: Zone) -> str:
        """Show the rooms that lie in the zone."""
        return comma().join(room.name for room in row.rooms.all()) or "–"


@summit_page(
    "delegations/zones/<slug:slug>/order/",
    "delegations_zones_order",
    do="delegations.zone.view",
    post="delegations.zone.change",
)
def order_page(request: HttpRequest, summit: Summit, user: User) -> HttpResponse:
    """Show the order of a summit's zones; a POST stores a new order."""
    return order_of(
        request,
        summit,
        model=Zone,
        rows=list(Zone.objects.filter(summit=summit)),
        title=_("Order of zones"),
        store=zone_services.arrange,
    )
