"""The page that shows two similar people side by side, to merge them or to tell them apart."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from delegations.core.admin.moment_format import moment
from delegations.members.models.duplicates import DuplicateCandidate
from delegations.members.models.focal_points import FocalPoint
from delegations.membership_changes.services import merging
from delegations.membership_changes.services.merging import MergeRefused
from delegations.parties.selectors import party_names
from summit.audit import access_log
from summit.core.punctuation import comma
from summit.people.models import Person
from summit.users.models import User

SHOWN = ("name", "office", "form_of_address", "rank", "email")
RELATED = ("summit", "membership__party", "membership__category", "user")


def merge_page(request: HttpRequest, row: DuplicateCandidate) -> HttpResponse:
    """Show both people; a POST keeps the person with the primary key `keep` and merges the other one into them."""
    assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
    pair = [Person.objects.select_related(*RELATED).get(pk=key) for key in (row.other_id, row.person_id)]
    back = reverse("admin:delegations_duplicatecandidate_changelist")
    problem = ""
    if request.method == "POST":
        kept = next((person for person in pair if str(person.pk) == request.POST.get("keep", "")), None)
        if kept is None:
            problem = _("Choose which record to keep.")
        else:
            gone = next(person for person in pair if person.pk != kept.pk)
            try:
                merging.merge(kept=kept, gone=gone, by=request.user)
            except MergeRefused as refused:
                problem = str(refused)
            else:
                messages.success(request, _("Records merged into %(person)s.") % {"person": kept.label})
                return redirect("admin:summit_person_detail", kept.pk)
    else:
        people = [person.public_id for person in pair]
        access_log.record_page(
            by=request.user, target=row, summit=row.person.summit, fields=SHOWN, people=lambda: people
        )
    context = {
        **admin.site.each_context(request),
        "opts": DuplicateCandidate._meta,
        "title": _("Merge duplicates?"),
        "summit": row.person.summit,
        "row": row,
        "pair": pair,
        "facts": _facts(pair),
        "problem": problem,
        "stopped": merging.stops(*pair),
        "mending": _mending(pair),
        "back": back,
    }
    status = 422 if problem else 200
    return TemplateResponse(request, "admin/delegations/membership_changes/merge.html", context, status=status)


def _mending(pair: list[Person]) -> list[tuple[str, str]]:
    """Return links to what must be done before two people can be merged, as (URL, link text).

    The links lead to the steps that `merging.stops` asks for.
    """
    names = [person.label for person in pair]
    if names[0] == names[1]:
        names = [f"{names[0]} {label}" for label in (_("(added first)"), _("(added last)"))]
    members: list[Any] = [getattr(person, "membership", None) for person in pair]
    if all(person.user_id for person in pair):
        page, label = "admin:summit_person_take_accounts", _("Remove the account of %(person)s")
        keys = [person.pk for person in pair]
    elif all(members) and members[0].party_id != members[1].party_id:
        page, label = "admin:delegations_membership_withdraw", _("Withdraw %(person)s")
        keys = [person.pk for person in members]
    else:
        return []
    url = reverse(page)
    return [(f"{url}?row={key}", label % {"person": name}) for key, name in zip(keys, names, strict=True)]


def _facts(pair: list[Person]) -> list[tuple[str, list[Any]]]:
    """Return the rows of the comparison, as (title, values of both people).

    Rows without any value are left out.
    """
    parties_by_person: dict[int, list[str]] = {person.pk: [] for person in pair}
    acting = list(FocalPoint.objects.filter(person__in=pair).select_related("party").order_by("party__sort_key"))
    names = party_names.to_readers(row.party_id for row in acting)
    for row in acting:
        parties_by_person[row.person_id].append(names[row.party_id].name)
    members = [getattr(person, "membership", None) for person in pair]
    party_names.call(person.party for person in members if person is not None)
    facts: list[tuple[str, list[Any]]] = [
        (capfirst(str(Person._meta.get_field(name).verbose_name)), [getattr(person, name) for person in pair])  # type: ignore[union-attr]
        for name in SHOWN
    ]
    facts += [
        (
            capfirst(pgettext("label", "delegation")),
            [person.party.reads_as.name if person else "" for person in members],
        ),
        (capfirst(_("category")), [str(person.category) if person else "" for person in members]),
        (_("Focal point for"), [comma().join(parties_by_person[person.pk]) for person in pair]),
        (capfirst(pgettext("label", "account")), [_("yes") if person.user_id else "" for person in pair]),
        (_("Added"), [moment(person.created_at, person.summit) for person in pair]),
    ]
    return [(title, values) for title, values in facts if any(values)]
