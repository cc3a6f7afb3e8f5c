"""Files in responses of the API: the file of a row or the result of an action, in Base64.

`file_fields` has the files in requests.
"""

import base64
from dataclasses import dataclass
from typing import Any

from django.http import Http404
from django.urls import URLPattern, path
from drf_spectacular.utils import OpenApiParameter, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from summit.api_base.authenticated_views import working_api
from summit.api_base.schema import ApiSchema
from summit.api_base.viewset_schema import PATH, ViewSetSchema
from summit.api_base.viewset_views import DetailView
from summit.api_base.viewsets import DeskViewSet
from summit.users.models import User


@dataclass(frozen=True)
class File:
    """A file for a response: its name, its media type and its bytes."""

    file_name: str
    content_type: str
    content: bytes


@extend_schema_field(str)
class BytesField(serializers.Field[Any, Any, Any, Any]):
    """Bytes in Base64."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, **kwargs)

    def to_representation(self, value: Any) -> str:
        """Return the bytes in Base64."""
        return base64.b64encode(bytes(value)).decode()


class ContentSerializer(serializers.Serializer[Any]):
    """A file: its name, its media type (RFC 9110, 8.3.1), and its bytes in Base64 (RFC 4648, 4)."""

    file_name = serializers.CharField()
    content_type = serializers.CharField()
    content = BytesField()


class PersonalContentSerializer(ContentSerializer):
    """A file with personal data. Its bytes aren't stored with the response for an Idempotency-Key."""

    content = BytesField(
        allow_null=True, help_text="Null where the answer is given again for the same Idempotency-Key."
    )


class ContentSchema(ViewSetSchema):
    """The OpenAPI description of the URL of a row's file."""

    def get_operation_id(self) -> str:
        """Return the name of the operation, such as "get_content_of_texts"."""
        return f"get_content_of_{self.view.viewset.name.replace('-', '_')}"

    def parameters(self) -> list[Any]:
        """Return the headers and the id of the row."""
        description = "Its id" + (", or “ext:SYSTEM:ID”." if self.view.viewset.external else ".")
        return [*ApiSchema.parameters(self), OpenApiParameter("id", str, PATH, description=description)]

    def get_response_serializers(self) -> Any:
        """Return the serializer of the response."""
        return {"200": ContentSerializer}


class Content(DetailView):
    """The file of a row."""

    kind = "Content"
    schema = ContentSchema()
    http_method_names = ["get", "head"]

    def known_parameters(self) -> tuple[str, ...]:
        """Return (): the URL takes no query parameters."""
        return ()

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return the row's file. Raises a 404 if the row has no file, or if the user may not see the row."""
        file = self.viewset.content(by=self.by, row=self.row)
        if file is None:
            raise Http404
        return Response(ContentSerializer(file).data)


class WithContent(DeskViewSet):
    """A viewset with one file for each row, at ".../{id}/content/"."""

    def content(self, *, by: User, row: Any) -> Any:
        """Return the file of a row, as a File or an object with its attributes.

        Return None if the user may have none. Records in the access log who received the file.
        """
        raise NotImplementedError

    @classmethod
    def paths(cls) -> list[URLPattern]:
        """Return the URL patterns of the viewset, with that of a row's file."""
        view = working_api(Content.as_view(viewset=cls(), scope=cls.name))
        where = f"summits/<slug:summit>/desk/{cls.name}/<str:id>/content/"
        return [*super().paths(), path(where, view, name=f"api-desk-{cls.name}-row-content")]
