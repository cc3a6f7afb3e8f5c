"""The delegation's people: the list in its order."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from delegations.domain import outstanding
from portal.delegation import Desk, desk
from portal.views.delegation.standing import WORDS


@require_safe
@desk("delegations.membership.view")
def people(request: HttpRequest, found: Desk) -> HttpResponse:
    """Show who is named, who is confirmed, and what is missing for whom."""
    rows = [_row(member) for member in outstanding.roll(found.party)]
    return render(request, "portal/delegation/people.html", found.context(rows=rows))


def _row(member: Any) -> dict[str, Any]:
    lacks = [what for what in outstanding.lacking(member) if what != outstanding.CONFIRMATION]
    return {"member": member, "lacks": [WORDS[what] for what in lacks]}
