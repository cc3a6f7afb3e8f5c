"""Additional pages of a party in the admin, for its members, quotas and liaison officers."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from delegations.core.admin.ordering_page import arrange
from delegations.liaison.admin import officers_page
from delegations.members.admin import quotas
from delegations.members.admin.choose_person import name_page
from delegations.members.permissions import RAISE_QUOTA
from delegations.members.services import members
from delegations.parties.models.parties import Party
from delegations.parties.selectors import party_names
from summit.admin_base.model_pages import model_page
from summit.templatetags.text_direction import own
from summit.users.models import User

NAME = "delegations.name"


class PartyPages:
    """Adds pages that name members of a party, order them, set quotas and choose its liaison officers."""

    admin_site: Any

    @model_page("<int:pk>/quotas/", "quotas", do=quotas.VIEW, post=RAISE_QUOTA, own=True)
    def quotas_view(self, request: HttpRequest, row: Party) -> HttpResponse:
        """Show the party's quotas; a POST sets or removes one."""
        return quotas.page(request, row)

    @model_page("<int:pk>/liaison/", "liaison", do="delegations.liaisonofficer.change", own=True)
    def liaison_view(self, request: HttpRequest, row: Party) -> HttpResponse:
        """Show the form of the party's liaison officers; a POST stores them."""
        return officers_page(request, row)

    @model_page("<int:pk>/name/", "name", do=NAME, own=True)
    def name_view(self, request: HttpRequest, row: Party) -> HttpResponse:
        """Show the people who can be named for the party; a POST names one of them."""
        return name_page(request, row)

    @model_page("<int:pk>/members/order/", "members_order", do=NAME, own=True)
    def order_view(self, request: HttpRequest, party: Party) -> HttpResponse:
        """Show the order of the party's members; a POST stores a new order."""
        assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
        by = request.user
        rows = party.memberships.select_related("person").order_by("position", "pk")
        named, url = party_names.to_reader(party), reverse("admin:delegations_party_detail", args=[party.pk])
        return arrange(
            request,
            title=_("Order of members"),
            items=[(row.pk, row.person.label) for row in rows],
            save=lambda keys, expected: members.reorder(party=party, order=keys, expected=expected, by=by),
            back=(own(named.name, named.language), f"{url}#members"),
            may_change=True,
        )
