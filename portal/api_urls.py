"""URLs of the API, composed from all apps.

Public endpoints are read-only and the same for everybody. Endpoints below "me/" and below each summit's "desk/" need
a credential (summit.api_base.authenticated_views).
"""

from django.urls import URLPattern, URLResolver, include, path, re_path

from portal.public_party_list_api import PartyDetail, PartyList
from summit.api.root import Docs, Root, Schema, problems
from summit.api.summits import SummitDetail, SummitList
from summit.api_base.public_views import cached_api, not_found, public_api

urlpatterns: list[URLPattern | URLResolver] = [
    path("", public_api(Root.as_view()), name="api-root"),
    path("schema/", public_api(Schema.as_view()), name="api-schema"),
    path("docs/", public_api(Docs.as_view()), name="api-docs"),
    path("summits/", public_api(SummitList.as_view()), name="api-summits"),
    path("summits/<slug:summit>/", public_api(SummitDetail.as_view()), name="api-summit"),
    path("summits/<slug:summit>/parties/", cached_api(PartyList.as_view()), name="api-parties"),
    path(
        "summits/<slug:summit>/parties/<slug:public_id>/",
        cached_api(PartyDetail.as_view()),
        name="api-party",
    ),
    path("problems/", problems, name="api-problems"),
    path("", include("summit.api.urls")),
    path("", include("delegations.api_urls")),
    path("", include("sessions.api_urls")),
    path("", include("press.api_urls")),
    # Last: any other URL gets a JSON response as well.
    re_path(r"^.*$", not_found, name="api-nothing"),
]
