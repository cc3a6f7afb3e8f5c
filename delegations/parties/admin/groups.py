"""The admin of a summit's own groups of parties."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.db.models import Count
from django.http import HttpRequest
from django.utils.translation import get_language, gettext_lazy

from delegations.core.admin.service_row_admin import ServiceRowAdmin
from delegations.parties.admin.party_choices import name_choices
from delegations.parties.models.groups import PartyGroup
from delegations.parties.models.parties import Party
from delegations.parties.selectors import party_names
from delegations.parties.services import groups
from summit.admin_base.forms import SentencesForm
from summit.admin_base.menu import MenuGroup


class PartyGroupForm(SentencesForm):
    """A form for a group of parties."""

    class Meta:
        model = PartyGroup
        fields = ("summit", *groups.FIELDS, "parties")
        widgets = {"parties": forms.CheckboxSelectMultiple}

    said_at = {"party_group_name_once": "name"}


@admin.register(PartyGroup)
class PartyGroupAdmin(ServiceRowAdmin):
    """The admin of groups of parties that a summit defines itself."""

    place = 7
    menu_group = MenuGroup.PARTICIPATION
    form = PartyGroupForm
    services = groups
    called = "group"
    permissions = {"delete": groups.CHANGE}
    list_display = ["name", "summit", "number"]
    list_filter = ["summit"]
    list_select_related = ["summit"]
    search_fields = ["name"]
    fields = ["summit", *groups.FIELDS, "parties"]
    nothing_yet = gettext_lazy(
        "No groups yet. Continents, UN regional groups, the EU and the G20 already exist. Add any others your "
        "summit needs."
    )

    nothing_to_choose = gettext_lazy("No delegations yet.")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Return the groups, annotated with the number of their parties (`members`)."""
        queryset: models.QuerySet[Any] = super().get_queryset(request).annotate(members=Count("parties"))
        return queryset

    def choices_of(self, db_field: Any, summit: Any) -> models.QuerySet[Any]:
        """Return the summit's parties, in the alphabetical order of the user's language."""
        return party_names.in_order(Party.objects.filter(summit=summit), get_language() or "")

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Return the form field, with the parties' names in the user's language."""
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        summit = self._worked_for(request)
        if field is not None and summit is not None:
            name_choices(field, summit)
        return field

    @admin.display(description=gettext_lazy("delegations"), ordering="members")
    def number(self, row: Any) -> int:
        """Show how many parties the group has."""
        found: int = row.members
        return found
