"""Actions of a viewset besides adding, changing and deleting rows: approve, send, withdraw.

A method of a `summit.api_base.viewsets.DeskViewSet` with the decorator `@action` has its own address for POST:

    @action("approve", permission="delegations.invite")
    def approve(self, *, by: User, row: Invitation, values: Values) -> None:
        "Approve the letter."

The address is ".../invitations/{id}/approve/", and the answer is the row after the action. With `detail=False` the
address is ".../invitations/approve/"; the method takes `summit` in the place of `row` and returns rows. With an
`output` the method returns what this serializer takes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeVar

from django.db import transaction
from django.http import Http404
from django.http.response import HttpResponseBase
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from summit.api_base import file_fields
from summit.api_base.problems import unprocessable
from summit.api_base.query_params import field_names
from summit.api_base.scopes import READ
from summit.api_base.viewset_schema import ActionSchema
from summit.api_base.viewset_views import DetailView, ViewSetView, check_fields, check_years
from summit.permissions.rules import require_collection_permission, require_object_permission

Method = TypeVar("Method", bound=Callable[..., Any])


@dataclass(frozen=True)
class Action:
    """A declared action: its name in addresses, the permission that it needs, its input and its output."""

    name: str
    permission: str
    input: type[serializers.BaseSerializer[Any]] | None
    output: Any
    detail: bool
    safe: bool
    gone: bool
    shown_once: tuple[str, ...]
    method: str
    says: str


def action(
    name: str,
    *,
    permission: str,
    input: type[serializers.BaseSerializer[Any]] | None = None,
    output: Any = None,
    detail: bool = True,
    safe: bool = False,
    gone: bool = False,
    shown_once: tuple[str, ...] = (),
) -> Callable[[Method], Method]:
    """Declare a method of a viewset as an action with its own address; a decorator.

    `output` may be a serializer class or a serializer with many=True. `safe` says that the action writes nothing, so
    that the read scope is enough for a token. `gone` says that the row doesn't exist afterwards. `shown_once` names
    the fields of the answer that are stored nowhere.
    """

    def mark(method: Method) -> Method:
        message = " ".join((method.__doc__ or "").split())
        found = Action(name, permission, input, output, detail, safe, gone, shown_once, method.__name__, message)
        method.is_action = found  # type: ignore[attr-defined]
        return method

    return mark


def actions_of(viewset: type) -> list[Action]:
    """Return the actions of a viewset, ordered by name."""
    found = [getattr(getattr(viewset, name), "is_action", None) for name in dir(viewset)]
    return sorted((each for each in found if each), key=lambda each: (each.name, not each.detail))


class _Nothing(serializers.Serializer[Any]):
    """The input of an action without input: an object without fields."""


class _ActionView(ViewSetView):
    """The base of the views for actions on a row and on a list."""

    schema = ActionSchema()
    http_method_names = ["post"]
    action: Any = None

    @property
    def takes_files(self) -> bool:  # type: ignore[override]
        """Whether the input of the action may have a file."""
        return file_fields.takes_files(self.action.input)

    def verb(self, method: str) -> str:
        """Return the verb that the token's scope must allow: read for a safe action."""
        return READ if self.action.safe else super().verb(method)

    def known_parameters(self) -> tuple[str, ...]:
        """Return no names: an action takes no query parameters."""
        return ()

    def fields(self) -> list[str]:
        """Return an empty list, which means all fields: an action offers no choice of fields."""
        return []

    def sent(self, row: Any = None) -> Any:
        """Return the input of the action, validated. Raises Problem."""
        data = self.body()
        known = (self.action.input or _Nothing)(data=data, context={**self.context(), "row": row})
        check_fields(data, known.fields)
        if not known.is_valid():
            raise unprocessable(known.errors)
        check_years(known.validated_data)
        return known.validated_data

    def told(self, found: Any) -> Response:
        """Return the response for the result of an action, rendered by its `output`."""
        output = self.action.output
        if isinstance(output, serializers.BaseSerializer):
            many = isinstance(output, serializers.ListSerializer)
            kind: Any = type(output.child) if isinstance(output, serializers.ListSerializer) else type(output)
            return Response(kind(found, many=many, context=self.context()).data)
        if output is self.viewset.serializer_class:
            # The response shows another row than the address names, so the access is logged as elsewhere.
            names = list(field_names(output))
            self.viewset.log_access(by=self.by, summit=self.summit, rows=[found], fields=names)
        return Response(output(found, context=self.context()).data)

    def do(self, **more: Any) -> Any:
        """Call the viewset's method, which calls the domain, and return its result."""
        return getattr(self.viewset, self.action.method)(by=self.by, **more)


class RowActionView(_ActionView, DetailView):
    """An action on one row. With If-Match it is done only if the row hasn't changed since it was read."""

    kind = "RowAction"

    def admit(self, request: Request) -> None:
        """Find the row, or only the summit if this same request was answered before and may have removed the row.

        Raises Http404, PermissionDenied.
        """
        try:
            super().admit(request)
        except Http404:
            if not self.was_answered():
                raise
            self.row = None
            ViewSetView.admit(self, request)

    def check_may_write(self) -> None:
        """Raise PermissionDenied if the reader lacks the permission of the action on this row."""
        if self.row is None:
            require_collection_permission(self.by, self.action.permission, self.summit)
        else:
            require_object_permission(self.by, self.action.permission, self.summit, self.row)

    def post(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Do the action."""
        return self.once(self._done)

    def _done(self) -> Response:
        if self.row is None:
            raise Http404
        values = self.sent(self.row)
        if self.request.headers.get("If-Match", "").strip():
            self.row = self._held()
        found = self.do(row=self.row, values=values)
        if self.action.gone:
            return Response(status=HTTPStatus.NO_CONTENT)
        return self.answer(self.fresh(self.row)) if self.action.output is None else self.told(found)


class ListActionView(_ActionView):
    """An action on several rows of a summit, or one that adds some."""

    kind = "ListAction"

    def check_may_write(self) -> None:
        """Raise PermissionDenied if the reader lacks the permission of the action in the summit."""
        require_collection_permission(self.by, self.action.permission, self.summit)

    def post(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Do the action."""
        return self.once(self._done)

    def _done(self) -> Response:
        with transaction.atomic():
            found = self.do(summit=self.summit, values=self.sent())
        if self.action.output is not None:
            return self.told(found)
        keys = [row.pk for row in found]
        rows = {row.pk: row for row in self.viewset.rows().filter(pk__in=keys)}
        return Response(self.shown([rows[key] for key in keys], many=True))
