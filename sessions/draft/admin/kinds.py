"""The admin of the kinds of session that a summit has added."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy

from sessions.draft.models.kinds import CustomKind
from sessions.draft.models.sessions import Session
from sessions.draft.services import kinds
from summit.admin_base.model_admin import SUMMIT_PATHS
from summit.admin_base.service_admin import Values
from summit.admin_base.translated_names import CalledAdmin, called_form
from summit.users.models import User

SUMMIT_PATHS.update({CustomKind: "summit"})


def _link(session: Session) -> str:
    address = reverse("admin:agenda_session_detail", args=[session.pk])
    return format_html('<a href="{}"><bdi lang="">{}</bdi></a>', address, session.title)


@admin.register(CustomKind)
class CustomKindAdmin(CalledAdmin):
    """Kinds of session of a summit's own. A kind that a session has can't be deleted."""

    place = 5
    own = ("like",)
    end_first = gettext_lazy("Change the type of these sessions first:")
    users = "sessions"
    form = called_form(CustomKind, *own)
    permissions: ClassVar[dict[str, str]] = {"delete": "agenda.customkind.change"}
    list_display = ["name", "others", "like", "used", "summit"]
    list_filter = ["summit", "like"]
    nothing_yet = gettext_lazy("The default types are always available. Add any others your summit needs.")

    @admin.display(description=gettext_lazy("sessions"), ordering="number")
    def used(self, row: Any) -> int:
        """Return the number of sessions of this kind."""
        number: int = row.number
        return number

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Return the objects to delete; sessions of these kinds are returned as protected, which prevents the
        deletion."""
        rows, counts, _needed, _protected = super().get_deleted_objects(objs, request)
        using = Session.objects.filter(custom_kind__in=[row.pk for row in objs]).order_by("starts_at", "pk")
        return rows, counts, set(), [_link(session) for session in using]

    def create(self, *, by: User, row: CustomKind, values: Values) -> CustomKind:
        """Create the kind."""
        return kinds.create(by=by, summit=row.summit, values=values)

    def change(self, *, by: User, row: CustomKind, values: Values) -> CustomKind:
        """Change the kind. Its sessions get the standard kind in `like`."""
        return kinds.change(by=by, kind=row, values=values)

    def remove(self, *, by: User, row: CustomKind) -> None:
        """Delete the kind."""
        kinds.remove(by=by, kind=row)
