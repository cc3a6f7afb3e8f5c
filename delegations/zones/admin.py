"""The admin of a venue's zones."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.core.admin.service_row_admin import ServiceRowAdmin, order_of
from delegations.zones import services as zone_services
from delegations.zones.models import Zone
from summit.admin_base.forms import SentencesForm
from summit.admin_base.menu_places import MenuGroup
from summit.admin_base.summit_pages import summit_page
from summit.summits.models import Summit
from summit.users.models import User


class ZoneForm(SentencesForm):
    """A form for a zone."""

    class Meta:
        model = Zone
        fields = ("summit", *zone_services.FIELDS)

    said_at = {"zone_code_once": "code"}


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
    list_display = ["code", "name", "summit"]
    list_filter = ["summit"]
    list_select_related = ["summit"]
    search_fields = ["code", "name"]
    fields = ["summit", *zone_services.FIELDS]
    nothing_yet = gettext_lazy("No zones yet. Add the parts of the venue that badges open.")


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
