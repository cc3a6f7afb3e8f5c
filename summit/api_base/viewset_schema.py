"""The OpenAPI 3.1 description of a viewset, derived only from the viewset's attributes."""

import copy
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, inline_serializer
from rest_framework import serializers

from summit.api_base.query_params import field_names, order_names
from summit.api_base.request_files import described
from summit.api_base.schema import ApiSchema, ProblemSerializer

QUERY: Any = OpenApiParameter.QUERY
PATH: Any = OpenApiParameter.PATH


class ViewSetSchema(ApiSchema):
    """The description of a viewset's URLs, derived only from the viewset."""

    @property
    def kind(self) -> str:
        """The kind of the URL: "Collection", "Item" or "Bulk"."""
        return str(self.view.kind)

    def get_operation_id(self) -> str:
        """Return the name of an operation: its verb and its viewset, such as "list_venues"."""
        name = self.view.viewset.name.replace("-", "_")
        verbs = {"GET": "get", "POST": "add", "PATCH": "change", "DELETE": "delete"}
        verb = {"Collection": {"GET": "list"}, "Bulk": {"POST": "add_many"}}.get(self.kind, {}).get(self.method)
        return f"{verb or verbs[self.method]}_{name}"

    def get_tags(self) -> list[str]:
        """Return the name of the viewset as the only tag of its operations."""
        return [self.view.viewset.name]

    def parameters(self) -> list[Any]:
        """Return the parameters of the URL: headers, id, fields, and for a list its order and filters."""
        declared = super().parameters()
        if "{id}" in self.path:
            description = "Its id" + (", or “ext:SYSTEM:ID”." if self.view.viewset.external else ".")
            declared.append(OpenApiParameter("id", str, PATH, description=description))
        if self.kind == "Bulk" or self.method == "DELETE":
            return declared
        names = ", ".join(field_names(self.view.viewset.serializer_class))
        declared.append(OpenApiParameter("fields", str, QUERY, description=f"Some of them, with commas: {names}."))
        if self.kind == "Collection" and self.method == "GET":
            ordering_fields = order_names(self.view.viewset.ordering_fields)
            declared.append(
                OpenApiParameter("order", str, QUERY, enum=ordering_fields, description="“-” is backwards.")
            )
            declared += [_described(name, each) for name, each in self._filters()]
        return declared

    def _filters(self) -> list[tuple[str, Any]]:
        filters = self.view.viewset.filterset_class
        return list(filters.base_filters.items()) if filters else []

    def get_request_serializer(self) -> Any:
        """Return the serializer of the request body: for a row, some of its fields, or many rows."""
        input_class = self.view.viewset.input_serializer_class
        if self.kind != "Bulk":
            changes = self.view.viewset.update_serializer_class or input_class
            return {"POST": described(input_class), "PATCH": changes}.get(self.method)
        row_fields = {
            "id": serializers.CharField(required=False, help_text="Of a row that is there; without it a new one."),
            "etag": serializers.CharField(required=False, help_text="Of the row that is there, as it was read."),
        }
        fields = {name: _optional(field) for name, field in input_class().fields.items()}
        row = inline_serializer(f"{self._name()}Row", {**row_fields, **fields}, many=True)
        return inline_serializer(f"{self._name()}Rows", {"rows": row})

    def get_response_serializers(self) -> Any:
        """Return a dict from status to the serializer of the response."""
        serializer_class = self.view.viewset.serializer_class
        if self.method == "DELETE":
            return {"204": OpenApiResponse(description="It is deleted.")}
        if self.kind == "Bulk":
            return {"200": self._results()}
        if self.kind == "Collection":
            return {"201": serializer_class} if self.method == "POST" else {"200": serializer_class(many=True)}
        return {"200": serializer_class}

    def _results(self) -> Any:
        row = {
            "status": serializers.IntegerField(),
            "etag": serializers.CharField(allow_null=True),
            "body": self.view.viewset.serializer_class(allow_null=True),
            "problem": ProblemSerializer(allow_null=True),
        }
        rows = inline_serializer(f"{self._name()}Result", row, many=True)
        return inline_serializer(f"{self._name()}Results", {"rows": rows})

    def _name(self) -> str:
        return "".join(part.capitalize() for part in self.view.viewset.name.split("-"))


class ActionSchema(ViewSetSchema):
    """The description of an action of a viewset, derived from the view's `action`."""

    def refusals(self) -> set[int]:
        """Return the statuses of possible error responses.

        They include 412, because a row or an order that was read may have changed.
        """
        return super().refusals() | {412}

    def get_operation_id(self) -> str:
        """Return the name of an operation: its action and its viewset, such as "approve_one_of_invitations"."""
        action, name = (each.replace("-", "_") for each in (self.view.action.name, self.view.viewset.name))
        return f"{action}_one_of_{name}" if self.kind == "RowAction" else f"{action}_{name}"

    def get_description(self) -> str:  # type: ignore[override]
        """Return the docstring of the action's method."""
        return str(self.view.action.says)

    def parameters(self) -> list[Any]:
        """Return the headers and, for an action on a row, the row's id."""
        declared = ApiSchema.parameters(self)
        if self.kind == "RowAction":
            description = "Its id" + (", or “ext:SYSTEM:ID”." if self.view.viewset.external else ".")
            declared.append(OpenApiParameter("id", str, PATH, description=description))
            description = "The ETag of what was read, where it matters; 412 where somebody has changed it since."
            declared.append(OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, description=description))
        return declared

    def get_request_serializer(self) -> Any:
        """Return the serializer of the action's input, or None."""
        return described(self.view.action.input)

    def get_response_serializers(self) -> Any:
        """Return a dict from status to the serializer of the response: the row or rows, or the action's `output`."""
        action, serializer_class = self.view.action, self.view.viewset.serializer_class
        if action.gone:
            return {"204": OpenApiResponse(description="It is done, and the row is gone.")}
        return {
            "200": action.output or (serializer_class if self.kind == "RowAction" else serializer_class(many=True))
        }


def _optional(field: Any) -> Any:
    # deepcopy creates an unbound field from the arguments of the original, also for fields inside it.
    optional = copy.deepcopy(field)
    optional._kwargs = {**optional._kwargs, "required": False}
    return optional


def _described(name: str, declared_filter: Any) -> OpenApiParameter:
    """Return the description of a declared filter as a query parameter."""
    choices = declared_filter.extra.get("choices")
    choices = choices() if callable(choices) else choices
    values = [value for value, _label in choices] if choices else None
    kinds: dict[str, Any] = {
        "BooleanFilter": bool,
        "NumberFilter": int,
        "DateFilter": OpenApiTypes.DATE,
        "IsoDateTimeFilter": OpenApiTypes.DATETIME,
    }
    kind = kinds.get(type(declared_filter).__name__, str)
    return OpenApiParameter(name, kind, QUERY, enum=values, description=str(declared_filter.label or ""))
