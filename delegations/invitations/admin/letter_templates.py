"""The admin pages of a summit's letter templates: read them with real data, change them, and send a test."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from delegations.invitations.models.invitations import Invitation
from delegations.invitations.models.letters import LetterTemplate, Purpose
from delegations.invitations.selectors import letter_templates, placeholders
from delegations.invitations.selectors.default_letters import Text
from delegations.invitations.services import letter_previews
from delegations.invitations.services import letter_templates as letter_templates_services
from delegations.parties.models.parties import Party
from summit.admin_base.autocomplete import find_by_typing
from summit.admin_base.menu_places import MenuGroup, MenuPlace
from summit.admin_base.summit_pages import SummitPage, summit_page, summit_pages
from summit.permissions.rules import allows
from summit.summits.models import Summit
from summit.users.models import User


class LetterForm(forms.Form):
    """The form of a letter's text, with the party that provides the data for the preview."""

    subject = forms.CharField(
        label=gettext_lazy("Subject"), required=False, widget=forms.TextInput(attrs={"dir": "auto"})
    )
    body = forms.CharField(
        label=gettext_lazy("Text"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 22, "dir": "auto"}),
        help_text=gettext_lazy(
            "Leave a blank line between paragraphs. A paragraph with an unknown value is left out. A paragraph "
            "with a link appears only in the email."
        ),
    )
    party = forms.ModelChoiceField(
        Party.objects.none(), label=gettext_lazy("Preview as the letter to"), required=False
    )

    def __init__(self, *args: Any, summit: Summit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parties = Party.objects.filter(summit=summit, is_host=False).select_related("summit")
        find_by_typing(self, "party", Invitation._meta.get_field("party"), summit=summit, rows=parties)
        # One is always chosen.
        self.fields["party"].widget.is_required = True


@summit_page(
    "delegations/letters/<slug:slug>/",
    "delegations_letters",
    do="delegations.lettertemplate.view",
    post="delegations.lettertemplate.change",
)
def page(request: HttpRequest, summit: Summit, user: User) -> HttpResponse:
    """List the letters; with `?purpose=` and `?language=`, show one of them.

    On POST, `do=read` shows the entered text as a letter, and `do=save` stores it. `do=test` sends it to the user,
    and `do=remove` restores the system's own text.
    """
    purpose, language = request.GET.get("purpose", ""), request.GET.get("language", "")
    if purpose not in Purpose.values or language not in settings.INTERFACE_LANGUAGES:
        return _list(request, summit)
    texts = letter_templates.Texts(summit)
    text = texts.of(purpose, language)
    form = LetterForm(request.POST or None, initial={"subject": text.subject, "body": text.body}, summit=summit)
    if request.method == "POST" and form.is_valid():
        text = Text(form.cleaned_data["subject"], form.cleaned_data["body"])
        response = _do(request, form, summit, user, purpose, language, text)
        if response is not None:
            return response
    may_change = allows(user, "delegations.lettertemplate.change", summit)
    context = {
        **admin.site.each_context(request),
        "title": f"{Purpose(purpose).label} ({_name(language)})",
        "summit": summit,
        "form": form,
        "own": texts.own(purpose, language) is not None,
        "may_change": may_change,
        "listed": [(f"{{{name}}}", placeholders.PLACEHOLDERS[name]) for name in placeholders.ALLOWED[purpose]],
        "required": placeholders.listed(placeholders.REQUIRED[purpose]),
        "letter": _read(form, summit, purpose, language, text),
        "back": reverse("admin:delegations_letters", args=[summit.slug]),
        "address": user.email,
    }
    status = 422 if form.errors else 200
    return TemplateResponse(
        request, "admin/delegations/invitations/letter_template.html", context, status=status
    ).render()


def _name(language: str) -> str:
    return str(get_language_info(language)["name_translated"])


def _list(request: HttpRequest, summit: Summit) -> HttpResponse:
    texts = letter_templates.Texts(summit)
    rows = [
        (
            label,
            [
                (
                    _name(language),
                    f"?{urlencode({'purpose': purpose, 'language': language})}",
                    texts.own(purpose, language) is not None,
                )
                for language in settings.INTERFACE_LANGUAGES
            ],
        )
        for purpose, label in Purpose.choices
    ]
    context = {**admin.site.each_context(request), "title": _("Letters"), "summit": summit, "rows": rows}
    return TemplateResponse(request, "admin/delegations/invitations/letter_templates.html", context).render()


def _do(  # noqa: PLR0917 - what was asked, of which letter
    request: HttpRequest, form: LetterForm, summit: Summit, user: User, purpose: str, language: str, text: Text
) -> HttpResponse | None:
    """Save, remove or test a letter, as the button `do` says. Return a redirect, or None to show the page again with
    the entered text."""
    letter_key, do = {"purpose": purpose, "language": language}, request.POST.get("do", "")
    try:
        if do == "save":
            values = {"subject": text.subject, "body": text.body, **letter_key}
            letter_templates_services.save(summit=summit, by=user, fresh=False, **values)
            messages.success(request, _("Letter saved. Letters already sent do not change."))
        elif do == "remove":
            for row in LetterTemplate.objects.filter(summit=summit, **letter_key).select_related("summit"):
                letter_templates_services.remove(template=row, by=user)
            messages.success(request, _("Default text restored."))
        elif do == "test" and form.cleaned_data["party"]:
            address = letter_previews.send(party=form.cleaned_data["party"], text=text, by=user, **letter_key)
            messages.success(request, _("Test sent to %(address)s.") % {"address": address})
            return None
        else:
            return None
    except ValidationError as refused:
        form.add_error(None, refused) if hasattr(refused, "error_dict") else form.add_error("body", refused)
        return None
    return redirect(request.get_full_path())


def _read(form: LetterForm, summit: Summit, purpose: str, language: str, text: Text) -> Any:
    """Return the letter with the data of the chosen party, or None if there is no party or the text has errors."""
    fields: Any = form.fields["party"]
    chosen = form.cleaned_data.get("party") if form.is_bound and hasattr(form, "cleaned_data") else None
    kinds = [letter_templates.purpose_for(row.kind) for row in fields.queryset]
    first = next((row for row, kind in zip(fields.queryset, kinds, strict=True) if kind == purpose), None)
    party = chosen or first or fields.queryset.first()
    if party is None or form.errors:
        return None
    form.initial["party"] = party.pk
    try:
        return letter_previews.read(party=party, purpose=purpose, language=language, text=text)
    except ValidationError as refused:
        if form.is_bound:
            form.add_error(None, refused) if hasattr(refused, "error_dict") else form.add_error("body", refused)
        return None


summit_pages.register(11)(
    SummitPage(
        gettext_lazy("Letters"),
        "delegations_letters",
        "delegations.lettertemplate.view",
        MenuPlace.SETTINGS,
        MenuGroup.PARTICIPATION,
    )
)
