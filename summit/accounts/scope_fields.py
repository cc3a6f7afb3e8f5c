"""A form field for a token's scopes: a table with a row for each resource and a column for each verb."""

from typing import Any

from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst

from summit.api_base.scopes import READ, VERBS, all_scopes, by_label, checked, resources

# A choice of the form that `ScopesField.clean` replaces by the scopes for reading each resource.
EVERY = f"*:{READ}"


class ScopesTable(forms.CheckboxSelectMultiple):
    """A widget with a checkbox for each scope, in two tables, and one checkbox for reading everything."""

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        """Return the HTML of the tables.

        The first checkbox has the field's id, so the summary of errors can link to it.
        """
        chosen, field_id = set(value or ()), (attrs or {}).get("id", f"id_{name}")
        rows = [
            {
                "label": capfirst(str(resource.label)),
                "boxes": [
                    {"scope": f"{resource.name}:{verb}", "said": verb_label, "there": verb == READ or resource.writes}
                    for verb, verb_label in VERBS.items()
                ],
            }
            for resource in by_label()
        ]
        middle = (len(rows) + 1) // 2
        context = {
            "name": name,
            "at": field_id,
            "every": EVERY,
            "chosen": chosen,
            "verbs": list(VERBS.values()),
            "halves": [rows[:middle], rows[middle:]],
        }
        return mark_safe(render_to_string("forms/scopes.html", context))  # noqa: S308 - a template has made it


class ScopesField(forms.MultipleChoiceField):
    """A field for a list of existing scopes."""

    widget = ScopesTable

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=lambda: [(scope, scope) for scope in (EVERY, *all_scopes())], **kwargs)

    def clean(self, value: Any) -> list[str]:
        """Return the chosen scopes in order, with EVERY replaced by the scopes for reading each resource."""
        scopes = set(super().clean(value))
        if EVERY in scopes:
            scopes = {f"{each.name}:{READ}" for each in resources()} | scopes - {EVERY}
        return checked(scopes)
