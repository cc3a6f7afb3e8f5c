"""The admin page of a summit's policy for parties."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from delegations.parties.models.policy import LETTER_TEXTS, Policy
from delegations.parties.permissions import SET_DEFAULT_QUOTAS
from delegations.parties.services import policy
from summit.admin_base.forms import SentencesForm
from summit.admin_base.menu_places import MenuGroup, MenuPlace
from summit.admin_base.summit_pages import SummitPage, summit_page, summit_pages
from summit.admin_base.widgets import name_parts, plain_widget
from summit.backoffice.summit_names import lazy_label
from summit.core.validators import validate_printable, validate_text
from summit.permissions.rules import allows
from summit.summits.models import Summit
from summit.users.models import User

# The parts of the page: a heading, and the fields under it.
PARTS = (
    (gettext_lazy("Display of delegations"), ("shows_flags", "says_country", "parties_public_at")),
    (gettext_lazy("Quotas and deadlines"), ("total", "protocol_places", "name_by", "confirm_by")),
    (
        gettext_lazy("Letters"),
        ("letter_sender", "signatory_name", "signatory_office", "reference_prefix", "second_person", "reminder_days"),
    ),
)


# The form fields of the letter texts, by language and text.
WORDS = {language: {text: f"{text}_{language}" for text in LETTER_TEXTS} for language, _name in settings.LANGUAGES}


class PolicyForm(SentencesForm):
    """A form for a policy, with times in the venue's time zone.

    The letter texts have a field for each language other than the summit's first.
    """

    class Meta:
        model = Policy
        fields = [name for name in policy.FIELDS if name != "letter_words"]
        field_classes = dict.fromkeys(("parties_public_at", "name_by", "confirm_by"), forms.SplitDateTimeField)
        help_texts = {
            "signatory_name": gettext_lazy(
                "Leave blank for a note verbale, which has initials and a seal instead of a signature."
            )
        }

    said_at = {"policy_confirmed_after_named": "confirm_by"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for language in self.others():
            for text, name in WORDS[language].items():
                self.fields[name] = _letter_text_field(text, language)
                self.initial[name] = self.instance.letter_words.get(language, {}).get(text, "")
        for field in self.fields.values():
            name_parts(plain_widget(field))
            if isinstance(field.widget, (forms.TextInput, forms.Textarea)):
                field.widget.attrs["dir"] = "auto"
            if isinstance(field.widget, forms.Textarea):
                field.widget.attrs["rows"] = 4

    def others(self) -> list[str]:
        """Return the languages of letters other than the summit's first."""
        return [language for language in WORDS if language != self.instance.summit.language]

    def clean(self) -> dict[str, Any]:
        """Collect the letter texts in `letter_words`, by language and text, and return the cleaned data."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        texts_by_language = dict(self.instance.letter_words)
        for language in self.others():
            submitted = {text: cleaned.pop(name, "") for text, name in WORDS[language].items()}
            texts_by_language[language] = {text: value for text, value in submitted.items() if value.strip()}
        cleaned["letter_words"] = {language: texts for language, texts in texts_by_language.items() if texts}
        return cleaned

    def parts(self) -> list[tuple[str, list[Any]]]:
        """Return the parts of the page, as (heading, form fields)."""
        own_parts = [(str(title), [self[name] for name in names]) for title, names in PARTS]
        return own_parts + [
            (
                _("Letters in %(language)s") % {"language": get_language_info(language)["name_translated"]},
                [self[name] for name in WORDS[language].values()],
            )
            for language in self.others()
        ]


def _letter_text_field(text: str, language: str) -> forms.CharField:
    column: Any = Policy._meta.get_field(text)
    widget = forms.Textarea if isinstance(column, models.TextField) else forms.TextInput
    return forms.CharField(
        label=lazy_label(Policy, text, language),
        max_length=LETTER_TEXTS[text],
        required=False,
        validators=[validate_text if widget is forms.Textarea else validate_printable],
        widget=widget({"lang": language}),
    )


@summit_page(
    "delegations/policy/<slug:slug>/",
    "delegations_policy",
    do="delegations.policy.view",
    post="delegations.policy.change",
)
def page(request: HttpRequest, summit: Summit, user: User) -> HttpResponse:
    """Show a summit's policy; a POST changes it.

    Users who may not change it see the fields disabled.
    """
    with timezone.override(summit.zone):
        form = PolicyForm(request.POST or None, instance=Policy.objects.of(summit))
        may_change = allows(user, "delegations.policy.change", summit)
        if not may_change:
            for field in form.fields.values():
                field.disabled = True
        elif not allows(user, SET_DEFAULT_QUOTAS, summit):
            form.fields["protocol_places"].disabled = True
        if request.method == "POST" and form.is_valid():
            try:
                policy.change(summit=summit, values=form.cleaned_data, by=user)
            except ValidationError as refused:
                form.add_error(None, refused.messages)
            else:
                messages.success(request, _("Delegation policy saved."))
                return redirect("admin:delegations_policy", summit.slug)
        context = {
            **admin.site.each_context(request),
            "title": _("Delegation policy"),
            "summit": summit,
            "form": form,
            "may_change": may_change,
        }
        status = 400 if form.errors else 200
        return TemplateResponse(request, "admin/delegations/parties/policy.html", context, status=status).render()


summit_pages.register(10)(
    SummitPage(
        gettext_lazy("Delegation policy"),
        "delegations_policy",
        "delegations.policy.view",
        MenuPlace.SETTINGS,
        MenuGroup.PARTICIPATION,
    )
)
