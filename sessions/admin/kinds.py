"""Kinds of session that a summit has added, in the admin."""

from typing import Any, ClassVar

from django.contrib import admin
from django.utils.translation import gettext_lazy

from sessions.domain import kinds
from sessions.models import OwnKind
from summit.desk.base import SUMMIT_PATHS
from summit.desk.called import CalledAdmin, called_form
from summit.desk.through import Values
from summit.models import User

SUMMIT_PATHS.update({OwnKind: "summit"})


@admin.register(OwnKind)
class OwnKindAdmin(CalledAdmin):
    """Kinds of session of a summit's own. One that a session has can't be deleted."""

    place = 5
    own = ("like",)
    users = "sessions"
    form = called_form(OwnKind, *own)
    deeds: ClassVar[dict[str, str]] = {"delete": "sessions.ownkind.change"}
    list_display = ["name", "others", "like", "used", "summit"]
    list_filter = ["summit", "like"]
    nothing_yet = gettext_lazy("Every summit knows the usual kinds. Add one where yours has another.")

    @admin.display(description=gettext_lazy("sessions"), ordering="number")
    def used(self, row: Any) -> int:
        """Show how many sessions have it."""
        number: int = row.number
        return number

    def enter(self, *, by: User, row: OwnKind, values: Values) -> OwnKind:
        """Enter the kind."""
        return kinds.enter(by=by, summit=row.summit, values=values)

    def change(self, *, by: User, row: OwnKind, values: Values) -> OwnKind:
        """Change the kind; its sessions are then what it works like."""
        return kinds.change(by=by, kind=row, values=values)

    def remove(self, *, by: User, row: OwnKind) -> None:
        """Delete the kind."""
        kinds.remove(by=by, kind=row)
