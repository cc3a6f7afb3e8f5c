"""The read-only public API of a summit's parties.

A party is public if it is in the public list of delegations, which the public home shows too
(`delegations.participants.selectors.public_list`). It is also public if it takes part in a public session of the
newest release, or if the text of a speech for the party is public. The API has no invitations and no answers.
"""

from typing import Any

from django.db.models import Q, QuerySet
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response

from delegations.participants.selectors.public_list import Consented, consented, public_list
from delegations.parties.api.public_serializers import ListedPartySerializer
from delegations.parties.models.parties import Party
from delegations.parties.models.policy import Policy
from delegations.parties.selectors import party_names
from press.texts.models.visibility import public_editions
from sessions.agenda.models.releases import ReleasedParticipant, ReleasedSession
from summit.api_base import query_params
from summit.api_base.pagination import ByNewest
from summit.api_base.permission_classes import PublicMixin
from summit.public_base.summits import get_summit
from summit.summits.models import Summit


class ByAlphabet(ByNewest):
    """Orders pages by the parties' alphabetical keys in the summit's first language."""

    ordering: Any = ("sort_key", "id")


def public_parties(summit: Summit) -> QuerySet[Party]:
    """Return the public parties of a summit, with their names prefetched."""
    sessions = ReleasedSession.objects.public(summit)
    places = ReleasedParticipant.objects.named().filter(released_session__in=sessions.order_by().values("pk"))
    places = places.order_by()
    texts = public_editions().filter(version__text__summit=summit, version__text__slot__party__isnull=False)
    condition = (
        Q(pk__in=places.filter(party__isnull=False).values("party"))
        # A release stores a person's party by its name.
        | Q(name__in=places.exclude(party_label="").values("party_label"))
        | Q(pk__in=texts.order_by().values("version__text__slot__party"))
        | Q(pk__in=public_list(summit).order_by().values("pk"))
    )
    rows = Party.objects.filter(condition, summit=summit)
    return rows.select_related("summit").prefetch_related("names")


class _PublicParties(PublicMixin, generics.GenericAPIView[Party]):
    """Base class of the views of public parties."""

    serializer_class = ListedPartySerializer
    pagination_class = ByAlphabet
    queryset = Party.objects.none()
    lookup_field = "public_id"

    def get_queryset(self) -> QuerySet[Party]:
        """Return the public parties of the summit in the URL."""
        if getattr(self, "swagger_fake_view", False):
            return Party.objects.none()
        return public_parties(get_summit(self.kwargs["summit"]))


class PartyList(_PublicParties, generics.ListAPIView[Party]):
    """The public parties of a summit in alphabetical order, with the names that the host has approved."""

    object_kind = "public summit"

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return a page of parties. Raises Problem for an unknown parameter."""
        query_params.check_known(request.query_params, query_params.PUBLIC)
        query_params.check_page_size(request.query_params)
        page = self.paginate_queryset(self.get_queryset()) or []
        return self.get_paginated_response(self.get_serializer(_as_data(page), many=True).data)


class PartyDetail(_PublicParties, generics.RetrieveAPIView[Party]):
    """A public party, with the names that the host has approved."""

    object_kind = "public party"

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return the party. Raises Http404 if it doesn't exist or isn't public."""
        return Response(self.get_serializer(_as_data([self.get_object()])[0]).data)


def _as_data(parties: list[Party]) -> list[dict[str, Any]]:
    """Return these parties of one summit as data. Makes four queries for any number of parties."""
    if not parties:
        return []
    summit = parties[0].summit
    policy = Policy.objects.of(summit)
    rows = public_list(summit).filter(pk__in=[party.pk for party in parties])
    listed, agreed = set(rows.values_list("pk", flat=True)), consented(rows)
    return [
        {
            **party_names.as_data(party, policy=policy),
            "listed": party.pk in listed,
            "head": _head(agreed.get(party.pk, Consented())),
            "size": agreed.get(party.pk, Consented()).size,
        }
        for party in parties
    ]


def _head(agreed: Consented) -> dict[str, str] | None:
    return {"name": agreed.head.name, "office": agreed.head.office} if agreed.head else None
