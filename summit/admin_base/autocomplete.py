"""Selects in which one finds a row by typing: a page has only the chosen rows, however many there are to choose from.

The others come from the admin's own address for this (`SummitAutocompleteView`). It shows rows of the chosen summit
alone, and only those that the user may see: by the admin of their model or, for a field that has its own, by its
`FieldChoices`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.exceptions import NotRegistered
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.admin.widgets import AutocompleteMixin, AutocompleteSelect, AutocompleteSelectMultiple
from django.core.paginator import Paginator
from django.db import models
from django.forms import BaseForm, Media, ModelChoiceField, Script
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from summit.admin_base.row_keys import keys_of
from summit.admin_base.search import containing, matching, ranked
from summit.admin_base.summit_scope import chosen_summit, summits_of
from summit.core.text_normalisation import fold
from summit.permissions.rules import allows
from summit.summits.models import Summit

# The longest text that is searched for.
LONGEST = 100
# The parameters that name a model.
_MODEL = ("app_label", "model_name")


def called_by_str(rows: Iterable[Any]) -> dict[Any, str]:
    """Return a dict from primary keys to what the rows call themselves."""
    return {row.pk: str(row) for row in rows}


@dataclass(frozen=True)
class FieldChoices:
    """The rows that one field offers, if the admin of their model doesn't decide it.

    A user needs `permission` in the summit. `rows` returns the rows of a summit in their order. Typed words are found
    in the fields `text` together or, without any, as the search over everything finds them. `labels` returns a dict
    from primary keys to what rows are called. `key` is the field that the form sends.
    """

    permission: str
    rows: Callable[[Summit], models.QuerySet[Any]]
    text: tuple[str, ...] = ()
    labels: Callable[[Iterable[Any]], dict[Any, str]] = called_by_str
    key: str = "pk"
    # The rows are of one summit already.
    summit_path = None

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether the user may choose among the rows of the chosen summit."""
        summit = chosen_summit(request, summits_of(request))
        return summit is not None and allows(request.user, self.permission, summit)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Return the rows of the chosen summit. There must be one."""
        summit = chosen_summit(request, summits_of(request))
        assert summit is not None  # noqa: S101 - has_view_permission comes first
        return self.rows(summit)

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        """Return (rows, False) with the rows in which all words of a text are found."""
        if self.text:
            return containing(queryset, self.text, fold(search_term).split()), False
        found = matching(queryset.model, queryset, search_term) if search_term else queryset
        assert found is not None  # noqa: S101 - the search over everything has the model
        return ranked(queryset.model, found, search_term), False

    def get_paginator(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Paginator[Any]:
        """Return the paginator of Django's own autocomplete view."""
        return Paginator(*args, **kwargs)

    def choice_labels(self, rows: Iterable[Any]) -> dict[Any, str]:
        """Return a dict from primary keys to what the rows are called."""
        return self.labels(rows)


_choices: dict[str, FieldChoices] = {}


def register_choices(field: Any, choices: FieldChoices) -> None:
    """Let a model's field offer `choices`, instead of what the admin of the related model lists."""
    _choices[_name(field)] = choices


def _name(field: Any) -> str:
    return f"{field.model._meta.label_lower}.{field.name}"


class SummitAutocompleteView(AutocompleteJsonView):
    """Answers with the rows that a field offers for the typed text, the best match first."""

    def process_request(self, request: HttpRequest) -> tuple[str, Any, Any, str]:
        """Return the typed text, what decides on the rows, the field, and the column that the form sends."""
        term = request.GET.get("term", "").replace("\0", "")[:LONGEST]
        label, name = ".".join(request.GET.get(part, "") for part in _MODEL), request.GET.get("field_name", "")
        choices = _choices.get(f"{label}.{name}")
        if choices is not None:
            return term, choices, apps.get_model(label)._meta.get_field(name), choices.key
        _term, model_admin, field, key = super().process_request(request)
        return term, model_admin, field, key

    def get_queryset(self) -> models.QuerySet[Any]:
        """Return the rows of the chosen summit that the user may see, and in which the typed words are found."""
        decides: Any = self.model_admin
        rows = decides.get_queryset(self.request)
        if isinstance(decides, FieldChoices):
            return decides.get_search_results(self.request, rows, self.term)[0]
        rows = decides.offered_in_forms(rows)
        if decides.summit_path:
            rows = rows.filter(**{decides.summit_path: chosen_summit(self.request, summits_of(self.request))})
        found, distinct = decides.get_search_results(self.request, rows, self.term)
        found = ranked(decides.model, found, self.term)
        return found.distinct() if distinct else found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return Django's context, with what its rows are called stored for `serialize_result`."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["object_list"] = list(context["object_list"])
        decides: Any = self.model_admin
        self.labels: dict[Any, str] = decides.choice_labels(context["object_list"])
        return context

    def serialize_result(self, obj: Any, to_field_name: str) -> dict[str, str]:
        """Return a row as the library reads it."""
        return {"id": str(getattr(obj, to_field_name)), "text": str(self.labels[obj.pk])}


class RowSelectMixin(AutocompleteMixin):
    """A select with the chosen rows alone. The others are loaded while one types."""

    choices: Any
    field: Any
    # The summit of the page.
    summit: Summit | None = None
    # What some rows are called, by their keys, so that a form with many selects needs no query for each.
    known: Mapping[str, str] = MappingProxyType({})

    def get_url(self) -> str:
        """Return the address of the rows to choose from. It names the summit of the page."""
        url = reverse("admin:autocomplete")
        return f"{url}?{urlencode({'summit': self.summit.slug})}" if self.summit is not None else url

    def build_attrs(self, base_attrs: Any, extra_attrs: Any = None) -> dict[str, Any]:
        """Return Django's attributes, and a width that follows the page's."""
        attrs: dict[str, Any] = super().build_attrs(base_attrs, extra_attrs)
        # The button that clears all of several stands in their list, where no button may be; each has its own.
        several = {"data-allow-clear": "false"} if getattr(self, "allow_multiple_selected", False) else {}
        return {**attrs, "data-width": "100%", **several}

    @property
    def key(self) -> str:
        """The column of the related model that the form sends."""
        choices = _choices.get(_name(self.field))
        return choices.key if choices else "pk"

    def labels_of(self, values: Iterable[Any]) -> dict[str, str]:
        """Return a dict from those of some sent values that name a row of the field to what these rows are called.

        Makes queries only for rows that aren't `known`.
        """
        wanted = [str(value) for value in values if value not in (None, "")]
        labels = {value: self.known[value] for value in wanted if value in self.known}
        missing: list[Any] = [value for value in wanted if value not in labels and "\0" not in value]
        missing = keys_of(missing) if self.key == "pk" else missing
        if missing:
            rows = list(self._rows().filter(**{f"{self.key}__in": missing}))
            called = labels_for(self.field, rows)
            labels |= {str(getattr(row, self.key)): called[row.pk] for row in rows}
        return {value: labels[value] for value in wanted if value in labels}

    def _rows(self) -> models.QuerySet[Any]:
        found: models.QuerySet[Any] | None = getattr(self.choices, "queryset", None)
        if found is not None:
            return found
        choices = _choices[_name(self.field)]
        model = self.field.related_model
        return model._default_manager.none() if self.summit is None else choices.rows(self.summit)

    def optgroups(self, name: str, value: Any, attrs: Any = None) -> Any:
        """Return the chosen rows as options, after the empty one if nothing has to be chosen."""
        widget: Any = self
        many = widget.allow_multiple_selected
        options = [] if many or widget.is_required else [widget.create_option(name, "", "", False, 0)]
        for key, label in self.labels_of(value if many else value[:1]).items():
            options.append(widget.create_option(name, key, label, True, len(options)))
        return [(None, options, 0)]

    @property
    def media(self) -> Media:
        """Django's files, and the script that gives the library's controls their names."""
        files: Any = (Script("js/choices.js", defer=True),)
        return super().media + Media(js=files)


class RowSelect(RowSelectMixin, AutocompleteSelect):
    """A select for one row."""


class RowSelectMultiple(RowSelectMixin, AutocompleteSelectMultiple):
    """A select for several rows."""


def labels_for(field: Any, rows: Iterable[Any]) -> dict[Any, str]:
    """Return a dict from the primary keys of rows that a model's field refers to, to what they are called."""
    rows = list(rows)
    choices = _choices.get(_name(field))
    if choices is not None:
        return choices.choice_labels(rows)
    try:
        model_admin: Any = admin.site.get_model_admin(field.related_model)
    except NotRegistered:
        return called_by_str(rows)
    found: dict[Any, str] = model_admin.choice_labels(rows)
    return found


def find_by_typing(
    form: BaseForm, name: str, field: Any, *, summit: Summit, rows: models.QuerySet[Any] | None = None
) -> None:
    """Give the field `name` of a form a select in which one finds a row of a summit by typing.

    The select offers what the model's `field` does. `rows` are those that the form accepts; None leaves them as they
    are.
    """
    form_field: Any = form.fields[name]
    many = getattr(form_field.widget, "allow_multiple_selected", False)
    widget: Any = (RowSelectMultiple if many else RowSelect)(field, admin.site)
    widget.summit, widget.is_required = summit, form_field.required
    form_field.widget = widget
    if isinstance(form_field, ModelChoiceField):
        # Setting them gives the widget its choices.
        form_field.queryset = form_field.queryset if rows is None else rows


def know_chosen(formset: Any) -> None:
    """Tell the selects of a formset's rows what the chosen rows are called. Makes at most one query for each column.

    The formset's rows must be joined with the rows that they refer to.
    """
    known = formset.__dict__.setdefault("chosen_labels", {})
    for name, form_field in formset.form.base_fields.items():
        widget: Any = form_field.widget
        if isinstance(widget, RowSelectMixin) and name not in known:
            rows = {getattr(row, name) for row in formset.get_queryset()} - {None}
            known[name] = {str(key): label for key, label in labels_for(widget.field, rows).items()}
