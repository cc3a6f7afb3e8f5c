"""People, accounts and roles in the admin."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from summit.desk.base import SummitModelAdmin
from summit.models import Person, RoleAssignment, User
from summit.permissions import summits_for


@admin.register(Person)
class PersonAdmin(SummitModelAdmin):
    """People."""

    list_display = ["label", "email", "summit"]
    list_filter = ["summit"]
    search_fields = ["name", "office", "email"]
    raw_id_fields = ["user"]


@admin.register(RoleAssignment)
class RoleAssignmentAdmin(SummitModelAdmin):
    """Roles."""

    list_display = ["user", "role", "summit"]
    list_filter = ["summit", "role"]
    search_fields = ["user__email", "user__name"]
    autocomplete_fields = ["user"]

    # Roles are taken away by whoever gives them.
    deeds = {"delete": "summit.roleassignment.change"}


@admin.register(User)
class UserAdmin(SummitModelAdmin):
    """Accounts, to choose from: read only here."""

    summit_path = None
    list_display = ["email", "name", "is_active", "last_login"]
    search_fields = ["email", "name"]
    fields = ["email", "name", "language", "is_active", "last_login", "date_joined"]
    readonly_fields = ["last_login", "date_joined"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Return the accounts that have to do with the reader's summits."""
        rows = super().get_queryset(request)
        mine = summits_for(request.user, "summit.user.view")
        if mine is None:
            return rows
        return rows.filter(models.Q(roles__summit__in=mine) | models.Q(people__summit__in=mine)).distinct()
