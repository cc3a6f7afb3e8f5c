"""Form fields for the texts of a summit in other languages, for its admin page and for the first steps."""

from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Model
from django.utils.functional import lazy
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from summit.admin_base.forms import SentencesForm
from summit.core.validators import validate_printable
from summit.summits.models import Summit
from summit.summits.translated_names import TEXTS

FIELDS = {language: {text: f"{text}_{language}" for text in TEXTS} for language, _name in settings.LANGUAGES}


def label(model: type[Model], text: str, language: str) -> str:
    """Return the label of the field for the translation of the column `text` into a language."""
    column: Any = model._meta.get_field(text)
    values = {"text": column.verbose_name, "language": get_language_info(language)["name_translated"]}
    return _("%(text)s in %(language)s") % values


def heading(language: str) -> str:
    """Return the heading above the fields for texts in a language."""
    return _("In %(language)s") % {"language": get_language_info(language)["name_translated"]}


# Form classes are created before the user's language is known.
lazy_label = lazy(label, str)


class NamesForm(SentencesForm):
    """A form of a summit, with fields for its texts in each language.

    After `clean`, `names` is a dict from language to these texts by name.
    """

    class Meta:
        model = Summit
        fields: list[str] = []

    names: dict[str, dict[str, str]]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for language, texts in FIELDS.items():
            for text, name in texts.items():
                if name in self.fields:
                    self.fields[name].initial = self.instance.names.get(language, {}).get(text, "")

    def own_fields(self) -> list[forms.BoundField]:
        """Return the visible fields other than those for texts in other languages."""
        translated = {name for texts in FIELDS.values() for name in texts.values()}
        return [field for field in self.visible_fields() if field.name not in translated]

    def by_language(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Return (heading, fields) for each language."""
        return [
            (heading(language), [self[name] for name in texts.values() if name in self.fields])
            for language, texts in FIELDS.items()
        ]

    def names_wrong(self) -> bool:
        """Return whether a field for another language has an error. The page then opens these fields."""
        return any(field.errors for _heading, fields in self.by_language() for field in fields)

    @property
    def changed_data(self) -> list[str]:
        """The names of the changed fields, without the fields for other languages.

        These are stored together in `names`.
        """
        translated = {name for texts in FIELDS.values() for name in texts.values()}
        return [name for name in super().changed_data if name not in translated]

    def clean(self) -> dict[str, Any]:
        """Collect the texts by language in `names`, and return the cleaned data without them.

        Texts in the summit's first language stay in the summit's own columns.
        """
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        first_language = cleaned.get("language") or self.instance.language
        self.names = dict(self.instance.names)
        for language, texts in FIELDS.items():
            field_names = {text: name for text, name in texts.items() if name in self.fields}
            typed = {text: cleaned.pop(name, "") for text, name in field_names.items()}
            if language == first_language:
                self._check_same(typed, cleaned, texts)
                typed = {}
            if field_names:
                self.names[language] = {text: translation for text, translation in typed.items() if translation}
        self.names = {language: texts for language, texts in self.names.items() if texts}
        return cleaned

    def _check_same(self, typed: dict[str, str], cleaned: dict[str, Any], texts: dict[str, str]) -> None:
        """Add an error for each text in the summit's first language that differs from the summit's own column."""
        for text, translation in typed.items():
            if translation and translation != cleaned.get(text, getattr(self.instance, text)):
                message = _("This is the summit’s first language. Use the field without a language instead.")
                self.add_error(texts[text], message)


def with_names(form: type[NamesForm]) -> type[Any]:
    """Return a subclass of a form, with a field for each text of a summit in each language."""
    fields = {
        name: forms.CharField(
            label=lazy_label(Summit, text, language),
            max_length=TEXTS[text],
            required=False,
            validators=[validate_printable],
            widget=forms.TextInput({"lang": language, "dir": "auto"}),
        )
        for language, texts in FIELDS.items()
        for text, name in texts.items()
    }
    return type(f"Called{form.__name__}", (form,), fields)
