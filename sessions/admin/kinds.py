"""Kinds of session that a summit has added, in the admin."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from sessions.domain import kinds
from sessions.models import OwnKind
from summit.desk import once
from summit.desk.base import SUMMIT_PATHS
from summit.desk.called import CalledAdmin, called_form
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

    def save_model(self, request: HttpRequest, obj: models.Model, form: Any, change: bool) -> None:
        """Store it; its sessions are then what it works like."""
        assert isinstance(obj, OwnKind) and isinstance(request.user, User)  # noqa: S101, PT018 - signed in; the form's
        values = {"name": obj.name, "names": obj.names, "like": obj.like}
        if change:
            kinds.change(by=request.user, kind=obj, values=values)
            return
        once.claim(request)
        obj.pk = kinds.enter(by=request.user, summit=obj.summit, values=values).pk
