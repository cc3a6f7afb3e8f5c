"""The root of the API, and its OpenAPI description."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from drf_spectacular.utils import OpenApiResponse, extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from summit.api import description
from summit.api_base.permission_classes import PublicMixin
from summit.api_base.problem_types import KINDS
from summit.public_base.public_pages import public_page


class RootSerializer(serializers.Serializer[dict[str, str]]):
    """The URLs from which all other URLs can be reached."""

    summits = serializers.URLField()
    schema = serializers.URLField()
    docs = serializers.URLField()
    problems = serializers.URLField()
    me = serializers.URLField()


class Root(PublicMixin, APIView):
    """The URLs from which all other URLs can be reached."""

    @extend_schema(responses={200: OpenApiResponse(RootSerializer)}, operation_id="root_retrieve")
    def get(self, request: Request) -> Response:
        """List the URLs from which all other URLs can be reached."""
        names = {"summits": "api-summits", "schema": "api-schema", "docs": "api-docs"}
        names |= {"problems": "api-problems", "me": "api-me"}
        return Response({key: request.build_absolute_uri(reverse(name)) for key, name in names.items()})


class Schema(SpectacularAPIView):
    """The description of the API (OpenAPI 3.1), as YAML. `?format=json` or the Accept header requests JSON."""

    def _get_schema_response(self, request: Request) -> HttpResponse:
        """Return the stored description in the active language.

        If this is no interface language, return the description in the default language.
        """
        language = translation.get_language()
        supported = language if language in settings.INTERFACE_LANGUAGES else settings.LANGUAGE_CODE
        renderer: Any = request.accepted_renderer
        name = self._get_filename(request, "")  # type: ignore[no-untyped-call]
        headers = {"Content-Disposition": f'inline; filename="{name}"'}
        form = "json" if "json" in renderer.format else "yaml"
        content = description.read(form, supported)
        return HttpResponse(content, content_type=renderer.media_type, headers=headers)


class Docs(SpectacularSwaggerSplitView):
    """A page with the description of the API, on which people can also try it. Its script contains no token."""

    url_name = "api-schema"
    template_name = "api/docs.html"
    template_name_js = "api/docs.js"


@public_page()
def problems(request: HttpRequest) -> HttpResponse:
    """Show the page that explains the kinds of problems. The `type` of each problem is a URL on this page."""
    return render(request, "api/problems.html", {"kinds": KINDS.values()})
