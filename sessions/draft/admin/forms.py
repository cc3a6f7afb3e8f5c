"""Forms of the admin pages of draft sessions."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sessions.draft.models.kinds import CustomKind, SessionKind
from sessions.draft.models.sessions import Interpretation, Session, SessionText
from sessions.visibility.models import PARTS
from summit.admin_base.forms import SentencesForm
from summit.admin_base.widgets import NOTHING
from summit.core.languages import UNITED_NATIONS, language_choices, language_name
from summit.summits.models import Summit

# The prefix of the value of a summit's own kind among the choices.
OWN = "own:"


def kinds_of(summit: Summit) -> list[tuple[str, Any]]:
    """Return the choices for the kind of a session: the summit's own kinds, if any, then the standard ones.

    Makes one query.
    """
    own_kinds = [(f"{OWN}{row.pk}", str(row)) for row in CustomKind.objects.filter(summit=summit)]
    usual: list[tuple[str, Any]] = list(SessionKind.choices)
    return [(_("Types of this summit"), own_kinds), (_("Default types"), usual)] if own_kinds else usual


class SessionForm(SentencesForm):
    """A session of the draft, with times in the venue's time zone."""

    move_pinned = forms.BooleanField(label=gettext_lazy("Move this pinned session"), required=False)
    # Whether somebody else has saved the session since this page was rendered. The page is then rendered again.
    meanwhile = False
    # Why the change was refused, if it makes a conflict that the summit blocks. The page is then rendered again.
    blocked: tuple[str, ...] = ()

    class Meta:
        model = Session
        fields = ["summit", "kind", "title", "summary", "starts_at", "ends_at", "room", "set_up", "clear_down"]
        fields += ["capacity", "pinned", "visibility", *(f"{part}_to" for part in PARTS), "media", "sign_up"]
        fields += ["cancellation_reason"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.was_pinned = self.instance.pk is not None and self.instance.pinned
        if self.instance.custom_kind_id:
            self.initial["kind"] = f"{OWN}{self.instance.custom_kind_id}"
        for name in ("set_up", "clear_down", "media"):
            # If these fields are left empty, the session gets their default values.
            if name in self.fields:
                self.fields[name].required = False
                # The label doesn't mark the field as optional.
                self.fields[name].depends = True  # type: ignore[attr-defined]

    def clean_kind(self) -> str:
        """Return the kind. A kind of the summit's own is replaced by the standard kind that it works like."""
        value = str(self.cleaned_data["kind"])
        custom_kind = CustomKind.objects.get(pk=value.removeprefix(OWN)) if value.startswith(OWN) else None
        self.instance.custom_kind = custom_kind
        return value if custom_kind is None else custom_kind.like

    def clean_set_up(self) -> int:
        """Return the set-up minutes; 0 if the field is left empty."""
        return self.cleaned_data["set_up"] or 0

    def clean_clear_down(self) -> int:
        """Return the clear-down minutes; 0 if the field is left empty."""
        return self.cleaned_data["clear_down"] or 0

    def clean_media(self) -> str:
        """Return the media access; the session's current value if the field is left empty."""
        return str(self.cleaned_data["media"] or self.instance.media)

    @property
    def asks_to_move(self) -> bool:
        """Whether the form asks to confirm that a pinned session moves."""
        return self.is_bound and "move_pinned" in self.errors

    def clean(self) -> dict[str, Any] | None:
        """Add errors for an end before the start, an unconfirmed move of a pinned session, and a concurrent edit."""
        values = super().clean()
        cleaned = self.cleaned_data
        starts_at, ends_at = cleaned.get("starts_at"), cleaned.get("ends_at")
        if starts_at and ends_at and ends_at <= starts_at:
            self.add_error("ends_at", _("Enter an end after the start."))
        moved_fields = {"starts_at", "ends_at", "room"} & set(self.changed_data)
        if self.was_pinned and cleaned.get("pinned") and moved_fields and not cleaned.get("move_pinned"):
            message = _("This session is pinned. Tick the box to move it, or restore its time and room.")
            self.add_error("move_pinned", message)
        for message in self.blocked:
            self.add_error(None, message)
        if self.meanwhile:
            self.add_error(
                None,
                _(
                    "Someone else has saved this session. Check their changes, then save again. Your entries are "
                    "kept."
                ),
            )
        return values

    def validate_constraints(self) -> None:
        """Skip the constraints if `clean` has already reported the order of the times."""
        if "ends_at" not in self.errors:
            super().validate_constraints()


class TextForm(SentencesForm):
    """A session's title and summary in another language."""

    class Meta:
        model = SessionText
        fields = ["language", "title", "summary"]
        widgets = {"summary": forms.Textarea({"rows": 2, "dir": "auto"})}


class InterpretationForm(SentencesForm):
    """The source and target language of an interpretation, by their names, and its booth."""

    source = forms.ChoiceField(label=gettext_lazy("from"))
    target = forms.ChoiceField(label=gettext_lazy("into"))

    class Meta:
        model = Interpretation
        fields = ["source", "target", "booth"]

    said_at: ClassVar[dict[str, str]] = {"interpretation_once": "target", "interpretation_of_two_languages": "target"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        official, others = language_choices()[: len(UNITED_NATIONS)], language_choices()[len(UNITED_NATIONS) :]
        for name in ("source", "target"):
            field: Any = self.fields[name]
            stored = getattr(self.instance, name)
            extra = [] if not stored or stored in dict(official + others) else [(stored, language_name(stored))]
            field.choices = [
                ("", NOTHING),
                (_("Official languages of the United Nations"), official),
                (_("Other languages"), [*extra, *others]),
            ]


class ParticipantForm(SentencesForm):
    """A participant: a party, a person, or the people of a category."""

    def clean(self) -> dict[str, Any] | None:
        """Raise ValidationError unless exactly one of party, person and category is chosen."""
        values = super().clean()
        chosen = [name for name in ("party", "person", "category") if self.cleaned_data.get(name)]
        if not self.errors and len(chosen) != 1:
            raise forms.ValidationError(_("Choose one of: a delegation, a person or a category."))
        return values

    def validate_constraints(self) -> None:
        """Skip the constraints if `clean` has already reported an error."""
        if not self.non_field_errors():
            super().validate_constraints()
