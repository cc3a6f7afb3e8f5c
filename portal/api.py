"""The public parties of a summit in the API: to read.

A party is public where everybody can read of it already: it takes part in a public session of the newest release, or
somebody spoke for it in a public text. Who is invited, and who has answered what, is nobody's to read here.
"""

from typing import Any

from django.db.models import Q, QuerySet
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response

from delegations.parties.api.public import PartySerializer
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
    """By the alphabetical keys in the summit's own language."""

    ordering: Any = ("sort_key", "id")


def public_parties(summit: Summit) -> QuerySet[Party]:
    """Return the parties of which everybody can read already, with what their names need."""
    sessions = ReleasedSession.objects.public(summit)
    places = ReleasedParticipant.objects.filter(released_session__in=sessions.order_by().values("pk")).order_by()
    texts = public_editions().filter(version__text__summit=summit, version__text__slot__party__isnull=False)
    seen = (
        Q(pk__in=places.filter(party__isnull=False).values("party"))
        # A person's party is frozen by its name.
        | Q(name__in=places.exclude(party_label="").values("party_label"))
        | Q(pk__in=texts.order_by().values("version__text__slot__party"))
    )
    rows = Party.objects.filter(seen, summit=summit)
    return rows.select_related("summit").prefetch_related("names")


class _PublicParties(PublicMixin, generics.GenericAPIView[Party]):
    """What is public of a summit's parties."""

    serializer_class = PartySerializer
    pagination_class = ByAlphabet
    queryset = Party.objects.none()
    lookup_field = "public_id"

    def get_queryset(self) -> QuerySet[Party]:
        """Return the parties of which everybody can read."""
        if getattr(self, "swagger_fake_view", False):
            return Party.objects.none()
        return public_parties(get_summit(self.kwargs["summit"]))


class PartyList(_PublicParties, generics.ListAPIView[Party]):
    """The public parties of a summit, by alphabet: how the host has approved that they are named."""

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Give a page of parties. Raises Problem for a parameter that isn't known."""
        query_params.check_known(request.query_params, query_params.PUBLIC)
        query_params.check_page_size(request.query_params)
        page = self.paginate_queryset(self.get_queryset()) or []
        policy = _policy(page)
        rows = self.get_serializer([party_names.as_data(party, policy=policy) for party in page], many=True)
        return self.get_paginated_response(rows.data)


class PartyDetail(_PublicParties, generics.RetrieveAPIView[Party]):
    """One public party."""

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Give the party, or the 404 of what isn't there."""
        party = self.get_object()
        return Response(self.get_serializer(party_names.as_data(party, policy=_policy([party]))).data)


def _policy(parties: list[Party]) -> Policy:
    return Policy.objects.of(parties[0].summit) if parties else Policy()
