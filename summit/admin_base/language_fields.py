"""Fields of a form for a text in each language in which people are written to."""

from collections.abc import Iterable
from copy import copy
from typing import Any

from django import forms
from django.utils.translation import get_language_info


def add(form: forms.Form, name: str, languages: Iterable[str]) -> None:
    """Add a copy of the field `name` for each of these languages, "name_fr" for French, after it."""
    fields: dict[str, forms.Field] = {}
    for key, field in form.fields.items():
        fields[key] = field
        for code in languages if key == name else ():
            other: Any = copy(field)
            own = get_language_info(code)["name_local"]
            other.label = f"{field.label} ({own})"
            other.required, other.help_text = False, ""
            other.widget = type(field.widget)({**field.widget.attrs, "lang": code, "dir": "auto"})
            fields[f"{name}_{code}"] = other
    form.fields = fields


def values(form: forms.Form, name: str, languages: Iterable[str]) -> dict[str, str]:
    """Return the texts that were entered in these languages, by language."""
    found = {code: form.cleaned_data.get(f"{name}_{code}", "") for code in languages}
    return {code: text for code, text in found.items() if text}
