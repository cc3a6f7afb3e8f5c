"""The admin page that enters a single guest and leads to their letter of invitation."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from delegations.invitations.admin.invite_parties import address
from delegations.invitations.permissions import check_can_invite
from delegations.invitations.services import guests
from delegations.members.selectors import naming_rules
from delegations.members.services.people import PossibleDuplicate
from delegations.parties.models.parties import Party
from summit.admin_base import form_idempotency
from summit.admin_base.summit_pages import summit_page
from summit.audit import access_log
from summit.core.languages import spoken
from summit.core.validators import validate_printable
from summit.people.models import Person
from summit.summits.models import Summit
from summit.users.models import User

_TEXT = {"dir": "auto"}


class GuestForm(forms.Form):
    """The form of a guest: who is invited, and the mailbox for the letter."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=120, widget=forms.TextInput(_TEXT), validators=[validate_printable]
    )
    office = forms.CharField(
        label=gettext_lazy("Office held"),
        max_length=200,
        required=False,
        widget=forms.TextInput(_TEXT),
        validators=[validate_printable],
    )
    form_of_address = forms.CharField(
        label=gettext_lazy("Salutation"),
        max_length=200,
        required=False,
        widget=forms.TextInput(_TEXT),
        validators=[validate_printable],
        help_text=gettext_lazy("The opening of the letter, such as “Dear Professor Rossi”."),
    )
    mailbox = forms.EmailField(
        label=gettext_lazy("Email address"), help_text=gettext_lazy("The letter is sent here.")
    )
    language = forms.ChoiceField(label=gettext_lazy("Letter language"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        languages: Any = self.fields["language"]
        languages.choices = [
            (code, get_language_info(code)["name_translated"]) for code in settings.INTERFACE_LANGUAGES
        ]


@summit_page("delegations/guest/<slug:slug>/", "delegations_guest", do="delegations.invite")
def page(request: HttpRequest, summit: Summit, user: User) -> HttpResponse:
    """Show the form of a guest; on POST, enter the guest and redirect to their letter.

    If people already entered seem to be the same person, they are shown first. `another` then holds the ids of those
    who are somebody else.
    """
    check_can_invite(user, summit)
    form = GuestForm(request.POST or None, initial={"language": spoken(summit.language)})
    hits: list[Any] = []
    if request.method == "POST" and form.is_valid():
        try:
            party = _create_guest(request, form, summit, user)
        except PossibleDuplicate as seems:
            hits = seems.hits
            _log_similar_people(user, summit, [hit.person for hit in hits])
        except form_idempotency.AddedAlready as added:
            messages.info(request, _("This was sent twice but added only once."))
            guest = Party.objects.filter(summit=summit, pk=added.key or 0).select_related("summit").first()
            return redirect(address(request, [guest]) if guest else "admin:delegations_party_changelist")
        except naming_rules.NamingRefused as refused:
            form.add_error(None, str(refused))
        except ValidationError as problem:
            _add_errors(form, problem)
        else:
            messages.success(request, _("Guest added. Read the letter, then send it."))
            return redirect(address(request, [party]))
    context = {
        **admin.site.each_context(request),
        "title": _("Invite a guest"),
        "summit": summit,
        "form": form,
        "known": [(hit, reverse("admin:summit_person_detail", args=[hit.person.pk])) for hit in hits],
        "once": form_idempotency.mark_of(request),
        "back": f"{reverse('admin:delegations_party_changelist')}?summit__id__exact={summit.pk}",
    }
    status = 409 if hits else 422 if form.errors else 200
    return TemplateResponse(request, "admin/delegations/invitations/guests.html", context, status=status).render()


def _create_guest(request: HttpRequest, form: GuestForm, summit: Summit, user: User) -> Party:
    values = form.cleaned_data
    another = request.POST.getlist("another")
    return form_idempotency.add(request, lambda: guests.create(summit=summit, by=user, another=another, **values))


def _add_errors(form: GuestForm, problem: ValidationError) -> None:
    """Add the errors of a ValidationError to the fields of the guest form.

    The party's fields have other names than the form's: for a guest the party has the guest's name and mailbox. The
    only error of the party as a whole is that another party has the name.
    """
    form_field_of = {
        NON_FIELD_ERRORS: "name",
        "formal_name": "name",
        "sort_key": "name",
        "mission_email": "mailbox",
        "email": "mailbox",
    }
    errors_by_field = problem.message_dict if hasattr(problem, "error_dict") else {"": problem.messages}
    for name, errors in errors_by_field.items():
        field = form_field_of.get(name, name)
        for error in errors:
            form.add_error(field if field in form.fields else None, error)


def _log_similar_people(user: User, summit: Summit, people: list[Person]) -> None:
    """Record in the access log that the account saw people whom the guest resembles."""
    rows = [(summit.pk, person.public_id) for person in people]
    access_log.record_list(by=user, label=Person._meta.label_lower, rows=rows, fields=["name"])
