"""Files that the API gives: a row's content, or what an action made, their bytes in base 64. What is sent:
`files`."""

import base64
from dataclasses import dataclass
from typing import Any

from django.http import Http404
from django.urls import URLPattern, path
from drf_spectacular.utils import OpenApiParameter, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from summit.api_base.schema import ApiSchema
from summit.api_base.views import working_api
from summit.api_base.viewset_schema import PATH, ViewSetSchema
from summit.api_base.viewset_views import DetailView
from summit.api_base.viewsets import DeskViewSet
from summit.users.models import User


@dataclass(frozen=True)
class File:
    """A file that is given."""

    file_name: str
    content_type: str
    content: bytes


@extend_schema_field(str)
class BytesField(serializers.Field[Any, Any, Any, Any]):
    """Bytes in base 64."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, **kwargs)

    def to_representation(self, value: Any) -> str:
        """Return them."""
        return base64.b64encode(bytes(value)).decode()


class ContentSerializer(serializers.Serializer[Any]):
    """A file: what it is called, what it is (RFC 9110, 8.3.1), and its bytes in base 64 (RFC 4648, 4)."""

    file_name = serializers.CharField()
    content_type = serializers.CharField()
    content = BytesField()


class PersonalContentSerializer(ContentSerializer):
    """A file that says something of people: its bytes are kept with no Idempotency-Key."""

    content = BytesField(
        allow_null=True, help_text="Null where the answer is given again for the same Idempotency-Key."
    )


class ContentSchema(ViewSetSchema):
    """The description of the address of a row's file."""

    def get_operation_id(self) -> str:
        """Name it."""
        return f"get_content_of_{self.view.viewset.name.replace('-', '_')}"

    def parameters(self) -> list[Any]:
        """Describe the headers, and the row."""
        said = "Its id" + (", or “ext:SYSTEM:ID”." if self.view.viewset.external else ".")
        return [*ApiSchema.parameters(self), OpenApiParameter("id", str, PATH, description=said)]

    def get_response_serializers(self) -> Any:
        """Return what is answered."""
        return {"200": ContentSerializer}


class Content(DetailView):
    """The file of a row."""

    kind = "Content"
    schema = ContentSchema()
    http_method_names = ["get", "head"]

    def known_parameters(self) -> tuple[str, ...]:
        """Return that nothing can be asked for."""
        return ()

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Give the file, where there is one for whoever asks."""
        found = self.viewset.content(by=self.by, row=self.row)
        if found is None:
            raise Http404
        return Response(ContentSerializer(found).data)


class WithContent(DeskViewSet):
    """A viewset whose rows have a file each, at ".../{id}/content/"."""

    def content(self, *, by: User, row: Any) -> Any:
        """Return the row's file (or what has its attributes) and note who had it, or None where there is none for
        them."""
        raise NotImplementedError

    @classmethod
    def paths(cls) -> list[URLPattern]:
        """Add the address of a row's file."""
        view = working_api(Content.as_view(viewset=cls(), scope=cls.name))
        where = f"summits/<slug:summit>/desk/{cls.name}/<str:id>/content/"
        return [*super().paths(), path(where, view, name=f"api-desk-{cls.name}-row-content")]
