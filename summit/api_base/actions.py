"""Deeds of a resource that are neither adding nor changing nor deleting: approve, send, withdraw.

A method of a `summit.api_base.resources.Resource` under `@action` has an address of its own, which answers POST:

    @action("approve", rule="delegations.invite")
    def approve(self, *, by: User, row: Invitation, values: Values) -> None:
        "Approve the letter."

answers at ".../invitations/{id}/approve/" with the row as it stands then; with `on_list` at
".../invitations/approve/", where the method takes `summit` in the place of `row` and returns rows. With an `output`
it returns what that takes.
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
from summit.api_base.resource_schema import ActionSchema
from summit.api_base.scopes import READ
from summit.api_base.viewsets import Item, ResourceView, check_fields, check_years
from summit.permissions.rules import refuse_door, refuse_row

Method = TypeVar("Method", bound=Callable[..., Any])


@dataclass(frozen=True)
class Action:
    """A deed as it is declared: its name in addresses, the rule's action that it needs, what it takes and answers."""

    name: str
    rule: str
    input: type[serializers.BaseSerializer[Any]] | None
    output: Any
    on_list: bool
    reads: bool
    gone: bool
    shown_once: tuple[str, ...]
    method: str
    says: str


def action(
    name: str,
    *,
    rule: str,
    input: type[serializers.BaseSerializer[Any]] | None = None,
    output: Any = None,
    on_list: bool = False,
    reads: bool = False,
    gone: bool = False,
    shown_once: tuple[str, ...] = (),
) -> Callable[[Method], Method]:
    """Declare a method of a resource as a deed with an address. `output` may be a serializer or one with many=True;
    `reads` says that it writes nothing, so that a token needs no more than to read; `gone` that the row isn't there
    afterwards; `shown_once` names what of its answer is kept nowhere."""

    def mark(method: Method) -> Method:
        said = " ".join((method.__doc__ or "").split())
        method.is_action = Action(name, rule, input, output, on_list, reads, gone, shown_once, method.__name__, said)  # type: ignore[attr-defined]
        return method

    return mark


def actions_of(resource: type) -> list[Action]:
    """Return the deeds of a resource, in order of their names."""
    found = [getattr(getattr(resource, name), "is_action", None) for name in dir(resource)]
    return sorted((each for each in found if each), key=lambda each: (each.name, each.on_list))


class _Nothing(serializers.Serializer[Any]):
    """What a deed takes that asks for nothing: an object without fields."""


class _Deed(ResourceView):
    """What deeds on a row and on a list have in common."""

    schema = ActionSchema()
    http_method_names = ["post"]
    action: Any = None

    @property
    def takes_files(self) -> bool:  # type: ignore[override]
        """Whether the deed is told with a file."""
        return file_fields.takes_files(self.action.input)

    def verb(self, method: str) -> str:
        """Return what a token must be allowed to do: what writes nothing asks for no more than reading does."""
        return READ if self.action.reads else super().verb(method)

    def known_parameters(self) -> tuple[str, ...]:
        """Return that nothing is known beside the body."""
        return ()

    def fields(self) -> list[str]:
        """Return all: no choice among them is offered here."""
        return []

    def sent(self, row: Any = None) -> Any:
        """Return what was sent, checked field by field. Raises Problem."""
        data = self.body()
        known = (self.action.input or _Nothing)(data=data, context={**self.context(), "row": row})
        check_fields(data, known.fields)
        if not known.is_valid():
            raise unprocessable(known.errors)
        check_years(known.validated_data)
        return known.validated_data

    def told(self, found: Any) -> Response:
        """Answer what a deed returned, as the action's `output` tells it."""
        output = self.action.output
        if isinstance(output, serializers.BaseSerializer):
            many = isinstance(output, serializers.ListSerializer)
            kind: Any = type(output.child) if isinstance(output, serializers.ListSerializer) else type(output)
            return Response(kind(found, many=many, context=self.context()).data)
        if output is self.resource.output:
            # Another row than the one that was named is shown: whoever sees it is noted as elsewhere.
            names = list(field_names(output))
            self.resource.note_seen(by=self.by, summit=self.summit, rows=[found], fields=names)
        return Response(output(found, context=self.context()).data)

    def do(self, **more: Any) -> Any:
        """Do it, by the resource's method, which calls the domain."""
        return getattr(self.resource, self.action.method)(by=self.by, **more)


class RowDeed(_Deed, Item):
    """A deed on one row. With If-Match, only if the row is still as it was read."""

    kind = "RowDeed"

    def admit(self, request: Request) -> None:
        """Find the row; where this very request was answered before, it may be what took the row away. Raises
        Http404, PermissionDenied."""
        try:
            super().admit(request)
        except Http404:
            if not self.was_answered():
                raise
            self.row = None
            ResourceView.admit(self, request)

    def check_may_write(self) -> None:
        """Raise PermissionDenied where the reader sees the row and may not do this to it."""
        if self.row is None:
            refuse_door(self.by, self.action.rule, self.summit)
        else:
            refuse_row(self.by, self.action.rule, self.summit, self.row)

    def post(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Do it."""
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


class ListDeed(_Deed):
    """A deed on several rows of a summit, or that makes some."""

    kind = "ListDeed"

    def check_may_write(self) -> None:
        """Raise PermissionDenied where the reader sees such rows and may not do this."""
        refuse_door(self.by, self.action.rule, self.summit)

    def post(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Do it."""
        return self.once(self._done)

    def _done(self) -> Response:
        with transaction.atomic():
            found = self.do(summit=self.summit, values=self.sent())
        if self.action.output is not None:
            return self.told(found)
        keys = [row.pk for row in found]
        rows = {row.pk: row for row in self.resource.rows().filter(pk__in=keys)}
        return Response(self.shown([rows[key] for key in keys], many=True))
