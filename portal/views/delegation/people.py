"""The pages of a delegation's people: the list, the form to name a person, and confirming people."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from delegations.members.forms import PersonForm
from delegations.members.models.members import Membership
from delegations.members.selectors import naming_rules, quotas
from delegations.members.selectors.quotas import Meter
from delegations.members.services import members, registration
from delegations.members.services.duplicates import DuplicateHit
from delegations.members.services.people import PossibleDuplicate
from delegations.overview.selectors import member_completeness
from portal.delegation_access import DelegationDesk, delegation_page, saved
from portal.views.delegation.status_page import WORDS, numbers
from summit.people.models import Person

# The fields that are asked for when a person is named; the others are entered on the person's page.
NAMED_BY = ("name", "office", "form_of_address", "rank", "email", "phone", "language")


@delegation_page("delegations.membership.view")
def people(request: HttpRequest, delegation: DelegationDesk) -> HttpResponse:
    """Show the people who are named, whether they are confirmed, and which data of each is missing."""
    rows = [_row(member) for member in member_completeness.roll(delegation.party)]
    unconfirmed = sum(row["member"].confirmed_at is None for row in rows)
    context = delegation.context(rows=rows, unconfirmed=unconfirmed, **numbers(delegation))
    return render(request, "portal/delegation/people.html", context)


def _row(member: Any) -> dict[str, Any]:
    lacks = [item for item in member_completeness.lacking(member) if item != member_completeness.CONFIRMATION]
    return {"member": member, "lacks": [WORDS[item] for item in lacks]}


@delegation_page("delegations.name", "POST")
def confirm(request: HttpRequest, delegation: DelegationDesk) -> HttpResponse:
    """Confirm the people with the public ids in the posted `person` (POST). Without ids, confirm all members."""
    rows = Membership.objects.filter(party=delegation.party)
    public_ids = request.POST.getlist("person")
    if public_ids:
        rows = rows.filter(person__public_id__in=public_ids)
    people = list(rows.values_list("pk", flat=True))
    members.confirm(party=delegation.party, people=people, by=delegation.by)
    n = len(people)
    message = ngettext("%(n)d person confirmed.", "%(n)d people confirmed.", n) % {"n": n}
    if len(public_ids) == 1:
        return saved(request, message, "person", delegation.party.public_id, public_ids[0])
    return saved(request, message, "people", delegation.party.public_id)


def quota_label(meter: Meter) -> str:
    """Return in words how many people of a category are named, and how many are allowed."""
    if meter.allowed is None:
        message = ngettext("%(n)d named", "%(n)d named", meter.named) % {"n": meter.named}
    else:
        message = _("%(named)d of %(allowed)d named") % {"named": meter.named, "allowed": meter.allowed}
    return _("%(name)s: %(about)s") % {"name": meter.label, "about": message}


def category_field(meters: list[Meter]) -> forms.ChoiceField:
    """Return a form field to choose a category. The label of each choice says how many people the category has."""
    choices = [(meter.category.code, quota_label(meter)) for meter in meters if meter.category is not None]
    return forms.ChoiceField(
        label=gettext_lazy("Category"),
        choices=[("", gettext_lazy("Choose a category")), *choices],
        error_messages={"required": _("Choose a category."), "invalid_choice": _("Choose a category.")},
    )


def mark_expected_fields(form: PersonForm) -> None:
    """Mark the form's fields that may be saved empty, but are counted as missing while they are empty.

    These fields aren't labelled as optional.
    """
    for name in (*member_completeness.VETTED_BY, "arrives_at", "name", "office"):
        if name in form.fields:
            form.fields[name].depends = True  # type: ignore[attr-defined]


def naming_form(delegation: DelegationDesk, meters: list[Meter], data: Any = None) -> PersonForm:
    """Return the form to enter and name a person of the delegation.

    `meters` are the categories to choose from. `data` is the posted data, None for an empty form.
    """
    form = PersonForm(data, summit=delegation.summit, fields=NAMED_BY)
    form.initial["language"] = delegation.party.language
    mark_expected_fields(form)
    form.fields = {"category": category_field(meters), **form.fields}
    return form


@delegation_page("delegations.name", "GET POST")
def add(request: HttpRequest, delegation: DelegationDesk) -> HttpResponse:
    """Show the form to name a person. A POST enters and names the person.

    If that is refused, the form is shown again with the input.
    """
    meters = quotas.meters(party=delegation.party)
    if request.method != "POST":
        return render(
            request, "portal/delegation/people/add.html", delegation.context(form=naming_form(delegation, meters))
        )
    form, hits = naming_form(delegation, meters, request.POST), []
    if form.is_valid():
        code = form.cleaned_data["category"]
        category = next(meter.category for meter in meters if meter.category and meter.category.code == code)
        values = {name: form.cleaned_data[name] for name in NAMED_BY}
        try:
            if request.POST.get("known"):
                person = delegation.entered(request.POST["known"])
                members.name(party=delegation.party, person=person, category=category, by=delegation.by)
            else:
                person = registration.create_and_name(
                    party=delegation.party,
                    values=values,
                    category=category,
                    by=delegation.by,
                    another=request.POST.getlist("another"),
                ).person
        except PossibleDuplicate as seems:
            hits = seems.hits
        except (naming_rules.NamingRefused, quotas.QuotaFull) as refused:
            form.add_error("category", str(refused))
        except (ValidationError, PermissionDenied) as problem:
            add_errors(form, problem)
        else:
            message = _("%(person)s is named.") % {"person": person.label}
            return saved(request, message, "person", delegation.party.public_id, person.public_id)
    context = delegation.context(form=form, known=offered(delegation, hits))
    return render(request, "portal/delegation/people/add.html", context, status=409 if hits else 422)


def offered(delegation: DelegationDesk, hits: list[DuplicateHit]) -> list[dict[str, Any]]:
    """Return a dict for each known person who may be the same as the person entered.

    `free` says whether that person can be named without being entered again, and `named` whether the delegation has
    named that person already.
    """
    return [
        {
            "hit": hit,
            "free": nameable(delegation, hit.person),
            "named": getattr(getattr(hit.person, "membership", None), "party_id", None) == delegation.party.pk,
        }
        for hit in hits
    ]


def nameable(delegation: DelegationDesk, person: Person) -> bool:
    """Return whether a known person can be named without being entered again.

    The delegation must have entered the person, and the person must not be a member of any delegation.
    """
    row = getattr(person, "particulars", None)
    return (
        row is not None and row.entered_for_id == delegation.party.pk and getattr(person, "membership", None) is None
    )


def add_errors(form: forms.Form, problem: ValidationError | PermissionDenied) -> None:
    """Add the errors of a refusal to the form: to the fields that they are about, otherwise to the whole form."""
    if isinstance(problem, PermissionDenied):
        form.add_error(None, str(problem))
        return
    for name, errors in problem.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)
