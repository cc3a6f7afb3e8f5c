"""The admin of liaison officers, and the form of a delegation's officers on the delegation's page."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_htmx.http import HttpResponseClientRefresh

from delegations.liaison import selectors, services
from delegations.liaison.models import LiaisonOfficer
from delegations.parties.admin.party_choices import PartyChoicesAdmin
from delegations.parties.models.parties import Party
from delegations.parties.selectors import party_names
from summit.admin_base.detail_pages import detail_url
from summit.admin_base.forms import SentencesForm
from summit.admin_base.menu_places import MenuGroup
from summit.admin_base.messages import written
from summit.admin_base.service_admin import user_of
from summit.core.punctuation import comma
from summit.core.validators import validate_printable
from summit.people.models import Person
from summit.templatetags.phone_numbers import phone_link
from summit.templatetags.text_direction import own


def _person_field(name: str, **kwargs: Any) -> forms.CharField:
    """Return the form field of a column of the officer's person."""
    column: Any = Person._meta.get_field(name)
    return forms.CharField(
        label=column.verbose_name,
        max_length=column.max_length,
        required=False,
        validators=[validate_printable],
        **kwargs,
    )


class LiaisonOfficerForm(SentencesForm):
    """The form of a liaison officer, with the fields of the officer's person."""

    name = _person_field("name", help_text=gettext_lazy("Leave blank if you chose a person above."))
    office = _person_field("office")
    phone = _person_field("phone", help_text=gettext_lazy("The mobile number shown to delegations."))
    email = forms.EmailField(
        label=gettext_lazy("email"),
        required=False,
        help_text=gettext_lazy("The officer signs in to the portal with a code sent to this address."),
    )

    class Meta:
        model = LiaisonOfficer
        fields = ("summit", "person", *services.PERSON_FIELDS, *services.OWN_FIELDS, "parties")
        widgets = {"parties": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "person" in self.fields:
            self.fields["person"].required = False
        if self.instance.pk:
            self.fields["name"].help_text = ""
            for name in services.PERSON_FIELDS:
                self.initial.setdefault(name, getattr(self.instance.person, name))

    def _get_validation_exclusions(self) -> set[str]:
        # A person who isn't entered yet is entered by the service.
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return excluded | ({"person"} if not self.cleaned_data.get("person") else set())

    def clean(self) -> dict[str, Any]:
        """Refuse an officer without a person and without a name, and a person of another summit."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        person = cleaned.get("person") or (self.instance.person if self.instance.pk else None)
        if person is None and not (cleaned.get("name") or cleaned.get("office")):
            self.add_error("name", _("Choose a person, or enter a name."))
        if self.instance.pk and not (cleaned.get("name") or cleaned.get("office")):
            self.add_error("name", _("Enter a name or the office held."))
        return cleaned


@admin.register(LiaisonOfficer)
class LiaisonOfficerAdmin(PartyChoicesAdmin):
    """The admin of liaison officers."""

    place = 8
    menu_group = MenuGroup.MORE
    form = LiaisonOfficerForm
    services = services
    called = "officer"
    permissions = {"delete": services.CHANGE}
    list_display = ["person", "mobile", "hours", "served"]
    list_filter = ["summit"]
    list_select_related = ["summit", "person"]
    search_fields = ["person__name", "person__office", "person__phone", "person__email", "parties__name"]
    autocomplete_fields = ["person"]
    fieldsets = [
        (None, {"fields": ["summit", "person", *services.PERSON_FIELDS, *services.OWN_FIELDS]}),
        (gettext_lazy("Delegations"), {"fields": ["parties"]}),
    ]
    nothing_yet = gettext_lazy("No liaison officers yet. Add the host’s staff who look after delegations.")
    nothing_to_choose = gettext_lazy("No delegations yet.")
    page_shows = ("person",)
    list_shows = ("person",)

    def people_on_page(self, row: Any) -> list[str]:
        """Return the public id of the officer's person."""
        return [row.person.public_id]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Return the officers with their parties."""
        rows: models.QuerySet[Any] = super().get_queryset(request).prefetch_related("parties")
        return rows

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Return the read-only fields. The summit and the person of a stored officer can't be changed."""
        return ["summit", "person"] if obj else []

    def make_ready(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        """Set the names of the parties that each officer of a page looks after."""
        names = party_names.to_readers({party.pk for row in rows for party in row.parties.all()})
        for row in rows:
            row.party_names = [names[party.pk].name for party in row.parties.all()]

    @admin.display(description=gettext_lazy("telephone"), ordering="person__phone")
    def mobile(self, row: LiaisonOfficer) -> SafeString | str:
        """Show the officer's telephone number as a link."""
        return phone_link(row.person.phone) if row.person.phone else "–"

    @written
    @admin.display(description=gettext_lazy("delegations"))
    def served(self, row: Any) -> str:
        """Show the parties that the officer looks after."""
        return comma().join(row.party_names) or "–"


class OfficersForm(forms.Form):
    """The form that chooses a delegation's liaison officers."""

    officers = forms.ModelMultipleChoiceField(
        LiaisonOfficer.objects.none(),
        label=gettext_lazy("Assigned to this delegation"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": gettext_lazy("This officer has since been removed. Choose another.")},
    )

    # An empty choice is one too: the field isn't labelled as optional.
    officers.depends = True  # type: ignore[attr-defined]

    def __init__(self, party: Party, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["officers"]
        rows = LiaisonOfficer.objects.filter(summit=party.summit_id).select_related("person")
        field.queryset = rows.order_by("person__name", "pk")
        field.label_from_instance = lambda row: own(row.person.label, "")
        field.initial = [row.pk for row in selectors.of_party(party)]


def officers_page(request: HttpRequest, party: Party) -> HttpResponse:
    """Show the form of a party's liaison officers; a POST stores them and leads back to the party's page."""
    url = f"{detail_url(party)}#liaison"
    form = OfficersForm(party, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        services.assign(party=party, officers=list(form.cleaned_data["officers"]), by=user_of(request))
        return HttpResponseClientRefresh() if request.headers.get("HX-Request") else redirect(url)
    named = party_names.to_reader(party)
    context = {
        **admin.site.each_context(request),
        "opts": Party._meta,
        "title": _("Liaison officers"),
        "party": party,
        "summit": party.summit,
        "named": named,
        "row_url": detail_url(party),
        "back": url,
        "form": form,
        "any": form.fields["officers"].queryset.exists(),  # type: ignore[attr-defined]
    }
    status = 422 if form.is_bound else 200
    return TemplateResponse(request, "admin/delegations/liaison/officers.html", context, status=status)
