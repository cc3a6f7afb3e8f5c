"""Forms of the press desk."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from press.domain.checks import check_words
from press.models import Edition, Text, TextKind, Wording
from sessions.models import Slot
from summit.db.clock import db_now
from summit.languages import tongues
from summit.models import Summit
from summit.models.validators import validate_year

ROWS = 24


class WordsForm(forms.Form):
    """Title, summary and text of an edition."""

    title = forms.CharField(
        label=gettext_lazy("Title"), max_length=200, widget=forms.TextInput(attrs={"dir": "auto"})
    )
    summary = forms.CharField(
        label=gettext_lazy("Summary"), required=False, widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"})
    )
    body = forms.CharField(
        label=gettext_lazy("Text"),
        strip=False,
        help_text=gettext_lazy("Markdown: an empty line starts a paragraph, # a heading, - a list."),
        widget=forms.Textarea(attrs={"rows": ROWS, "class": "prose", "dir": "auto"}),
    )

    def clean(self) -> dict[str, Any]:
        """Ask the model whether the words may stand in a document."""
        cleaned = super().clean() or {}
        words = ("title", "summary", "body", "change_note")
        for name in (name for name in words if name in self.fields):
            field = Edition._meta.get_field(name)
            try:
                field.run_validators(cleaned.get(name) or "")  # type: ignore[union-attr]
            except forms.ValidationError as problem:
                self.add_error(name, problem)
        if not self.errors:
            self._check({name: cleaned[name] for name in words if name in cleaned})
        return cleaned

    def _check(self, words: dict[str, str]) -> None:
        try:
            check_words(**words)
        except forms.ValidationError as problem:
            self.add_error(None, problem)


class EditionForm(WordsForm):
    """A new edition of a language version, from the one that it is based on."""

    change_note = forms.CharField(
        label=gettext_lazy("What changed"),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"dir": "auto"}),
        help_text=gettext_lazy("Readers see it, with the date, once an edition before this one has been published."),
    )
    based_on = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class LanguageForm(WordsForm):
    """A text in another language."""

    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=tongues)

    field_order = ["language", "title", "summary", "body"]


class NewTextForm(WordsForm):
    """A text with its first edition."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=TextKind.choices)
    slot = forms.ModelChoiceField(label=gettext_lazy("Speech"), queryset=Slot.objects.none(), required=False)
    wording = forms.ChoiceField(
        label=gettext_lazy("Wording"),
        choices=Wording.choices,
        initial=Wording.PREPARED,
        help_text=gettext_lazy("Of a transcript: how the words relate to what was said."),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=tongues)
    slug = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("The last part of its address. Left empty, it is made from the title."),
    )
    contact = forms.CharField(label=gettext_lazy("Contact for the press"), max_length=200, required=False)

    field_order = ["kind", "slot", "wording", "language", "title", "summary", "body", "slug", "contact"]

    def __init__(self, *args: Any, summit: Summit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.summit = summit
        self.fields["language"].initial = summit.language
        slots: forms.ModelChoiceField[Slot] = self.fields["slot"]  # type: ignore[assignment]
        slots.queryset = Slot.objects.filter(session__summit=summit).select_related("speaker", "session")

    def clean_slug(self) -> str:
        """Refuse an address that is taken or not in form."""
        slug: str = self.cleaned_data["slug"].strip()
        if slug:
            field = Text._meta.get_field("slug")
            field.run_validators(slug)
            if Text.objects.filter(summit=self.summit, slug=slug).exists():
                raise forms.ValidationError(_("Another text has this address. Choose another."), code="taken")
        return slug

    def clean(self) -> dict[str, Any]:
        """Make kind and wording agree."""
        cleaned = super().clean()
        if cleaned.get("kind") != TextKind.TRANSCRIPT:
            cleaned["wording"] = Wording.NONE
        elif cleaned.get("wording") == Wording.NONE:
            self.add_error("wording", _("Say how the words of the transcript relate to what was said."))
        return cleaned


class When:
    """How a moment can be given."""

    NOW, SOON, AT, DELIVERED, NEVER = "now", "soon", "at", "delivered", "never"


SOON = timedelta(minutes=2)


class MomentForm(forms.Form):
    """When a text goes out, in the venue's zone."""

    when = forms.ChoiceField(
        label=gettext_lazy("Goes out"),
        widget=forms.RadioSelect,
        choices=[
            (When.AT, gettext_lazy("at this time")),
            (When.SOON, gettext_lazy("in 2 minutes")),
            (When.NOW, gettext_lazy("now")),
            (When.DELIVERED, gettext_lazy("when the speech has been given")),
            (When.NEVER, gettext_lazy("not yet: take the moment back")),
        ],
        initial=When.AT,
    )
    moment = forms.CharField(
        label=gettext_lazy("Time"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": "1"}),
    )

    def __init__(self, *args: Any, summit: Summit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = summit.zone
        self.fields["moment"].label = _("%(place)s time") % {"place": summit.said_place}
        # Neither optional nor required: it depends on the choice above it.
        self.fields["moment"].depends = True  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Turn what was entered into an aware moment; the database's clock gives "in 2 minutes"."""
        cleaned = super().clean() or {}
        if cleaned.get("when") == When.AT:
            try:
                cleaned["at"] = local_moment(str(cleaned.get("moment") or ""), self.zone)
            except ValueError as problem:
                self.add_error("moment", str(problem))
        elif cleaned.get("when") == When.SOON:
            cleaned["at"] = db_now() + SOON
        return cleaned


def local_moment(written: str, zone: ZoneInfo) -> datetime:
    """Return the moment of a wall clock in a zone. An hour that the clocks show twice means the second time, so
    that nothing goes out early. Raises ValueError, in a sentence, for what isn't a time there."""
    try:
        naive = datetime.fromisoformat(written)
    except ValueError:
        raise ValueError(_("Give day and time, such as 2025-03-31 09:30.")) from None
    aware = naive.replace(tzinfo=zone, fold=1) if naive.tzinfo is None else naive
    try:
        validate_year(naive)
        utc = aware.astimezone(ZoneInfo("UTC"))
    except ValidationError as refused:
        raise ValueError(refused.messages[0]) from None
    if naive.tzinfo is None and utc.astimezone(zone).replace(tzinfo=None) != naive:
        raise ValueError(_("The clocks skip this time that night. Choose another."))
    return utc
