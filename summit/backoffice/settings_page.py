"""The page of the settings: what is set up once, away from the daily work."""

from django.contrib.admin.sites import site
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from summit.admin_base.menu_places import MenuGroup, MenuPlace
from summit.admin_base.pages import desk_page
from summit.admin_base.visible_menu_entries import entries_of


@desk_page("settings/", "settings")
def settings_page(request: HttpRequest) -> HttpResponse:
    """Show the lists and pages of the settings that the user may see, by group."""
    context = site.each_context(request)
    entries = entries_of(request, context["available_apps"], context["desk_summit"])
    groups = [
        (group.label, [entry for entry in entries if entry.group == group])
        for group in MenuGroup
        if group.of_settings and any(entry.group == group for entry in entries)
    ]
    context |= {
        "title": MenuPlace.SETTINGS.label,
        "groups": groups,
        "nothing": _("You have no access to any settings."),
    }
    return TemplateResponse(request, "admin/backoffice/settings.html", context)
