"""The admin of terms that a summit defines, with a name in each language: topics of texts, kinds of session.

`name` is in the summit's language; `names` has the names in the other languages.
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.functional import lazy
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from summit.admin_base.forms import SentencesForm
from summit.admin_base.menu_places import MenuGroup
from summit.admin_base.service_admin import ServiceAdmin
from summit.core.punctuation import comma
from summit.core.validators import validate_printable

NAMES = {code: f"name_{code}" for code, _label in settings.LANGUAGES}


class NamedForm(SentencesForm):
    """A form with a field for each language of `names` (`name_fields`)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, name in NAMES.items():
            if name in self.fields:
                self.fields[name].initial = self.instance.names.get(code, "")

    def names_of(self, found: dict[str, Any]) -> dict[str, str] | None:
        """Return a dict from each language to the typed name, or None if the form has no fields for names.

        `found` is the form's cleaned data.
        """
        typed = {code: found.get(name, "") for code, name in NAMES.items() if name in self.fields}
        return {code: text for code, text in typed.items() if text} if typed else None

    @property
    def changed_data(self) -> list[str]:
        """The names of the changed fields. They include `names` if the name in any language was changed."""
        changed: list[str] = super().changed_data
        return [*changed, "names"] if set(NAMES.values()) & set(changed) else changed


class CalledForm(NamedForm):
    """The form of a row with a name in each language, stored in `name` and `names`."""

    def clean(self) -> dict[str, Any]:
        """Set the row's `names` from the form's fields, and return the cleaned data.

        The name in the summit's language is `name`. A different name in the field of this language is an error.
        """
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        summit = cleaned.get("summit") or (self.instance.summit if self.instance.pk else None)
        names, summit_language = self.names_of(cleaned), summit.language if summit is not None else ""
        if names and summit_language in names and cleaned.get("name") and names[summit_language] != cleaned["name"]:
            message = _("This is the summit’s own language. Enter the same as in “name”, or leave it blank.")
            self.add_error(NAMES[summit_language], message)
        if names is not None:
            self.instance.names = {code: text for code, text in names.items() if code != summit_language}
        return cleaned


def _label_of(code: str) -> str:
    """Return the label of the field for a name in a language."""
    return _("name in %(language)s") % {"language": get_language_info(code)["name_local"]}


# Form classes are created before the user's language is known.
_lazy_label = lazy(_label_of, str)


def name_fields(longest: int) -> dict[str, forms.CharField]:
    """Return a dict from field name to form field, with a field for the name in each language."""
    return {
        name: forms.CharField(
            label=_lazy_label(code),
            max_length=longest,
            required=False,
            validators=[validate_printable],
            widget=forms.TextInput({"dir": "auto"}),
        )
        for code, name in NAMES.items()
    }


def with_names(form: type[NamedForm], longest: int) -> type[NamedForm]:
    """Return a subclass of a form with a field for the name in each language."""
    return type(f"With{form.__name__}", (form,), dict(name_fields(longest)))


def add_languages(form: forms.Form, name: str, languages: Iterable[str]) -> None:
    """Add a copy of the field `name` for each of these languages after it, such as "note_fr"."""
    fields: dict[str, forms.Field] = {}
    for key, field in form.fields.items():
        fields[key] = field
        for code in languages if key == name else ():
            other: Any = copy(field)
            other.label = f"{field.label} ({get_language_info(code)['name_local']})"
            other.required, other.help_text = False, ""
            other.widget = type(field.widget)({**field.widget.attrs, "lang": code, "dir": "auto"})
            fields[f"{name}_{code}"] = other
    form.fields = fields


def texts_of(form: forms.Form, name: str, languages: Iterable[str]) -> dict[str, str]:
    """Return the texts that were entered in the fields of `add_languages`, by language."""
    typed = {code: form.cleaned_data.get(f"{name}_{code}", "") for code in languages}
    return {code: text for code, text in typed.items() if text}


def called_form(row: type[models.Model], *own: str) -> type[CalledForm]:
    """Return the form class of a model: its summit, its name, its name in each language, and the fields `own`."""
    column: Any = row._meta.get_field("name")
    meta = type("Meta", (), {"model": row, "fields": ["summit", "name", *own]})
    return type(f"Called{row.__name__}Form", (CalledForm,), {**name_fields(column.max_length), "Meta": meta})


class CalledAdmin(ServiceAdmin):
    """The admin of rows with a name in each language.

    `own` are the fields besides the names. `users` is the relation to the rows that refer to a row.
    """

    menu_group = MenuGroup.PROGRAMME
    own: tuple[str, ...] = ()
    users = ""
    list_filter = ["summit"]
    list_select_related = ["summit"]
    search_fields = ["name"]

    @property
    def kept(self) -> tuple[str, ...]:  # type: ignore[override]
        """The fields that the form writes: `name`, `names` and `own`."""
        return ("name", "names", *self.own)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return one fieldset. It has the names in all languages only for users who may change them."""
        names = list(NAMES.values()) if self.has_change_permission(request, obj) else []
        return [(None, {"fields": ["summit", "name", *names, *self.own]})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Return the summit as a read-only field of an existing row: rows that refer to it have the same summit."""
        return ["summit"] if obj else []

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Return the rows, each with the number of rows that refer to it in `number`."""
        rows: models.QuerySet[Any] = super().get_queryset(request).annotate(number=models.Count(self.users))
        return rows

    @admin.display(description=gettext_lazy("in other languages"))
    def others(self, row: Any) -> str:
        """Return the names in the other languages as one text, for a column."""
        return comma().join(name for _code, name in sorted(row.names.items()))
