"""The read-only API of public texts."""

from dataclasses import replace
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from delegations.parties.selectors import party_names
from press.public.api.editions import LANGUAGE, missing
from press.public.api.serializers import FullTextSerializer, TextSerializer
from press.public.filters import all_keys
from press.published_texts.related import related_content
from press.published_texts.selectors import brief, find_public_edition, listed, read, readable
from press.search.params import DAYS, NAMES, SearchParams, parse_params
from press.texts.models.editions import Edition
from press.texts.models.texts import TextKind
from summit.api_base import query_params
from summit.api_base.pagination import ByNewest
from summit.api_base.permission_classes import PublicMixin
from summit.api_base.problems import parameters
from summit.public_base.summits import get_summit
from summit.summits.models import Summit

KNOWN = ("q", *NAMES, *DAYS, *query_params.PAGING, "lang")
_ASKED = [
    OpenApiParameter("q", str, description="Words, as the press site finds them."),
    OpenApiParameter("kind", str, enum=TextKind.values, description="Texts of this kind."),
    OpenApiParameter("speaker", str, description="Speeches of the person of this id."),
    OpenApiParameter("party", str, description="Speeches for the country or other party of this id."),
    OpenApiParameter("session", str, description="Texts of the session of this id."),
    OpenApiParameter("topic", str, description="Texts about the topic of this id."),
    OpenApiParameter("language", str, description="Texts in this language, translations too."),
    OpenApiParameter("since", OpenApiTypes.DATE, description="Published on this day at the venue, or later."),
    OpenApiParameter("until", OpenApiTypes.DATE, description="Published on this day at the venue, or before."),
]


def wanted_of(query: QueryDict) -> SearchParams:
    """Return the filters in a query string, which are the same as on the press site.

    Raises Problem for an unknown parameter, an invalid page size, an invalid day or an unknown kind of text.
    """
    query_params.check_known(query, KNOWN)
    query_params.check_page_size(query)
    wanted = parse_params(query)
    for name in DAYS:
        if query.get(name) and getattr(wanted, name) is None:
            raise parameters({name: _("Enter the date as 2025-03-31.")})
    if wanted.chosen.get("kind", TextKind.NOTICE) not in TextKind.values:
        raise parameters({"kind": _("Enter one of: %(known)s.") % {"known": ", ".join(TextKind.values)}})
    return wanted


def _narrowed(summit: Summit, wanted: SearchParams) -> QuerySet[Any]:
    return readable(summit).filter(pk__in=all_keys(summit, wanted)) if wanted else listed(summit)


class NewestFirst(ByNewest):
    """Pagination that orders editions by their time of publication, newest first."""

    ordering = ("-published_at", "-id")  # type: ignore[assignment]


@extend_schema(parameters=_ASKED)
class TextList(PublicMixin, ListAPIView[Edition]):
    """The public texts of a summit, newest first.

    Each text is listed once, in its authoritative language or in the requested one.
    """

    object_kind = "public summit"
    serializer_class = TextSerializer
    pagination_class = NewestFirst

    def get_queryset(self) -> QuerySet[Any]:
        """Return the public texts of the summit in their authoritative languages. `list` applies the filters."""
        return listed(get_summit(self.kwargs["summit"])).order_by()

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return a page of the texts that match the filters."""
        summit = get_summit(self.kwargs["summit"])
        page = self.paginate_queryset(_narrowed(summit, wanted_of(request.query_params))) or []
        context = {**self.get_serializer_context(), "parties": party_names.all_as_data(summit)}
        rows = TextSerializer([brief(summit, edition) for edition in page], many=True, context=context)
        return self.get_paginated_response(rows.data)


@extend_schema(parameters=[LANGUAGE], responses=FullTextSerializer)
class TextDetail(PublicMixin, RetrieveAPIView[Edition]):
    """A public text in its authoritative language, or in the requested one."""

    object_kind = "public text"
    serializer_class = FullTextSerializer
    queryset = Edition.objects.none()

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return the text. The status is 410 if the text was removed, and 404 if it was never published."""
        query_params.check_known(request.query_params, ("language", "lang"))
        summit = get_summit(kwargs["summit"])
        language = request.query_params.get("language") or None
        edition = find_public_edition(summit, kwargs["slug"], language)
        if edition is None:
            raise missing(summit, kwargs["slug"], language)
        reading = replace(read(summit, edition), beside=related_content(summit, edition))
        first = reading.history[-1].number if reading.history else None
        context = {
            **self.get_serializer_context(),
            "parties": party_names.all_as_data(summit),
            "first_edition": first,
        }
        return Response(FullTextSerializer(reading, context=context).data)
