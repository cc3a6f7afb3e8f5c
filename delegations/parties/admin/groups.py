"""The admin of a summit's own groups of parties."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.db.models import Count
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from delegations.parties.admin.party_choices import PartyChoicesAdmin
from delegations.parties.models.groups import PartyGroup
from delegations.parties.services import groups
from summit.admin_base.forms import SentencesForm
from summit.admin_base.menu_places import MenuGroup


class PartyGroupForm(SentencesForm):
    """A form for a group of parties."""

    class Meta:
        model = PartyGroup
        fields = ("summit", *groups.FIELDS, "parties")
        widgets = {"parties": forms.CheckboxSelectMultiple}

    said_at = {"party_group_name_once": "name"}


@admin.register(PartyGroup)
class PartyGroupAdmin(PartyChoicesAdmin):
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

    @admin.display(description=gettext_lazy("delegations"), ordering="members")
    def number(self, row: Any) -> int:
        """Show how many parties the group has."""
        found: int = row.members
        return found
