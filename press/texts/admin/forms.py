"""Forms of the press desk."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from press.texts.models.editions import Edition
from press.texts.models.texts import Text, TextKind, Wording
from press.texts.selectors.edition_validation import check_content, check_pictures
from press.texts.selectors.speeches import propose_title, speeches
from sessions.draft.models.participants import Slot
from summit.admin_base.autocomplete import FieldChoices, find_by_typing, register_choices
from summit.core.languages import language_choices
from summit.summits.models import Summit

ROWS = 24


register_choices(
    Text._meta.get_field("slot"),
    FieldChoices(
        permission="press.write",
        rows=speeches,
        text=("speaker__name", "speaker__office", "party__name", "title", "session__title"),
        labels=lambda rows: {row.pk: f"{row} ({row.session})" for row in rows},
    ),
)


class EditionContentForm(forms.Form):
    """The base of forms that save an edition: title, summary and body."""

    title = forms.CharField(
        label=gettext_lazy("Title"), max_length=200, widget=forms.TextInput(attrs={"dir": "auto"})
    )
    summary = forms.CharField(
        label=gettext_lazy("Summary"), required=False, widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"})
    )
    body = forms.CharField(
        label=gettext_lazy("Text"),
        strip=False,
        help_text=gettext_lazy("Markdown. Use a blank line for a new paragraph, # for a heading and - for a list."),
        widget=forms.Textarea(attrs={"rows": ROWS, "class": "prose", "dir": "auto"}),
    )

    def clean_body(self) -> str:
        """Return the body. Raises ValidationError if its Markdown contains a picture, which can't be published."""
        body: str = self.cleaned_data["body"]
        check_pictures(body)
        return body

    def clean(self) -> dict[str, Any]:
        """Validate title, summary, body and note of change with the model's validators and the publication checks."""
        cleaned = super().clean() or {}
        field_names = ("title", "summary", "body", "change_note")
        for name in (name for name in field_names if name in self.fields):
            field = Edition._meta.get_field(name)
            try:
                field.run_validators(cleaned.get(name) or "")  # type: ignore[union-attr]
            except forms.ValidationError as problem:
                self.add_error(name, problem)
        if not self.errors:
            self._check({name: cleaned[name] for name in field_names if name in cleaned})
        return cleaned

    def _check(self, values: dict[str, str]) -> None:
        try:
            check_content(**values)
        except forms.ValidationError as problem:
            self.add_error(None, problem)


class LanguageForm(EditionContentForm):
    """A form for adding a language to a text: the language, and its first edition."""

    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=language_choices)

    field_order = ["language", "title", "summary", "body"]


class NewTextForm(EditionContentForm):
    """A form for creating a text with its first edition."""

    kind = forms.ChoiceField(label=gettext_lazy("Type"), choices=TextKind.choices)
    slot = forms.ModelChoiceField(
        label=gettext_lazy("Speech"),
        queryset=Slot.objects.none(),
        required=False,
        help_text=gettext_lazy("Required for a transcript. Speeches without a text come first."),
    )
    wording = forms.ChoiceField(
        label=gettext_lazy("Wording"),
        choices=Wording.choices,
        initial=Wording.PREPARED,
        help_text=gettext_lazy("Transcripts only: prepared or as delivered."),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=language_choices)
    slug = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("The last part of the address. Leave blank to use the title."),
    )
    contact = forms.CharField(label=gettext_lazy("Press contact"), max_length=200, required=False)

    field_order = ["kind", "slot", "wording", "language", "title", "summary", "body", "slug", "contact"]

    def __init__(self, *args: Any, summit: Summit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.summit = summit
        self.fields["language"].initial = summit.language
        title: Any = self.fields["title"]
        title.required, title.help_text = False, _("Leave blank to name a transcript by its speaker and session.")
        for name in ("slot", "title"):
            # Neither optional nor required: it depends on the type.
            self.fields[name].depends = True  # type: ignore[attr-defined]
        find_by_typing(self, "slot", Text._meta.get_field("slot"), summit=summit, rows=speeches(summit))

    def clean_slot(self) -> Slot | None:
        """Return the chosen speech, or None. Raises ValidationError for a transcript without a speech."""
        slot: Slot | None = self.cleaned_data["slot"]
        if slot is None and self.cleaned_data.get("kind") == TextKind.TRANSCRIPT:
            raise forms.ValidationError(_("Choose a speech. If it is missing, add it to its session first."))
        return slot

    def clean_title(self) -> str:
        """Return the typed title, or else the one that the speech of a transcript proposes.

        Raises ValidationError without both.
        """
        values = self.cleaned_data
        title: str = values["title"] or proposed_title(values.get("kind"), values.get("slot"), values.get("language"))
        if not title and "slot" not in self.errors:
            raise forms.ValidationError(self.fields["title"].error_messages["required"], code="required")
        return title

    def clean_slug(self) -> str:
        """Return the stripped slug, which may be empty. Raises ValidationError if it isn't valid or is reserved."""
        slug: str = self.cleaned_data["slug"].strip()
        if slug:
            field = Text._meta.get_field("slug")
            field.run_validators(slug)
        return slug

    def clean(self) -> dict[str, Any]:
        """Require a wording for a transcript, and set Wording.NONE for texts of other kinds."""
        cleaned = super().clean()
        if cleaned.get("kind") != TextKind.TRANSCRIPT:
            cleaned["wording"] = Wording.NONE
            return cleaned
        if cleaned.get("wording") == Wording.NONE:
            self.add_error("wording", _("Choose whether the transcript is prepared or as delivered."))
        return cleaned


def proposed_title(kind: Any, slot: Slot | None, language: Any) -> str:
    """Return the title that the speech of a transcript proposes in a language, or "" for any other text."""
    if kind != TextKind.TRANSCRIPT or slot is None:
        return ""
    return propose_title(slot, language or slot.session.summit.language)
