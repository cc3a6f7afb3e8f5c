"""The OpenAPI 3.1 description of API views: the parts that all views have in common."""

from typing import Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from summit.api_base.problem_types import KINDS
from summit.api_base.problems import CONTENT_TYPE

HEADER: Any = OpenApiParameter.HEADER


class ErrorSerializer(serializers.Serializer[Any]):
    """An error: a message, and where it is. The place is a JSON pointer into the body or a query parameter."""

    pointer = serializers.CharField(required=False, help_text="A JSON pointer into the body (RFC 6901).")
    parameter = serializers.CharField(required=False, help_text="The name of a parameter.")
    detail = serializers.CharField()


class ProblemSerializer(serializers.Serializer[Any]):
    """The reason why the request was refused (RFC 9457)."""

    type = serializers.URLField(help_text="The kind of problem, and the address where it is explained.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="A sentence in the reader's language.")
    errors = ErrorSerializer(many=True, required=False)  # type: ignore[assignment]


def refused(schema: Any, found: Any, direction: Any) -> Any:
    """Add the error responses of a view and, for GET, the response 304 to its described responses `found`.

    Returns the responses, ordered by status.
    """
    for status in sorted(schema.refusals()):
        description = ". ".join(str(kind.title) for kind in KINDS.values() if kind.status == status)
        described = OpenApiResponse(ProblemSerializer, description=description)
        found[str(status)] = schema._get_response_for_code(described, str(status), [CONTENT_TYPE], direction)
    if schema.method == "GET":
        found["304"] = {"description": "It is as it was read."}
    return dict(sorted(found.items()))


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The OpenAPI security scheme for a token."""

    target_class = "summit.api_base.authentication.BearerAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """Return the description of how a token is sent."""
        return {"type": "http", "scheme": "bearer", "description": "A token made at /accounts/tokens/."}


class BrowserScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The OpenAPI security scheme for a browser with a signed-in user."""

    target_class = "summit.api_base.authentication.BrowserAuthentication"
    name = "browser"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """Return the description of the cookie with a browser's session."""
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}


class ApiSchema(AutoSchema):
    """The description of a view: its requests, its responses and its error responses.

    If the view authenticates users, the description also says who may use it.
    """

    view: Any

    @property
    def working(self) -> bool:
        """Whether the view authenticates its users; public views don't."""
        return bool(self.view.authentication_classes)

    def get_tags(self) -> list[str]:
        """Return the tags of an operation: ["public"] for all public views."""
        return list(super().get_tags()) if self.working else ["public"]

    def refusals(self) -> set[int]:
        """Return the statuses of possible error responses."""
        if not self.working:
            return {400, 404, 406}
        statuses = {400, 401, 403, 404, 406, 429}
        if self.method in ("POST", "PATCH"):
            statuses |= {409, 413, 415, 422}
        if self.method in ("PATCH", "DELETE"):
            statuses |= {409, 412, 428}
        return statuses

    def get_auth(self) -> list[dict[str, list[str]]]:
        """Return the accepted credentials, with the scope that a token needs (roles in OpenAPI 3.1)."""
        scopes = [f"{self.view.scope}:{self.view.verb(self.method)}"] if getattr(self.view, "scope", "") else []
        requirements = super().get_auth()
        if not self.working:
            return list(requirements)
        return [
            {name: scopes if name == "token" else [] for name in requirement}
            for requirement in requirements
            if requirement
        ]

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        """Return the description of one operation."""
        self._parameters: list[Any] = []
        return super().get_operation(*args, **kwargs)

    def get_override_parameters(self) -> list[Any]:
        """Return `parameters`. The list is created once for an operation, because each response needs it."""
        self._parameters = self._parameters or [*super().get_override_parameters(), *self.parameters()]
        return self._parameters

    def parameters(self) -> list[Any]:
        """Return the headers of requests and responses."""
        headers = [OpenApiParameter("ETag", str, HEADER, response=["200", "201"], description="How it stands.")]
        if self.method == "GET":
            headers.append(
                OpenApiParameter("If-None-Match", str, HEADER, description="An ETag: 304 where it stands.")
            )
        return [*headers, *self._working_headers()] if self.working else headers

    def _working_headers(self) -> list[Any]:
        headers = [
            OpenApiParameter("Accept-Language", str, HEADER, description="In which language sentences come."),
            OpenApiParameter("RateLimit", str, HEADER, response=True, description="What is left of this minute."),
            OpenApiParameter("RateLimit-Policy", str, HEADER, response=True, description="How much a minute allows."),
            OpenApiParameter("Retry-After", int, HEADER, response=["429", "409"], description="Seconds."),
            OpenApiParameter("WWW-Authenticate", str, HEADER, response=["401", "403"], description="RFC 6750."),
        ]
        if self.method == "POST":
            description = "A new key for each thing to be done: the same key has the same answer for 24 hours."
            headers.append(OpenApiParameter("Idempotency-Key", _KEY, HEADER, description=description))
            headers.append(OpenApiParameter("Location", OpenApiTypes.URI, HEADER, response=["201"]))
        if self.method in ("PATCH", "DELETE"):
            description = "The ETag of what was read; 412 where somebody has changed it since."
            headers.append(OpenApiParameter("If-Match", str, HEADER, required=True, description=description))
        return headers

    def get_request_serializer(self) -> Any:
        """Return the serializer of the request body, None for methods without one."""
        return super().get_request_serializer() if self.method in ("POST", "PATCH") else None

    def _map_serializer_field(self, field: Any, direction: Any, bypass_extensions: bool = False) -> Any:
        """Return the schema of a field, with two corrections.

        A read-only field of choices may be empty if its column may. A time of the venue's day has no offset, which
        JSON Schema's “time” must have (RFC 3339, full-time).
        """
        model = getattr(getattr(field.parent, "Meta", None), "model", None)
        if isinstance(field, serializers.ChoiceField) and field.read_only and model is not None:
            columns = {column.name: column for column in model._meta.fields}
            field.allow_blank = getattr(columns.get(field.source), "blank", field.allow_blank)
        schema = super()._map_serializer_field(field, direction, bypass_extensions)  # type: ignore[no-untyped-call]
        if schema.get("format") == "time":
            schema = {name: value for name, value in schema.items() if name != "format"} | {"pattern": _CLOCK}
        return schema

    def _get_serializer_field_meta(self, field: Any, direction: Any) -> Any:
        """Return the metadata of a field. For requests they say which texts and lists must not be empty."""
        meta = super()._get_serializer_field_meta(field, direction)  # type: ignore[no-untyped-call]
        if direction != "request":
            return meta
        if isinstance(field, serializers.CharField) and not field.allow_blank:
            meta["minLength"] = 1
        if not getattr(field, "allow_empty", True):
            meta["minItems"] = 1
        return meta

    def _get_response_bodies(self, direction: Any = "response") -> Any:
        return refused(self, super()._get_response_bodies(direction), direction)


_CLOCK = r"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?$"
_KEY: Any = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"}
