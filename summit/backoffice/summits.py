"""The admin of summits, venues and rooms."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from summit.admin_base.menu_places import MenuGroup
from summit.admin_base.model_admin import SUMMIT_PATHS, SummitInline
from summit.admin_base.service_admin import ServiceAdmin, Values, save_rows, user_of
from summit.admin_base.summit_pages import places_of
from summit.admin_base.widgets import Colour
from summit.backoffice.forms import DIRECTIONS, SummitForm, room_form
from summit.backoffice.summit_names import FIELDS, heading, with_names
from summit.core.punctuation import until
from summit.people.models import Person
from summit.summits import services as summits_services
from summit.summits.models import Room, Summit, Venue
from summit.templatetags.text_direction import own
from summit.users.models import User

SUMMIT_PATHS.update({Venue: "summit", Room: "venue__summit", Person: "summit"})


class VenueInline(SummitInline):
    """The venues on a summit's page."""

    model = Venue


class RoomInline(SummitInline):
    """The rooms on a venue's page."""

    model = Room
    summit_path = "venue__summit"
    # The directions are on the room's own page.
    fields = ("name", "capacity", "position")


@admin.register(Summit)
class SummitAdmin(ServiceAdmin):
    """The admin of summits."""

    place = 1
    menu_group = MenuGroup.SUMMIT
    form = with_names(SummitForm)
    summit_path = ""
    list_display = ["name", "slug", "starts_on", "ends_on", "public"]
    search_fields = ["name", "slug"]
    basics = [
        "name",
        "short_name",
        "host",
        "contact_email",
        "starts_on",
        "ends_on",
        "place",
        "time_zone",
        "language",
        "accent",
        "slug",
        "answer_by",
        "public",
        "public_changes",
        "agenda_readers",
        "illustrative",
    ]
    inlines = [VenueInline]
    kept = tuple(basics)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Return a form field, with a colour picker for the accent colour."""
        if db_field.name == "accent":
            kwargs["widget"] = Colour
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return the fields, with a separate group for each language other than the summit's first language.

        Users who may not change the summit get one group with all texts as one field.
        """
        fieldsets: list[Any] = [(None, {"fields": self.basics})]
        if obj is not None and not self.has_change_permission(request, obj):
            return [(None, {"fields": [*self.basics, "elsewhere"]})]
        for language, texts in FIELDS.items():
            if obj is None or language != obj.language:
                description = gettext("Empty fields use the summit’s first language.")
                fieldsets.append((heading(language), {"fields": list(texts.values()), "description": description}))
        return fieldsets

    @admin.display(description=gettext_lazy("names in other languages"))
    def elsewhere(self, row: Summit) -> SafeString:
        """Return the texts in other languages as HTML, for users who may not change them."""
        others = [language for language in sorted(row.names) if language != row.language]
        lines = ((own(text, code),) for code in others for text in row.names[code].values())
        return format_html_join("", "<p>{}</p>", lines)

    def values_of(self, form: Any, *, change: bool) -> dict[str, Any]:
        """Return the values of the form, including the texts in other languages.

        For an existing summit, return only the changed values.
        """
        values = super().values_of(form, change=change)
        renamed = form.names != form.instance.names
        return {**values, "names": form.names} if renamed or not change else values

    def create(self, *, by: User, row: Summit, values: Values) -> Summit:
        """Create the summit with all its settings."""
        return summits_services.create_summit_with_settings(by=by, values=values)

    def change(self, *, by: User, row: Summit, values: Values) -> Summit:
        """Change the settings of the summit."""
        return summits_services.change_summit(by=by, summit=row, values=values)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Save the venues in the formset."""
        by, summit = user_of(request), form.instance
        save_rows(
            formset,
            create=lambda values: summits_services.add_venue(by=by, summit=summit, values=values),
            change=lambda row, values: summits_services.change_venue(by=by, venue=row, values=values),
            remove=lambda row: summits_services.remove_venue(by=by, venue=row),
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Return the slug as a read-only field of an existing summit: letters and calendars contain it."""
        return ["slug"] if obj else []

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show a summit's page, with links to the summit's other pages."""
        row = self.admit(request, "view", object_id)
        context = {"places": places_of(request.user, row), **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    # Organisers add further summits.
    permissions = {"add": "summit.summit.add"}


@admin.register(Venue)
class VenueAdmin(ServiceAdmin):
    """The admin of venues."""

    place = 2
    menu_group = MenuGroup.SUMMIT
    list_display = ["name", "hours", "summit"]
    list_filter = ["summit"]
    fields = ["summit", "name", "address", ("opens_at", "closes_at")]
    inlines = [RoomInline]
    kept = ("name", "address", "opens_at", "closes_at")
    deleted_where = gettext_lazy("Delete venues on the page of their summit.")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Return the summit as a read-only field of an existing venue, because sessions are in its rooms."""
        return ["summit"] if obj else []

    def create(self, *, by: User, row: Venue, values: Values) -> Venue:
        """Add the venue."""
        return summits_services.add_venue(by=by, summit=row.summit, values=values)

    def change(self, *, by: User, row: Venue, values: Values) -> Venue:
        """Change the venue."""
        return summits_services.change_venue(by=by, venue=row, values=values)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Save the rooms in the formset."""
        by, venue = user_of(request), form.instance
        save_rows(
            formset,
            create=lambda values: summits_services.add_room(by=by, venue=venue, values=values),
            change=lambda row, values: summits_services.change_room(by=by, room=row, values=values),
            remove=lambda row: summits_services.remove_room(by=by, room=row),
        )

    @admin.display(description=pgettext_lazy("venue", "open"))
    def hours(self, row: Venue) -> str:
        """Return the opening hours as text, in the venue's time zone."""
        if row.opens_at is None or row.closes_at is None:
            return gettext("always")
        return f"{row.opens_at:%H:%M}{until()}{row.closes_at:%H:%M}"


@admin.register(Room)
class RoomAdmin(ServiceAdmin):
    """The admin of all rooms, to find a room and to fill the list from an import file."""

    place = 3
    menu_group = MenuGroup.SUMMIT
    summit_path = "venue__summit"
    list_display = ["name", "venue", "capacity", "position", "summit"]
    list_filter = ["venue__summit"]
    list_select_related = ["venue__summit"]
    search_fields = ["name", "venue__name"]
    fields = ["venue", "name", "capacity", "position", *DIRECTIONS.values()]
    kept = ("venue", "name", "capacity", "position", "directions")
    deleted_where = gettext_lazy("Delete rooms on the page of their venue.")
    form = room_form()

    def create(self, *, by: User, row: Room, values: Values) -> Room:
        """Add the room."""
        return summits_services.add_room(by=by, venue=row.venue, values=values)

    def change(self, *, by: User, row: Room, values: Values) -> Room:
        """Change the room."""
        return summits_services.change_room(by=by, room=row, values=values)

    @admin.display(description=pgettext_lazy("label", "summit"), ordering="venue__summit__name")
    def summit(self, row: Room) -> str:
        """Return the name of the room's summit."""
        return str(row.venue.summit)
