"""Actions of a viewset besides adding, changing and deleting rows: approve, send, withdraw.

A method of a `summit.api_base.viewsets.DeskViewSet` with the decorator `@action` has its own URL for POST:

    @action("approve", permission="delegations.invite")
    def approve(self, *, by: User, row: Invitation, values: Values) -> None:
        "Approve the letter."

The URL is ".../invitations/{id}/approve/", and the response is the row after the action. With `detail=False`, the URL
is ".../invitations/approve/", and the method takes `summit` instead of `row` and returns rows. With an `output`, the
method returns an object for this serializer.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, TypeVar

from django.db import transaction
from django.http import Http404
from django.http.response import HttpResponseBase
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from summit.api_base import request_files
from summit.api_base.problems import unprocessable
from summit.api_base.query_params import field_names
from summit.api_base.scopes import READ
from summit.api_base.viewset_schema import ActionSchema
from summit.api_base.viewset_views import DetailView, ViewSetView, check_fields, check_years
from summit.permissions.route_access import Access
from summit.permissions.rules import require_collection_permission, require_object_permission

Method = TypeVar("Method", bound=Callable[..., Any])


@dataclass(frozen=True)
class Action:
    """A declared action: its name in URLs, its permission, its input and output, and the arguments of `action`.

    `method` is the name of the method, and `says` its docstring.
    """

    name: str
    permission: str
    input: type[serializers.BaseSerializer[Any]] | None
    output: Any
    detail: bool
    safe: bool
    atomic: bool
    gone: bool
    shown_once: tuple[str, ...]
    method: str
    says: str


def action(
    name: str,
    *,
    permission: str = "",
    input: type[serializers.BaseSerializer[Any]] | None = None,
    output: Any = None,
    detail: bool = True,
    safe: bool = False,
    atomic: bool = True,
    gone: bool = False,
    shown_once: tuple[str, ...] = (),
) -> Callable[[Method], Method]:
    """Return a decorator that declares a method of a viewset as an action with its own URL.

    `name` is the last part of the URL. A user needs `permission`; by default, the viewset's for adding rows. `input`
    validates the body of the request. `output` may be a serializer class or a serializer with many=True; by default
    the response is the row, or the rows. With `detail` the action is on one row, otherwise on a summit. `safe` says
    that the action writes nothing, so that a token needs only the read scope. An action that isn't `atomic` runs in
    no transaction, as every safe one: it does something slow, and its services have transactions of their own. Doing
    it twice must do no harm, because a process may be killed before the response is stored. `gone` says that the row
    doesn't exist afterwards. `shown_once` names the fields of the response that aren't stored with it.
    """

    def mark(method: Method) -> Method:
        description = " ".join((method.__doc__ or "").split())
        declared = Action(
            name,
            permission,
            input,
            output,
            detail,
            safe,
            atomic and not safe,
            gone,
            shown_once,
            method.__name__,
            description,
        )
        method.is_action = declared  # type: ignore[attr-defined]
        return method

    return mark


def actions_of(viewset: type) -> list[Action]:
    """Return the actions of a viewset, ordered by name."""
    declared = filter(None, (getattr(getattr(viewset, name), "is_action", None) for name in dir(viewset)))
    found = [each if each.permission else replace(each, permission=_usual(viewset)) for each in declared]
    return sorted(found, key=lambda each: (each.name, not each.detail))


def _usual(viewset: Any) -> str:
    """Return the permission of an action that names none: the viewset's for adding rows, or "" if it is abstract."""
    return str(viewset.permission_for("add")) if hasattr(viewset, "permission") else ""


class _Nothing(serializers.Serializer[Any]):
    """The input of an action without input: an object without fields."""


class _ActionView(ViewSetView):
    """The base class of the views of actions on a row and on a summit."""

    schema = ActionSchema()
    http_method_names = ["post"]
    action: Any = None
    # The validated input.
    values: Any

    def access(self) -> Access:
        """Return the declaration of the view's route, with the permission of the action."""
        return replace(super().access(), posts=(), post=self.action.permission)

    @property
    def takes_files(self) -> bool:  # type: ignore[override]
        """Whether the input of the action may contain a file."""
        return request_files.takes_files(self.action.input)

    @property
    def is_atomic(self) -> bool:  # type: ignore[override]
        """Whether the action is performed in a transaction."""
        return bool(self.action.atomic)

    def verb(self, method: str) -> str:
        """Return the verb that the token's scope must allow: "read" for a safe action, else that of the method."""
        return READ if self.action.safe else super().verb(method)

    def known_parameters(self) -> tuple[str, ...]:
        """Return (): an action takes no query parameters."""
        return ()

    def fields(self) -> list[str]:
        """Return [], which means all fields: an action offers no choice of fields."""
        return []

    def sent(self, row: Any = None) -> Any:
        """Return the validated input of the action. `row` is the action's row, if it has one. Raises Problem."""
        data = self.body()
        serializer = (self.action.input or _Nothing)(data=data, context={**self.context(), "row": row})
        check_fields(data, serializer.fields)
        if not serializer.is_valid():
            raise unprocessable(serializer.errors)
        check_years(serializer.validated_data)
        return serializer.validated_data

    def told(self, found: Any) -> Response:
        """Return the response for the result of an action, rendered by its `output`."""
        output = self.action.output
        if isinstance(output, serializers.BaseSerializer):
            many = isinstance(output, serializers.ListSerializer)
            kind: Any = type(output.child) if isinstance(output, serializers.ListSerializer) else type(output)
            return Response(kind(found, many=many, context=self.context()).data)
        if output is self.viewset.serializer_class:
            # The response has another row than the URL names, so the access to that row has to be logged as well.
            names = list(field_names(output))
            self.viewset.log_access(by=self.by, summit=self.summit, rows=[found], fields=names)
        return Response(output(found, context=self.context()).data)

    def do(self, **more: Any) -> Any:
        """Call the action's method of the viewset with `more`, and return its result."""
        return getattr(self.viewset, self.action.method)(by=self.by, **more)


class RowActionView(_ActionView, DetailView):
    """An action on one row. With If-Match, it is performed only if the row hasn't changed since it was read."""

    kind = "RowAction"

    def admit(self, request: Request) -> None:
        """Find the row. Raises Http404 and PermissionDenied.

        If this same request was answered before, the action may have deleted the row. Then only the summit is found.
        """
        try:
            super().admit(request)
        except Http404:
            if not self.was_answered():
                raise
            self.row = None
            ViewSetView.admit(self, request)

    def check_may_write(self) -> None:
        """Raise PermissionDenied if the user lacks the permission of the action on this row."""
        if self.row is None:
            require_collection_permission(self.by, self.action.permission, self.summit)
        else:
            require_object_permission(self.by, self.action.permission, self.summit, self.row)

    def post(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Perform the action."""
        return self.once(self._done)

    def prepare(self) -> None:
        """Validate the input. Raises Http404 and Problem."""
        if self.row is None:
            raise Http404
        self.values = self.sent(self.row)

    def _done(self) -> Response:
        if self.request.headers.get("If-Match", "").strip():
            # An action without a transaction holds the row only while it looks.
            with transaction.atomic():
                self.row = self._held()
        result = self.do(row=self.row, values=self.values)
        if self.action.gone:
            return Response(status=HTTPStatus.NO_CONTENT)
        return self.answer(self.fresh(self.row)) if self.action.output is None else self.told(result)


class ListActionView(_ActionView):
    """An action on several rows of a summit, or an action that adds rows."""

    kind = "ListAction"

    def check_may_write(self) -> None:
        """Raise PermissionDenied if the user lacks the permission of the action in the summit."""
        require_collection_permission(self.by, self.action.permission, self.summit)

    def post(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Perform the action."""
        return self.once(self._done)

    def prepare(self) -> None:
        """Validate the input. Raises Problem."""
        self.values = self.sent()

    def _done(self) -> Response:
        result = self.do(summit=self.summit, values=self.values)
        if self.action.output is not None:
            return self.told(result)
        keys = [row.pk for row in result]
        rows = {row.pk: row for row in self.viewset.rows().filter(pk__in=keys)}
        return Response(self.shown([rows[key] for key in keys], many=True))
