"""The API of the links in letters: list and revoke them. The URLs of the links are never returned."""

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from delegations.core.api.access_log import log_shown_fields
from delegations.invitations.api.fields import OfInvitation, OfInvitationFilters
from delegations.invitations.models.invitations import InvitationLink
from delegations.invitations.services import link_requests, links
from summit.api_base.actions import action
from summit.api_base.viewset_views import Values
from summit.api_base.viewsets import DeskViewSet
from summit.summits.models import Summit
from summit.users.models import User


class LetterLinkSerializer(OfInvitation, serializers.ModelSerializer[InvitationLink]):
    """A link in a letter: the mailbox to which it was sent (`address`), and when it was followed. The URL of the link
    is never returned."""

    id = serializers.CharField(source="public_id", read_only=True)
    person = serializers.CharField(source="person.public_id", read_only=True, allow_null=True, default=None)

    class Meta:
        model = InvitationLink
        fields: ClassVar[list[str]] = [
            *(*OfInvitation.OF, "address", "person"),
            *("created_at", "expires_at", "first_used_at", "revoked_at", "asked_at"),
        ]
        read_only_fields = fields


class LinkFilters(OfInvitationFilters):
    """The filters of the list of links."""

    live = django_filters.BooleanFilter(method="of_life", label=_("opens a zone"))
    asks = django_filters.BooleanFilter(method="of_asking", label=_("a new letter was requested"))
    created_since = django_filters.IsoDateTimeFilter(
        field_name="created_at", lookup_expr="gte", label=_("created since")
    )

    def of_life(self, rows: QuerySet[InvitationLink], name: str, value: bool) -> QuerySet[InvitationLink]:
        """Return the links that work, or the others if `value` is false."""
        live = InvitationLink.objects.live().values("pk")
        return rows.filter(pk__in=live) if value else rows.exclude(pk__in=live)

    def of_asking(self, rows: QuerySet[InvitationLink], name: str, value: bool) -> QuerySet[InvitationLink]:
        """Return the links for which a new letter is requested, or the others if `value` is false."""
        waiting = link_requests.waiting().values("pk")
        return rows.filter(pk__in=waiting) if value else rows.exclude(pk__in=waiting)


class InvitationLinkViewSet(DeskViewSet):
    """Links in letters. Each link opens one invitation for one mailbox."""

    name = "letter-links"
    verbose_name = _("links in letters")
    permission = "delegations.invitationlink"
    allowed_methods = ()
    model = InvitationLink
    serializer_class = LetterLinkSerializer
    filterset_class = LinkFilters
    ordering_fields: ClassVar[Any] = {"created": ("created_at",)}
    summit_path = "invitation__party__summit"

    def rows(self) -> QuerySet[InvitationLink]:
        """Return links joined with their invitations and people."""
        return InvitationLink.objects.select_related("invitation__party__summit", "person")

    def log_access(self, *, by: User, summit: Summit, rows: Any, fields: Any) -> None:
        """Record in the access log that the mailboxes and people of these links were read."""
        log_shown_fields(
            by=by,
            summit=summit,
            rows=rows,
            fields=fields,
            shows=("address", "person"),
            people=lambda row: row.person,
        )

    @action("revoke", permission="delegations.revoke")
    def revoke(self, *, by: User, row: InvitationLink, values: Values) -> None:
        """Revoke the link. It stops working, also in browsers that have opened it."""
        links.revoke(link=row, by=by)

    @action("settle", permission="delegations.invite")
    def settle(self, *, by: User, row: InvitationLink, values: Values) -> None:
        """Settle the request for a new letter: note that none is wanted."""
        link_requests.settle(link=row, by=by)
