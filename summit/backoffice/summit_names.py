"""Fields for what a summit is called in other languages: on its page and among the first steps."""

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
    """Return what the field is called that says in a language what a column says in the first."""
    column: Any = model._meta.get_field(text)
    said = {"text": column.verbose_name, "language": get_language_info(language)["name_translated"]}
    return _("%(text)s in %(language)s") % said


def heading(language: str) -> str:
    """Return what stands above the fields of a language."""
    return _("For readers of %(language)s") % {"language": get_language_info(language)["name_translated"]}


# The class of the form is made before anybody's language is known.
lazy_label = lazy(label, str)


class NamesForm(SentencesForm):
    """A form of a summit that has fields for its texts in each language. `names` is what they say, by language."""

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
        """Return the fields of the summit itself."""
        apart = {name for texts in FIELDS.values() for name in texts.values()}
        return [field for field in self.visible_fields() if field.name not in apart]

    def by_language(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Return the fields of its names in each language, below a heading."""
        return [
            (heading(language), [self[name] for name in texts.values() if name in self.fields])
            for language, texts in FIELDS.items()
        ]

    def names_wrong(self) -> bool:
        """Return whether something is said at one of these fields, so that they must be seen."""
        return any(field.errors for _heading, fields in self.by_language() for field in fields)

    @property
    def changed_data(self) -> list[str]:
        """The fields that changed, without those of the names, which are kept apart."""
        apart = {name for texts in FIELDS.values() for name in texts.values()}
        return [name for name in super().changed_data if name not in apart]

    def clean(self) -> dict[str, Any]:
        """Put the names together by language; what is in the summit's first language stands in its own fields."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        own = found.get("language") or self.instance.language
        self.names = dict(self.instance.names)
        for language, texts in FIELDS.items():
            shown = {text: name for text, name in texts.items() if name in self.fields}
            given = {text: found.pop(name, "") for text, name in shown.items()}
            if language == own:
                self._check_same(given, found, texts)
                given = {}
            if shown:
                self.names[language] = {text: words for text, words in given.items() if words}
        self.names = {language: texts for language, texts in self.names.items() if texts}
        return found

    def _check_same(self, given: dict[str, str], found: dict[str, Any], texts: dict[str, str]) -> None:
        """Refuse a second wording in the summit's first language."""
        for text, words in given.items():
            if words and words != found.get(text, getattr(self.instance, text)):
                said = _("This is the summit’s first language. Write it in the field without a language instead.")
                self.add_error(texts[text], said)


def with_names(form: type[NamesForm]) -> type[Any]:
    """Return a form's class with a field for each text in each language."""
    found = {
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
    return type(f"Called{form.__name__}", (form,), found)
