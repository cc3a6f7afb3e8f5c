"""The pages of one person of a delegation. The data is in sections, and each section is changed on its own page."""

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.members import access_log
from delegations.members.forms import PersonForm
from delegations.members.models.members import Membership
from delegations.members.person_field_groups import GROUPS, PERSON, FieldReader, filled, label, particulars_of
from delegations.members.selectors import naming_rules, quotas
from delegations.members.services import members, photos
from delegations.members.services import people as domain
from delegations.travel.models.visas import VisaLetter
from portal.delegation_access import DelegationDesk, delegation_page, saved
from portal.views.delegation.people import add_errors, category_field, mark_expected_fields
from summit.people.models import Person
from summit.quarantine.selectors import check_of, content_of
from summit.templatetags.moments import day_clock

# The sections in order, with the fields of each. Photograph and category have forms of their own.
SECTIONS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "name": (
        gettext_lazy("Name and office"),
        ("name", "office", "form_of_address", "rank", "email", "phone", "language", "time_zone"),
    ),
    "category": (gettext_lazy("Category"), ()),
    "badge": (gettext_lazy("Badge and place card"), ("badge_name", "card_name")),
    "passport": (gettext_lazy("Passport"), GROUPS["passport"].fields),
    "needs": (gettext_lazy("Needs"), GROUPS["needs"].fields),
    "travel": (gettext_lazy("Travel"), GROUPS["travel"].fields),
    "photo": (gettext_lazy("Photograph"), ("photo",)),
}


# The sections whose values the page shows. Passport and needs are shown only where they are edited.
SHOWN = frozenset({"name", "badge", "travel"})


class PhotoForm(forms.Form):
    """The form to upload a photograph."""

    photo = forms.FileField(
        label=gettext_lazy("Photograph"),
        help_text=gettext_lazy("A JPEG, PNG or WebP picture of the face, at least 400 pixels wide."),
        required=False,
        # An empty file is refused like one that isn't a photograph.
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp", "aria-required": "true"}),
    )
    photo.depends = True  # type: ignore[attr-defined]


class CategoryForm(forms.Form):
    """The form to choose the category of a member."""

    def __init__(self, meters: list[quotas.Meter], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"] = category_field(meters)


def _whole(delegation: DelegationDesk, public_id: str) -> tuple[Membership, Person]:
    """Return the member with this public id, and the person with all related data.

    Makes two queries. Raises Http404 if there is no such member.
    """
    member = delegation.member(public_id)
    related = ("summit", "particulars__entered_for", "photo__entered_for", "membership__party")
    person = Person.objects.select_related(*related).get(pk=member.person_id)
    person.membership.party = delegation.party
    return member, person


@delegation_page("delegations.membership.view", row="delegations.membership")
def person(request: HttpRequest, delegation: DelegationDesk, person: str) -> HttpResponse:
    """Show a person's data in sections, the missing fields of each, and the actions that are possible."""
    member, whole = _whole(delegation, person)
    present = filled(whole) | {name for name in PERSON if getattr(whole, name)}
    visible = set(PERSON) | FieldReader(delegation.by).visible(whole)
    sections = [
        {
            "key": key,
            "title": title,
            "values": [
                (capfirst(label_of(name)), _display_value(whole, name))
                for name in fields
                if key in SHOWN and name in present & visible
            ],
            "hidden": [label_of(name) for name in fields if key not in SHOWN and name in present],
            "lacks": [label_of(name) for name in fields if name not in present],
        }
        for key, (title, fields) in SECTIONS.items()
        if key != "category"
    ]
    letter = VisaLetter.objects.filter(party=delegation.party, person=whole).order_by("-pk").first()
    context = delegation.context(member=member, person=whole, sections=sections, letter=letter)
    return render(request, "portal/delegation/person.html", context)


def _display_value(person: Person, name: str) -> str:
    """Return a field of a person as text, with moments in the venue's zone and codes as their names."""
    value = getattr(person, name) if name in PERSON else getattr(particulars_of(person), name)
    if isinstance(value, datetime):
        return day_clock(value, person.summit)
    return str(dict(settings.LANGUAGES).get(value, value)) if name == "language" else str(value)


def label_of(name: str) -> str:
    """Return the label of a field of a person, or of the photograph."""
    return str(_("photograph")) if name == "photo" else label(name)


@delegation_page("delegations.enter_person", "GET POST", row="delegations.membership")
def edit(request: HttpRequest, delegation: DelegationDesk, person: str, section: str) -> HttpResponse:
    """Show the form of a section of a person's data. A POST saves the section."""
    if section not in SECTIONS:
        raise Http404
    member, whole = _whole(delegation, person)
    if section == "photo":
        return _photo(request, delegation, member, whole)
    if section == "category":
        return _category(request, delegation, member, whole)
    fields = SECTIONS[section][1]
    may = set(PERSON) | FieldReader(delegation.by).changeable(whole)
    own = [name for name in fields if name in may]
    data = request.POST if request.method == "POST" else None
    form = PersonForm(data, summit=delegation.summit, person=whole, fields=own)
    mark_expected_fields(form)
    if data is not None and form.is_valid():
        try:
            domain.change(person=whole, values={name: form.cleaned_data[name] for name in own}, by=delegation.by)
        except (ValidationError, PermissionDenied) as problem:
            add_errors(form, problem)
        else:
            message = _("“%(section)s” saved.") % {"section": SECTIONS[section][0]}
            return saved(request, message, "person", delegation.party.public_id, whole.public_id)
    if section == "passport":
        access_log.record_passport(by=delegation.by, person=whole, fields=own)
    others = [label_of(name) for name in fields if name not in may]
    return _form(request, delegation, member, section, form, others=others)


def _form(
    request: HttpRequest, delegation: DelegationDesk, member: Membership, section: str, form: Any, **more: Any
) -> HttpResponse:
    title = SECTIONS[section][0]
    context = delegation.context(member=member, person=member.person, section=section, title=title, form=form, **more)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "portal/delegation/person/edit.html", context, status=status)


def _category(request: HttpRequest, delegation: DelegationDesk, member: Membership, whole: Person) -> HttpResponse:
    meters = quotas.meters(party=delegation.party)
    data = request.POST if request.method == "POST" else None
    form = CategoryForm(meters, data, initial={"category": member.category.code})
    if data is not None and form.is_valid():
        code = form.cleaned_data["category"]
        category = next(meter.category for meter in meters if meter.category and meter.category.code == code)
        try:
            members.move(membership=member, category=category, by=delegation.by)
        except (naming_rules.NamingRefused, quotas.QuotaFull) as refused:
            form.add_error("category", str(refused))
        else:
            message = _("“%(section)s” saved.") % {"section": SECTIONS["category"][0]}
            return saved(request, message, "person", delegation.party.public_id, whole.public_id)
    return _form(request, delegation, member, "category", form)


def _photo(request: HttpRequest, delegation: DelegationDesk, member: Membership, whole: Person) -> HttpResponse:
    data = (request.POST, request.FILES) if request.method == "POST" else ()
    form = PhotoForm(*data)
    if data and form.is_valid():
        upload = form.cleaned_data["photo"]
        try:
            if "remove" in request.POST:
                photos.remove(person=whole, by=delegation.by)
            else:
                photos.store(person=whole, content=upload.read() if upload else b"", by=delegation.by)
        except photos.PhotoProblem as problem:
            form.add_error("photo", str(problem))
        except PermissionDenied as refused:
            form.add_error(None, str(refused))
        else:
            removed = "remove" in request.POST
            message = _("Photograph deleted.") if removed else _("Photograph saved.")
            return saved(request, message, "person", delegation.party.public_id, whole.public_id)
    may_see = "photo" in FieldReader(delegation.by).visible(whole)
    photo = getattr(whole, "photo", None) if may_see else None
    check = check_of(photo) if photo is not None else None
    return _form(request, delegation, member, "photo", form, has_photo=photo is not None, check=check)


@delegation_page("delegations.photo.view", row="delegations.membership")
def photo(request: HttpRequest, delegation: DelegationDesk, person: str) -> HttpResponse:
    """Return the photograph of a person as JPEG. Raises Http404 if there is none that the delegation may see."""
    _member, whole = _whole(delegation, person)
    if "photo" not in FieldReader(delegation.by).visible(whole):
        raise Http404
    image = content_of(whole.photo)
    if image is None:
        raise Http404
    response = HttpResponse(image, content_type="image/jpeg")
    response["Content-Disposition"] = 'inline; filename="photograph.jpg"'
    return response
