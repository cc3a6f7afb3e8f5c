"""The API's entrance and its description."""

from django.urls import reverse
from drf_spectacular.utils import OpenApiResponse, extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


class RootSerializer(serializers.Serializer[dict[str, str]]):
    """Where everything is."""

    summits = serializers.URLField()
    schema = serializers.URLField()
    docs = serializers.URLField()


class Root(APIView):
    """Where everything is."""

    @extend_schema(responses={200: OpenApiResponse(RootSerializer)}, operation_id="root_retrieve")
    def get(self, request: Request) -> Response:
        """List the addresses that everything else is reached from."""
        names = {"summits": "api-summits", "schema": "api-schema", "docs": "api-docs"}
        return Response({key: request.build_absolute_uri(reverse(name)) for key, name in names.items()})


class Schema(SpectacularAPIView):
    """The description of the API (OpenAPI 3.1), as YAML, or as JSON by `?format=json` or the Accept header."""


class Docs(SpectacularSwaggerSplitView):
    """The description of the API to read and to try, for people. Its script has no reader's token in it."""

    url_name = "api-schema"
    template_name = "portal/api_docs.html"
    template_name_js = "portal/api_docs.js"
