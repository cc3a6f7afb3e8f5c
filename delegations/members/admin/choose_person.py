"""Choosing a person, either to name them for a party or to put them in a member's place."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from delegations.members.admin.registration import add_person_url
from delegations.members.forms import PersonForm
from delegations.members.models.categories import Category
from delegations.members.models.members import Membership
from delegations.members.selectors import quotas
from delegations.members.selectors.naming_rules import NamingRefused
from delegations.members.selectors.quotas import QuotaFull
from delegations.members.services import members, registration
from delegations.members.services.duplicates import DuplicateHit
from delegations.members.services.people import PossibleDuplicate
from delegations.parties.models.parties import Party
from delegations.parties.selectors import party_names
from summit.admin_base.detail_pages import detail_url
from summit.admin_base.row_keys import key_of
from summit.admin_base.search import matching
from summit.people.models import Person
from summit.permissions.rules import allows
from summit.users.models import User

# At most this many people are offered. To find others, the user types more of the name.
OFFERED = 20


class ReplacementForm(PersonForm):
    """The name and the office of a new person who takes a member's place. One of the two is enough."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            # Neither is optional: one of them is needed.
            field.depends = True  # type: ignore[attr-defined]


def _offered(party: Party, search_text: str, place: Membership | None, chosen_pk: int | None) -> list[Person]:
    """Return at most OFFERED people to choose from. Makes one query.

    With a `search_text`, these are the people who match it. Without one, they are the person chosen already, and the
    people who were entered for the party and aren't members yet. For a member's place, the party's members in other
    categories are offered too.
    """
    rows: models.QuerySet[Any] = Person.objects.filter(summit=party.summit)
    if search_text:
        matches = matching(Person, rows, search_text)
        rows = rows.none() if matches is None else matches
    else:
        near = models.Q(particulars__entered_for=party, membership__isnull=True) | models.Q(pk=chosen_pk)
        if place is not None:
            near |= models.Q(membership__party=party) & ~models.Q(membership__category=place.category_id)
        rows = rows.filter(near)
    # People who belong to no party yet come first.
    free = models.F("membership").asc(nulls_first=True)
    related = ("membership__party", "membership__category")
    return list(rows.select_related(*related).order_by(free, "name", "office", "pk")[:OFFERED])


def _can_be_chosen(person: Person, place: Membership | None) -> bool:
    """Return whether a person can be chosen: they must not be a member of any party.

    For a member's place, a member of the same party in another category can be chosen too.
    """
    row: Membership | None = getattr(person, "membership", None)
    if row is None or place is None:
        return row is None
    return row.party_id == place.party_id and row.category_id != place.category_id


def _render_page(
    request: HttpRequest,
    party: Party,
    *,
    title: str,
    sentence: str,
    button: str,
    problem: str,
    choices: list[Any],
    place: Membership | None = None,
    form: ReplacementForm | None = None,
    hits: Sequence[tuple[DuplicateHit, bool]] = (),
) -> HttpResponse:
    params = request.POST if request.method == "POST" else request.GET
    search_text = params.get("look", "").replace("\0", "").strip()[:100]
    chosen_pk = key_of(params.get("person", ""))
    people = _offered(party, search_text, place, chosen_pk)
    free = [row for row in people if _can_be_chosen(row, place)]
    near = _("Others of this delegation") if place else ""
    taken = [row for row in people if row not in free]
    party_names.call([party, *(row.membership.party for row in taken)])
    context = {
        **admin.site.each_context(request),
        "opts": Party._meta,
        "title": title,
        "sentence": sentence,
        "button": button,
        "party": party,
        "summit": party.summit,
        "wanted": search_text,
        "near": near or _("Added for this delegation and not named yet"),
        "free": free,
        "taken": taken,
        "chosen": chosen_pk,
        "choices": choices,
        "category": key_of(params.get("category", "")),
        "problem": problem,
        "add": add_person_url(place or party),
        "form": form,
        "hits": hits,
        "place": place,
        "back": detail_url(place.person) if place else _of(party),
    }
    status = 422 if problem or hits or (form is not None and form.errors) else 200
    return TemplateResponse(request, "admin/delegations/members/choose_person.html", context, status=status)


def _person(request: HttpRequest, party: Party) -> Person | None:
    key = key_of(request.POST.get("person", ""))
    return Person.objects.filter(pk=key, summit=party.summit).first() if key is not None else None


def _of(party: Party) -> str:
    return reverse("admin:delegations_party_detail", args=[party.pk]) + "#members"


def name_page(request: HttpRequest, party: Party) -> HttpResponse:
    """Show the people who can be named for a party; a POST names the person in `person` in the category
    `category`."""
    assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
    choices = [meter for meter in quotas.meters(party=party) if meter.category is not None]
    problem = ""
    if request.method == "POST":
        person, key = _person(request, party), key_of(request.POST.get("category", ""))
        category = next((meter.category for meter in choices if meter.category and meter.category.pk == key), None)
        problem = _name(party, person, category, request.user)
        if not problem and person is not None:
            messages.success(request, _("%(person)s is named.") % {"person": person.label})
            return redirect(_of(party))
    return _render_page(
        request,
        party,
        title=_("Name a person"),
        sentence=_("Choose a person and a category."),
        button=_("Name person"),
        problem=problem,
        choices=choices,
    )


def _name(party: Party, person: Person | None, category: Category | None, by: User) -> str:
    """Name a person in a category. Return "" on success, or else a sentence that says why it isn't possible."""
    if person is None:
        return _("Choose a person from the list. Search by part of the name.")
    if category is None:
        return _("Choose a category.")
    try:
        members.name(party=party, person=person, category=category, by=by)
    except (NamingRefused, QuotaFull) as refused:
        return str(refused)
    return ""


def replace_page(request: HttpRequest, row: Membership) -> HttpResponse:
    """Show a form for a new person, and the people who can take a member's place.

    A POST gives the place to the person in `person` or, with `new`, to a new person with the posted name and office.
    """
    assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
    post = request.POST if request.method == "POST" else None
    adds = post is not None and "new" in post and "person" not in post
    form = ReplacementForm(post if adds else None, summit=row.party.summit, fields=("name", "office"))
    problem, hits = "", list[DuplicateHit]()
    try:
        if post is not None and adds and form.is_valid():
            values = {name: form.cleaned_data[name] for name in form.fields}
            another = post.getlist("another")
            fresh = registration.create_and_replace(membership=row, values=values, by=request.user, another=another)
            return _replaced(request, row, fresh.person)
        if post is not None and not adds:
            person = _person(request, row.party)
            if person is not None:
                members.replace(membership=row, person=person, by=request.user)
                return _replaced(request, row, person)
            problem = _("Choose a person from the list. Search by part of the name.")
    except PossibleDuplicate as seems:
        hits = seems.hits
    except (NamingRefused, PermissionDenied) as refused:
        problem = str(refused)
    return _render_page(
        request,
        row.party,
        title=_("Replace %(person)s") % {"person": row.person.label},
        sentence=_(
            "The replacement gets the same category. The old badge is cancelled at once, and personal items go to "
            "protocol. A replacement who is already in the delegation gives up their place and keeps their badge."
        ),
        button=_("Replace with the selected person"),
        problem=problem,
        choices=[],
        place=row,
        form=form if allows(request.user, "delegations.enter_person", row.party.summit, row.party) else None,
        hits=[(hit, _can_be_chosen(hit.person, row)) for hit in hits],
    )


def _replaced(request: HttpRequest, row: Membership, successor: Person) -> HttpResponse:
    message = _("%(person)s has replaced %(gone)s.")
    messages.success(request, message % {"person": successor.label, "gone": row.person.label})
    return redirect(_of(row.party))
