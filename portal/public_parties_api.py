"""The read-only public API of a summit's parties.

A party is public if it takes part in a public session of the newest release. It is also public if the text of a
speech for the party is public. The API has no invitations and no answers.
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
    """Orders pages by the parties' alphabetical keys in the summit's first language."""

    ordering: Any = ("sort_key", "id")


def public_parties(summit: Summit) -> QuerySet[Party]:
    """Return the public parties of a summit, with their names prefetched."""
    sessions = ReleasedSession.objects.public(summit)
    places = ReleasedParticipant.objects.filter(released_session__in=sessions.order_by().values("pk")).order_by()
    texts = public_editions().filter(version__text__summit=summit, version__text__slot__party__isnull=False)
    condition = (
        Q(pk__in=places.filter(party__isnull=False).values("party"))
        # A release stores a person's party by its name.
        | Q(name__in=places.exclude(party_label="").values("party_label"))
        | Q(pk__in=texts.order_by().values("version__text__slot__party"))
    )
    rows = Party.objects.filter(condition, summit=summit)
    return rows.select_related("summit").prefetch_related("names")


class _PublicParties(PublicMixin, generics.GenericAPIView[Party]):
    """Base class of the views of public parties."""

    serializer_class = PartySerializer
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
        policy = _policy(page)
        rows = self.get_serializer([party_names.as_data(party, policy=policy) for party in page], many=True)
        return self.get_paginated_response(rows.data)


class PartyDetail(_PublicParties, generics.RetrieveAPIView[Party]):
    """A public party, with the names that the host has approved."""

    object_kind = "public party"

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return the party. Raises Http404 if it doesn't exist or isn't public."""
        party = self.get_object()
        return Response(self.get_serializer(party_names.as_data(party, policy=_policy([party]))).data)


def _policy(parties: list[Party]) -> Policy:
    return Policy.objects.of(parties[0].summit) if parties else Policy()
