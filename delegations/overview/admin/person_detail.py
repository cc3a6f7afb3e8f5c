"""The page of a person that one reads: their delegation, what to do next, what is missing, and their parts."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from delegations.members.models.members import Membership
from delegations.overview.admin.person_sections import sections
from delegations.overview.selectors import member_completeness
from delegations.parties.models.policy import Policy
from delegations.parties.selectors import party_names
from summit.admin_base.detail_pages import detail_url
from summit.admin_base.next_steps import NextStep, OpenPoint
from summit.core.database_clock import db_now
from summit.people.models import Person
from summit.permissions.rules import allows

# Where a missing item is entered: the page of the person, by the item.
PAGES = {
    member_completeness.PASSPORT: "passport",
    member_completeness.PHOTO: "photo",
    member_completeness.ARRIVAL: "travel",
}


def context(request: HttpRequest, person: Person) -> dict[str, Any]:
    """Return the variables of a person's page that the user may see. The number of queries is constant."""
    found: dict[str, Any] = {"parts": sections(request, person), "steps": [], "points": []}
    if not allows(request.user, "delegations.membership.view", person.summit):
        return found
    rows = member_completeness.with_lacks(
        Membership.objects.filter(person=person).select_related("party", "category", "person")
    )
    membership: Any = rows.first()
    if membership is None:
        return found
    confirmed = membership.confirmed_at is not None
    return {
        **found,
        "membership": membership,
        "party_name": party_names.to_reader(membership.party).name,
        "party_url": detail_url(membership.party),
        "confirmed": ("good", pgettext("member", "confirmed")) if confirmed else ("wait", _("awaiting confirmation")),
        "steps": list(_steps(request, membership)),
        "points": list(_points(membership)),
    }


def _steps(request: HttpRequest, row: Membership) -> Iterator[NextStep]:
    """Yield what the user can do with a membership, the most usual first."""
    user, summit = request.user, row.party.summit
    if allows(user, "delegations.name", summit, row.party):
        if row.confirmed_at is None:
            posts: dict[str, list[Any]] = {"row": [row.pk], "next": [detail_url(row.person)]}
            yield NextStep(reverse("admin:delegations_membership_confirm"), _("Confirm"), posts)
        yield NextStep(f"{reverse('admin:delegations_membership_move')}?row={row.pk}", _("Change category"))
    if allows(user, "delegations.withdraw", summit, row.party):
        yield NextStep(reverse("admin:delegations_membership_replace", args=[row.pk]), _("Replace person"))
        yield NextStep(reverse("admin:delegations_membership_withdraw"), _("Withdraw"), {"row": [row.pk]})


def _points(row: Any) -> Iterator[OpenPoint]:
    """Yield what is missing for a member annotated by `member_completeness.with_lacks`."""
    words = {
        member_completeness.PASSPORT: _("No passport data"),
        member_completeness.PHOTO: _("No photograph"),
        member_completeness.ARRIVAL: _("No arrival"),
        member_completeness.VISA: _("Visa support letter refused"),
    }
    for item in member_completeness.missing([row], Policy.objects.of(row.party.summit), db_now()):
        if item.what in words:
            page = PAGES.get(item.what)
            url = reverse(f"admin:summit_person_{page}", args=[row.person_id]) if page else ""
            yield OpenPoint(words[item.what], url, item.late)
