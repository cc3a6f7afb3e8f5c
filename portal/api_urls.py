"""Addresses of the API, composed from all apps. Everything here is public, reading only, and the same for everybody."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path, re_path

from summit.api.public import not_found, public_api
from summit.api.root import Docs, Root, Schema
from summit.api.summits import SummitDetail, SummitList

urlpatterns: list[URLPattern | URLResolver] = [
    path("", public_api(Root.as_view()), name="api-root"),
    path("schema/", public_api(Schema.as_view()), name="api-schema"),
    path("docs/", public_api(Docs.as_view()), name="api-docs"),
    path("summits/", public_api(SummitList.as_view()), name="api-summits"),
    path("summits/<slug:slug>/", public_api(SummitDetail.as_view()), name="api-summit"),
]
for _app in ("sessions.api_urls", "press.api_urls"):
    if find_spec(_app):
        urlpatterns += [path("", include(_app))]
urlpatterns += [re_path(r"^.*$", not_found, name="api-nothing")]
