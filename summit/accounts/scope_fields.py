"""What a token may do, chosen in a table: a line for each resource, beside each other what reads and what changes."""

from typing import Any

from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst

from summit.api_base.scopes import READ, VERBS, by_label, checked, known, resources

# In place of all that can be read.
EVERY = f"*:{READ}"


class ScopesTable(forms.CheckboxSelectMultiple):
    """Boxes for all scopes, in two tables beside each other where there is room, and one for all that can be read."""

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        """Return the tables; the first box is the one that the summary of errors leads to."""
        chosen, at = set(value or ()), (attrs or {}).get("id", f"id_{name}")
        rows = [
            {
                "label": capfirst(str(each.label)),
                "boxes": [
                    {"scope": f"{each.name}:{verb}", "said": said, "there": verb == READ or each.writes}
                    for verb, said in VERBS.items()
                ],
            }
            for each in by_label()
        ]
        middle = (len(rows) + 1) // 2
        context = {
            "name": name,
            "at": at,
            "every": EVERY,
            "chosen": chosen,
            "verbs": list(VERBS.values()),
            "halves": [rows[:middle], rows[middle:]],
        }
        return mark_safe(render_to_string("forms/scopes.html", context))  # noqa: S308 - a template has made it


class ScopesField(forms.MultipleChoiceField):
    """Scopes that there are, in order."""

    widget = ScopesTable

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=lambda: [(scope, scope) for scope in (EVERY, *known())], **kwargs)

    def clean(self, value: Any) -> list[str]:
        """Return what was chosen, with all that can be read where that was."""
        found = set(super().clean(value))
        if EVERY in found:
            found = {f"{each.name}:{READ}" for each in resources()} | found - {EVERY}
        return checked(found)
