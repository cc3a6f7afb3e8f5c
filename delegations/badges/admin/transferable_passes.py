"""The read-only admin of transferable passes. It shows the desk that prints badges who carries which pass."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from delegations.badges.models.transferable_passes import TransferablePass
from delegations.core.admin.moment_format import moment
from delegations.parties.admin.party_column import PartyColumn
from summit.admin_base.menu_places import MenuPlace
from summit.admin_base.messages import written
from summit.admin_base.model_admin import ReadOnlyAdmin
from summit.admin_base.row_sources import RowSource

FIELDS: list[Any] = ["rule", "party", "number", "carried_by", "handed"]


class CarriedFilter(admin.SimpleListFilter):
    """Filters passes by whether somebody carries them."""

    title = _("in use")
    parameter_name = "carried"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        """Return the choices "yes" and "no"."""
        return [("yes", _("in use")), ("no", _("not in use"))]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Return the passes that somebody carries, or the passes that nobody carries. Without a choice, return all
        passes."""
        if self.value() not in ("yes", "no"):
            return queryset
        return queryset.filter(holder__isnull=self.value() == "no")


@admin.register(TransferablePass)
class TransferablePassAdmin(PartyColumn, ReadOnlyAdmin):
    """The read-only admin of the parties' transferable passes."""

    place = 3
    menu_place = MenuPlace.ACCREDITATION
    summit_path = "party__summit"
    list_display = ["named", "party_name", "carried_by", "handed"]
    row_source = RowSource(_("Delegations get transferable passes as they name people."))
    group_column = "party_name"
    list_filter = ["party__summit", CarriedFilter, "rule"]
    list_select_related = ["rule", "party__summit", "holder__person"]
    search_fields = ["party__name", "rule__name", "holder__person__name", "holder__person__office"]
    fields = FIELDS
    readonly_fields = FIELDS
    page_shows = ("holder",)
    list_shows = ("holder",)
    nothing_yet = _(
        "No delegation has a transferable pass. Delegations get them as they name people, if the summit issues any."
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Return the passes, joined with everything that a row shows."""
        return super().get_queryset(request).select_related("rule", "party__summit", "holder__person")

    def people_on_page(self, row: Any) -> list[str]:
        """Return a list with the public id of the person who carries the pass. The list is empty if nobody does."""
        return [row.holder.person.public_id] if row.holder else []

    def people_in_list(self, rows: list[Any]) -> list[str]:
        """Return the public ids of the people who carry the passes."""
        return [row.holder.person.public_id for row in rows if row.holder]

    @written
    @admin.display(description=_("transferable pass"), ordering="rule__name")
    def named(self, row: TransferablePass) -> str:
        """Return the name and number of the pass."""
        return str(row)

    @admin.display(description=_("carried by"), ordering="holder__person__name", empty_value="–")
    def carried_by(self, row: TransferablePass) -> str | None:
        """Return the name of the person who carries the pass, or None."""
        return row.holder.person.label if row.holder else None

    @admin.display(description=_("since"), ordering="since")
    def handed(self, row: TransferablePass) -> str:
        """Return when the present carrier got the pass, or a dash if nobody carries it."""
        return moment(row.since if row.holder else None, row.party.summit)
