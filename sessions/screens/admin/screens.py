"""Screens in the admin: what each shows to whom, its address, and whether it is connected."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.forms import RadioSelect
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from sessions.screens.models import Screen
from sessions.screens.services import screens
from sessions.visibility.models import Visibility
from summit.admin_base.menu_places import MenuGroup
from summit.admin_base.model_admin import SUMMIT_PATHS
from summit.admin_base.model_pages import model_page
from summit.admin_base.service_admin import ServiceAdmin, Values, user_of
from summit.core.punctuation import pair
from summit.permissions.rules import allows
from summit.templatetags.moments import short_clock
from summit.users.models import User

SUMMIT_PATHS.update({Screen: "summit"})
# What each audience reads on a screen, in the order of how much it is.
AUDIENCES = {
    Visibility.PUBLIC: gettext_lazy("sessions of the public agenda, such as “Opening plenary”"),
    Visibility.ACCREDITED: gettext_lazy("also what all delegations see, such as “Reception for delegations”"),
    Visibility.PARTICIPANTS: gettext_lazy(
        "also closed meetings with their titles, such as “France and Japan”. For a door, so that those who come to "
        "the room find their meeting"
    ),
    Visibility.ORGANISERS: gettext_lazy("every released session. Only for the organisers’ own rooms"),
}


@admin.register(Screen)
class ScreenAdmin(ServiceAdmin):
    """Screens of a summit. The address of a screen is shown only once, when it is created."""

    place = 6
    menu_group = MenuGroup.MORE
    permissions: ClassVar[dict[str, str]] = {"delete": screens.CHANGE}
    kept = ("name", "room", "audience", "unreadable", "language")
    fields = ("summit", *kept)
    list_display = ("name", "shows", "audience", "standing", "seen", "summit")
    phone_columns = ("name", "standing")
    list_filter = ("summit", "audience")
    list_select_related = ("summit", "room__venue")
    search_fields = ("name", "room__name")
    change_form_template = "admin/agenda/screen/change_form.html"
    nothing_yet = gettext_lazy("No screens yet. Add one for the foyer or a door, then open its address there.")

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Return the form field. Each audience is a radio button that says what the screen shows it."""
        if db_field.name == "audience":
            kwargs["widget"] = RadioSelect()
            kwargs["choices"] = [(value, pair(Visibility(value).label, what)) for value, what in AUDIENCES.items()]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Return the summit as a read-only field of an existing screen."""
        return ["summit"] if obj else []

    @admin.display(description=pgettext_lazy("screen", "shows"), ordering="room__name")
    def shows(self, row: Screen) -> SafeString | str:
        """Return the room of a screen at a door, or that it shows all rooms."""
        return format_html('<bdi lang="">{}</bdi>', row.room.name) if row.room is not None else _("all rooms")

    @admin.display(description=gettext_lazy("state"), ordering="digest")
    def standing(self, row: Screen) -> SafeString:
        """Return whether the screen has an address, as a label."""
        sign, label = ("good", _("on")) if row.digest else ("off", _("off"))
        return format_html('<span class="state" data-state="{}">{}</span>', sign, label)

    @admin.display(description=gettext_lazy("last connected"), ordering="seen_at")
    def seen(self, row: Screen) -> str:
        """Return when the screen last asked for its content."""
        return short_clock(row.seen_at, row.summit) if row.seen_at else "–"

    def create(self, *, by: User, row: Screen, values: Values) -> Screen:
        """Add the screen."""
        return screens.create(by=by, summit=row.summit, values=values)

    def change(self, *, by: User, row: Screen, values: Values) -> Screen:
        """Change what the screen shows."""
        return screens.change(by=by, screen=row, values=values)

    def remove(self, *, by: User, row: Screen) -> None:
        """Delete the screen; its address stops working."""
        screens.remove(by=by, screen=row)

    def response_post_save_add(self, request: HttpRequest, obj: Screen) -> HttpResponseRedirect:
        """Redirect to the new screen's page, where its address is created next."""
        return HttpResponseRedirect(reverse("admin:agenda_screen_change", args=[obj.pk]))

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """Add to the context whether the user may create and take back the address."""
        row = kwargs.get("obj")
        if isinstance(row, Screen):
            context["may_change"] = allows(request.user, screens.CHANGE, row.summit)
        return super().render_change_form(request, context, *args, **kwargs)

    @model_page("<int:pk>/address/", "address", "POST", do=screens.CHANGE)
    def address_view(self, request: HttpRequest, row: Screen) -> HttpResponse:
        """Give a screen a new address and show it. It can't be shown again."""
        context = {
            **self.admin_site.each_context(request),
            "title": _("Address of the screen"),
            "opts": self.opts,
            "original": row,
            "summit": row.summit,
            "address": screens.new_address(by=user_of(request), screen=row),
        }
        page = TemplateResponse(request, "admin/agenda/screen/address.html", context)
        add_never_cache_headers(page)
        return page

    @model_page("<int:pk>/turn-off/", "turn_off", "POST", do=screens.CHANGE)
    def turn_off_view(self, request: HttpRequest, row: Screen) -> HttpResponse:
        """Take a screen's address back, and redirect to the screen's page."""
        try:
            screens.turn_off(by=user_of(request), screen=row)
        except screens.ScreenOff as refused:
            messages.warning(request, str(refused))
        else:
            messages.success(request, _("Screen turned off. It shows nothing of the agenda from now on."))
        return redirect("admin:agenda_screen_change", row.pk)
