"""Kinds of session that a summit has added, in the admin."""

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.functional import lazy
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from sessions.domain import kinds
from sessions.models import OwnKind
from summit.desk.base import SUMMIT_PATHS, SummitModelAdmin
from summit.desk.forms import SentencesForm
from summit.desk.shelves import Shelf
from summit.models.validators import validate_printable
from summit.templatetags.marks import comma

SUMMIT_PATHS.update({OwnKind: "summit"})
NAMES = {code: f"name_{code}" for code, _label in settings.LANGUAGES}


class OwnKindForm(SentencesForm):
    """A kind, with its name in each language."""

    class Meta:
        model = OwnKind
        fields = ["summit", "name", "like"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, name in NAMES.items():
            if name in self.fields:
                self.fields[name].initial = self.instance.names.get(code, "")

    def clean(self) -> dict[str, Any]:
        """Put the names together by language; that in the summit's language is the name itself."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        summit = found.get("summit") or (self.instance.summit if self.instance.pk else None)
        given = {code: found.get(name, "") for code, name in NAMES.items() if name in self.fields}
        own = summit.language if summit is not None else ""
        if given.get(own) and found.get("name") and given[own] != found["name"]:
            said = _("This is the summit’s own language. Write the same as in “name”, or nothing.")
            self.add_error(NAMES[own], said)
        if given:
            self.instance.names = {code: said for code, said in given.items() if said and code != own}
        return found


def _label_of(code: str) -> str:
    """Return what the field for a name in a language is called."""
    return _("name in %(language)s") % {"language": get_language_info(code)["name_local"]}


# The class of the form is made before anybody's language is known.
_lazy_label = lazy(_label_of, str)


def _with_names() -> type[OwnKindForm]:
    """Return the form with a field for each language."""
    found = {
        name: forms.CharField(
            label=_lazy_label(code),
            max_length=OwnKind._meta.get_field("name").max_length,
            required=False,
            validators=[validate_printable],
            widget=forms.TextInput({"dir": "auto"}),
        )
        for code, name in NAMES.items()
    }
    return type("NamedKindForm", (OwnKindForm,), found)


@admin.register(OwnKind)
class OwnKindAdmin(SummitModelAdmin):
    """Kinds of session of a summit's own. One that a session has can't be deleted."""

    place = 5
    shelf = Shelf.SETTINGS
    form = _with_names()
    deeds: ClassVar[dict[str, str]] = {"delete": "sessions.ownkind.change"}
    list_display = ["name", "others", "like", "used", "summit"]
    list_filter = ["summit", "like"]
    list_select_related = ["summit"]
    search_fields = ["name"]
    nothing_yet = gettext_lazy("Every summit knows the usual kinds. Add one where yours has another.")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Put the names one below the other."""
        names = list(NAMES.values()) if self.has_change_permission(request, obj) else []
        return [(None, {"fields": ["summit", "name", *names, "like"]})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Keep the summit of a kind that exists: its sessions have it."""
        return ["summit"] if obj else []

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Count the sessions of each."""
        rows: models.QuerySet[Any] = super().get_queryset(request).annotate(number=models.Count("sessions"))
        return rows

    @admin.display(description=gettext_lazy("in other languages"))
    def others(self, row: OwnKind) -> str:
        """Show the other names."""
        return comma().join(name for _code, name in sorted(row.names.items()))

    @admin.display(description=gettext_lazy("sessions"), ordering="number")
    def used(self, row: Any) -> int:
        """Show how many sessions have it."""
        number: int = row.number
        return number

    def save_model(self, request: HttpRequest, obj: models.Model, form: Any, change: bool) -> None:
        """Save; its sessions are then what it works like."""
        super().save_model(request, obj, form, change)
        assert isinstance(obj, OwnKind)  # noqa: S101 - the form's model
        kinds.follow(obj)
