"""The views of every viewset (`summit.api_base.viewsets`): for its list, one row, and many rows at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from summit.api_base import etags, query_params, request_files, time_zones
from summit.api_base.authenticated_views import READS, WorkingView
from summit.api_base.external_keys import EXTERNAL, keys_visible_to
from summit.api_base.pagination import ByNewest
from summit.api_base.problems import Problem, problem_of, unprocessable
from summit.api_base.viewset_schema import ViewSetSchema
from summit.core.validators import validate_year
from summit.permissions.route_access import Access
from summit.permissions.rules import RULES, accessible_summits, require_collection_permission
from summit.summits.models import Summit

Values = Mapping[str, Any]
MOST_ROWS = 500
# The actions on a row, by the method that performs them.
WRITES = {"PATCH": "change", "DELETE": "remove"}


def check_fields(data: Any, known: Iterable[str]) -> None:
    """Raise Problem for fields of a body that aren't `known`, by name, and for moments without a time zone."""
    # A body that is no object is refused by the serializer.
    names = data if isinstance(data, dict) else {}
    wrong = {name: _("Unknown field.") for name in names if name not in known}
    wrong |= time_zones.lacking(data, known)
    if wrong:
        raise unprocessable(wrong)


def check_years(values: Any) -> None:
    """Raise Problem for dates and moments outside the supported years, whatever their nesting.

    If such a value were stored, every page that shows it in a time zone would fail.
    """
    wrong = _far(values)
    if wrong:
        raise unprocessable(wrong)


def _far(values: Any) -> dict[str, Any]:
    """Return a dict of the errors of dates and moments, by the name or the position of the value in the body."""
    items = values if isinstance(values, list) else ()
    pairs: Iterable[tuple[Any, Any]] = values.items() if isinstance(values, Mapping) else enumerate(items)
    errors: dict[str, Any] = {}
    for name, value in pairs:
        if isinstance(value, date):
            try:
                validate_year(value)
            except ValidationError as error:
                errors[str(name)] = error.messages
        elif deeper := _far(value):
            errors[str(name)] = deeper
    return errors


class ViewSetView(WorkingView):
    """The base class of the views of a viewset."""

    schema = ViewSetSchema()
    viewset: Any = None
    # The kind of the URL (`ViewSetSchema.kind`).
    kind = ""
    # None if the viewset is about summits themselves.
    summit: Summit | None

    def access(self) -> Access:
        """Return the declaration of the view's route. Its permissions are those of the viewset."""
        see = f"{self.viewset.permission}.view"
        # Users who see only their own rows may open the list of their own summit.
        kind = self.object_kind or ("own desk" if RULES[see].own else "desk")
        return replace(super().access(), kind=kind, see=see)

    def admit(self, request: Request) -> None:
        """Find the summit among those where the user may see rows of this kind.

        Raises Http404 and PermissionDenied.
        """
        allowed = accessible_summits(self.by, f"{self.viewset.permission}.view")
        summit = self._named()
        if summit is None or not (allowed is None or summit.pk in allowed):
            raise Http404
        self.summit = summit
        self.check_may_write()

    def _named(self) -> Summit | None:
        """Return the summit of the URL, or None.

        If it is the summit of the token, it makes no query: that summit was loaded with the token.
        """
        of_token, slug = self.token.summit if self.token else None, self.kwargs["summit"]
        return of_token if of_token and of_token.slug == slug else Summit.objects.filter(slug=slug).first()

    def check_may_write(self) -> None:
        """Raise PermissionDenied if the request writes and the user may not. The message says who may.

        Users who may write only their own rows pass here: the service checks which rows are theirs.
        """
        if self.request.method not in READS:
            require_collection_permission(self.by, self.viewset.permission_for(self.write_action()), self.summit)

    def write_action(self) -> str:
        """Return the action that the request needs permission for: "add", "change" or "remove"."""
        return WRITES.get(str(self.request.method), "add")

    def context(self) -> dict[str, Any]:
        """Return the context of serializers: the request, the summit and the user."""
        return {"request": self.request, "summit": self.summit, "by": self.by}

    def shown(self, rows: Any, **more: Any) -> Any:
        """Return the data of the row, or of the rows with many=True, limited to the requested fields.

        Records in the access log who saw personal data.
        """
        serializer = self.viewset.serializer_class(rows, context=self.context(), **more)
        query_params.keep_fields(serializer, self.fields())
        names = self.fields() or query_params.field_names(self.viewset.serializer_class)
        self.viewset.log_access(by=self.by, summit=self.summit, rows=rows if more else [rows], fields=names)
        return serializer.data

    def fields(self) -> list[str]:
        """Return the names of the requested fields, or [] for all fields. Raises Problem for an unknown field."""
        return query_params.wanted_fields(
            self.request.query_params.get("fields"), query_params.field_names(self.viewset.serializer_class)
        )

    def read(self, data: Any, *, row: Any = None) -> Values:
        """Return the validated input. With `row`, required fields may be missing. Raises Problem."""
        serializer_class = (
            self.viewset.input_serializer_class
            if row is None
            else self.viewset.update_serializer_class or self.viewset.input_serializer_class
        )
        serializer = serializer_class(instance=row, data=data, partial=row is not None, context=self.context())
        check_fields(data, serializer.fields)
        if not serializer.is_valid():
            raise unprocessable(serializer.errors)
        values: Values = serializer.validated_data
        check_years(values)
        return values

    def ready(self, data: Any, *, row: Any = None) -> Values:
        """Return the validated input after what the viewset prepares of it. Raises Problem, and what it raises."""
        values = self.read(data, row=row)
        if self.viewset.prepare is None:
            return values
        prepared: Values = self.viewset.prepare(by=self.by, summit=self.summit, values=values)
        return prepared

    def state(self, row: Any) -> str:
        """Return the state of a row for its ETag. It is the same in every language."""
        with translation.override(settings.LANGUAGE_CODE):
            return etags.state_of(self.viewset.serializer_class(row, context=self.context()).data)

    def answer(self, row: Any, status: int = HTTPStatus.OK) -> Response:
        """Return the response with a row and its ETag.

        If `status` is 201, the response has the row's URL as Location.
        """
        etag = etags.tag(self.state(row), translation.get_language() or "", self.fields())
        headers = {"ETag": etag}
        if status == HTTPStatus.CREATED:
            headers["Location"] = self.request.build_absolute_uri(self.viewset.where(row))
        return Response(self.shown(row), status=status, headers=headers)

    def named(self, rows: models.QuerySet[Any], key: str) -> Any:
        """Return the row among `rows` with an id or an external key, or None."""
        # Databases refuse this character.
        if "\0" in key:
            return None
        matching = rows.filter(self.viewset.picked(key))
        if self.viewset.external and key.startswith(EXTERNAL):
            matching = matching.filter(keys_visible_to(self.by, self.viewset.summit_path))
        return matching.first()

    def fresh(self, row: models.Model) -> Any:
        """Return a written row, loaded again with the related rows that its serializer needs."""
        return self.viewset.rows().get(pk=row.pk)


class ListView(ViewSetView):
    """The list of a summit's rows, to which rows can also be added."""

    kind = "Collection"
    pagination_class = ByNewest

    def access(self) -> Access:
        """Return the declaration of the view's route, with the permission to add rows."""
        access = super().access()
        return replace(access, post=self.viewset.permission_for("add") if "POST" in access.methods else "")

    takes_files = property(
        lambda view: (
            "add" in view.viewset.allowed_methods and request_files.takes_files(view.viewset.input_serializer_class)
        )
    )

    def known_parameters(self) -> tuple[str, ...]:
        """Return the names of the query parameters of the list; only "fields" for a request that adds a row."""
        if self.request.method not in READS:
            return ("fields",)
        filters = self.viewset.filterset_class.base_filters if self.viewset.filterset_class else ()
        return ("fields", "order", *query_params.PAGING, *filters)

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List the rows, one page at a time."""
        query_params.check_page_size(request.query_params)
        rows = self.viewset.get_queryset(self.by, self.kwargs.get("summit", ""))
        rows = query_params.narrowed(rows, self.viewset.filterset_class, request.query_params)
        pages: Any = ByNewest()
        pages.ordering = query_params.ordered(self.viewset.ordering_fields, request.query_params.get("order"))
        page = pages.paginate_queryset(rows, request, self)
        response: Response = pages.get_paginated_response(self.shown(page, many=True))
        return response

    def post(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Add a row."""
        return self.once(self._add)

    def prepare(self) -> None:
        """Validate the input. Raises Problem."""
        self.values = self.ready(self.body())

    def _add(self) -> Response:
        row = self.viewset.add(by=self.by, summit=self.summit, values=self.values)
        return self.answer(self.fresh(row), HTTPStatus.CREATED)


class DetailView(ViewSetView):
    """The view of one row of a summit, which reads, changes and deletes it."""

    kind = "Item"

    def access(self) -> Access:
        """Return the declaration of the view's route, with the permissions to change and delete the row."""
        access = super().access()
        posts = {
            method: self.viewset.permission_for(verb) for method, verb in WRITES.items() if method in access.methods
        }
        kind = self.object_kind or f"{self.viewset.name} at a desk"
        return replace(access, kind=kind, posts=tuple(posts.items()))

    def known_parameters(self) -> tuple[str, ...]:
        """Return ("fields",), or () for DELETE."""
        return () if self.request.method == "DELETE" else ("fields",)

    def admit(self, request: Request) -> None:
        """Find the row among those that the user may see, in one query. Raises Http404 and PermissionDenied."""
        slug = self.kwargs["summit"]
        self.row = self.named(self.viewset.get_queryset_with_summit(self.by, slug), self.kwargs["id"])
        if self.row is None:
            raise Http404
        self.summit = self.viewset.summit_of(self.row, slug)
        self.check_may_write()

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return the row with its ETag."""
        return self.answer(self.row)

    def patch(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change some fields of the row. If-Match is required: the row must not have changed since it was read."""
        etags.require_if_match(request)
        data, prepared = request.data, self._prepared_change()
        with transaction.atomic():
            row = self._held()
            values = self.read(data, row=row) if prepared is None else prepared
            changed = self.viewset.change(by=self.by, row=row, values=values)
            return self.answer(self.fresh(changed))

    def delete(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Delete the row. If-Match is required: the row must not have changed since it was read."""
        etags.require_if_match(request)
        try:
            with transaction.atomic():
                self.viewset.remove(by=self.by, row=self._held())
        except ValidationError as error:
            # No field was sent that could be wrong: the state of the row or of others prevents its deletion.
            raise Problem("conflict", " ".join(error.messages)) from None
        return Response(status=HTTPStatus.NO_CONTENT)

    def _prepared_change(self) -> Values | None:
        """Return the values of a change if the viewset prepares them, from the row before it is locked, else None.

        Raises Problem if that isn't the row that the client has read; `_held` finds what changes after this.
        """
        if self.viewset.prepare is None:
            return None
        etags.check_match(self.request, self.state(self.row))
        return self.ready(self.request.data, row=self.row)

    def _held(self) -> Any:
        """Return the row, locked and loaded again. Raises Http404 if it was deleted.

        Raises Problem if the row has changed since the client read it.
        """
        if not self.viewset.lock(self.row):
            raise Http404
        row = self.fresh(self.row)
        etags.check_match(self.request, self.state(row))
        return row


@dataclass(frozen=True)
class _BulkRow:
    """A row of a bulk request: the id and ETag of a row to be changed, its fields, and what was prepared of them."""

    key: Any
    etag: Any
    data: dict[str, Any]
    prepared: Values | Problem | None


class BulkView(ViewSetView):
    """Many rows at once. A row with an `id` and the `etag` that was read is changed, any other row is added.

    A row that fails has no effect on the other rows.
    """

    kind = "Bulk"

    def access(self) -> Access:
        """Return the declaration of the view's route, with the permission that the whole request needs."""
        return replace(super().access(), post=self.viewset.permission_for(self.write_action()))

    def write_action(self) -> str:
        """Return the action that the whole request needs permission for. Each row is checked for its own action."""
        return "add" if "add" in self.viewset.allowed_methods else "change"

    def post(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Add or change each row, and return the result for each."""
        return self.once(self._all)

    def fields(self) -> list[str]:
        """Return [], which means all fields: a bulk request offers no choice of fields."""
        return []

    def prepare(self) -> None:
        """Prepare the values of the rows to be added. Raises Problem if these are no rows.

        Where a viewset prepares nothing, each row is validated after the one before it was written: it may refer to
        that one.
        """
        prepares = self.viewset.prepare is not None and "add" in self.viewset.allowed_methods
        self.rows = []
        for sent in self._sent_rows():
            row = dict(sent)
            key, etag = row.pop("id", None), row.pop("etag", None)
            prepared = self._prepared(row) if prepares and key is None else None
            self.rows.append(_BulkRow(key, etag, row, prepared))

    def _prepared(self, data: dict[str, Any]) -> Values | Problem:
        try:
            return self.ready(data)
        except Exception as error:
            problem = problem_of(error)
            if problem is None:
                raise
            return problem

    def _sent_rows(self) -> list[dict[str, Any]]:
        data = self.request.data
        rows = data.get("rows") if isinstance(data, dict) and set(data) == {"rows"} else None
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise unprocessable({"rows": _("Send {“rows”: […]} with an object for each row.")})
        if len(rows) > MOST_ROWS:
            raise unprocessable({"rows": _("Send at most %(most)d rows at a time.") % {"most": MOST_ROWS}})
        return rows

    def _all(self) -> Response:
        return Response({"rows": [self._one(row) for row in self.rows]})

    def _one(self, row: _BulkRow) -> dict[str, Any]:
        try:
            with transaction.atomic():
                status, saved = self._do(row)
        except Exception as error:
            problem = problem_of(error)
            if problem is None:
                raise
            return {"status": problem.status_code, "etag": None, "body": None, "problem": problem.body()}
        etag = etags.tag(self.state(saved), translation.get_language() or "", ())
        return {"status": int(status), "etag": etag, "body": self.shown(saved), "problem": None}

    def _do(self, row: _BulkRow) -> tuple[HTTPStatus, Any]:
        action = "add" if row.key is None else "change"
        if action not in self.viewset.allowed_methods:
            raise Problem("method")
        require_collection_permission(self.by, self.viewset.permission_for(action), self.summit)
        if isinstance(row.prepared, Problem):
            raise row.prepared
        if row.key is None:
            values = self.read(row.data) if row.prepared is None else row.prepared
            added = self.viewset.add(by=self.by, summit=self.summit, values=values)
            return HTTPStatus.CREATED, self.fresh(added)
        stored = self.named(self.viewset.get_queryset(self.by, self.kwargs["summit"]), str(row.key))
        if stored is None:
            raise Http404
        if not row.etag:
            raise Problem("condition")
        if not self.viewset.lock(stored):
            raise Http404
        stored = self.fresh(stored)
        etags.check_tag(str(row.etag), self.state(stored))
        changed = self.viewset.change(by=self.by, row=stored, values=self.ready(row.data, row=stored))
        return HTTPStatus.OK, self.fresh(changed)
