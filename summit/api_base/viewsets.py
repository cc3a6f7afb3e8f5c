"""The base class of the API's viewsets: URLs, permissions and the OpenAPI description follow from one class.

docs/adding.md says how to add one. A viewset names its permission, its serializers, and the filters and orders of its
lists, and calls one service for each action. It never writes to the database and never checks permissions itself: the
views in `viewset_views` check them for all viewsets.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar

from django.db import models
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse
from rest_framework import serializers

from summit.api_base import query_params
from summit.api_base.actions import ListActionView, RowActionView, actions_of
from summit.api_base.authenticated_views import working_api
from summit.api_base.external_keys import EXTERNAL, external_key, keys_visible_to
from summit.api_base.viewset_views import BulkView, DetailView, ListView, Values
from summit.audit import access_log
from summit.audit import services as audit
from summit.permissions.rules import seen_rows
from summit.users.models import User

# Digits of a primary key.
LONGEST_NUMBER = 18


class DeskViewSet:
    """A viewset for one kind of row that desks work with. Its URLs (`paths`) are below a summit's "desk/"."""

    # The name in URLs and in scopes.
    name: ClassVar[str]
    # The label of the rows' permissions: "view" shows them, "change" adds, changes and deletes them.
    permission: ClassVar[str]
    # The permissions for "add", "change" or "remove" that differ from the label's "change".
    permissions: ClassVar[Mapping[str, str]] = {}
    # The methods that are offered besides the actions (`summit.api_base.actions`).
    allowed_methods: ClassVar[tuple[str, ...]] = ("add", "change", "remove")
    # The fields with personal data. The access log records who saw them.
    personal: ClassVar[tuple[str, ...]] = ()
    # The label of the scope.
    verbose_name: ClassVar[Any] = ""
    # The column with the key of a row in URLs.
    lookup_field: ClassVar[str] = "public_id"
    model: ClassVar[type[models.Model]]
    serializer_class: ClassVar[type[serializers.BaseSerializer[Any]]]
    input_serializer_class: ClassVar[type[serializers.Serializer[Any]]]
    # The input for changing a row, if it differs from the input for adding one.
    update_serializer_class: ClassVar[type[serializers.Serializer[Any]] | None] = None
    # A FilterSet of declared fields, and the columns of each order. None of these columns may be NULL; the first
    # order is the default.
    filterset_class: ClassVar[Any] = None
    ordering_fields: ClassVar[query_params.Orders]
    # The paths from a row to its summit, and to its keys in other systems ("" if it has none).
    summit_path: ClassVar[str] = "summit"
    external: ClassVar[str] = ""

    def rows(self) -> models.QuerySet[Any]:
        """Return all rows, with the related rows that the serializer needs."""
        return self.model._default_manager.all()

    def add(self, *, by: User, summit: Any, values: Values) -> models.Model:
        """Add a row to a summit by calling a service, and return it."""
        raise NotImplementedError

    # A method that does the slow part of `add` and `change` before their transaction, such as decoding a file. It
    # gets `by`, `summit` and the validated `values`, and returns the values that `add` and `change` get. It writes
    # nothing. The permissions that it checks may end until then: the services check them again.
    prepare: Any = None

    def change(self, *, by: User, row: Any, values: Values) -> models.Model:
        """Change a row by calling a service, and return it. `values` may have some of the fields only."""
        raise NotImplementedError

    def remove(self, *, by: User, row: Any) -> object:
        """Delete a row by calling a service."""
        raise NotImplementedError

    def lock(self, row: Any) -> bool:
        """Lock a row until the transaction ends. Return False if the row no longer exists.

        If the service takes another lock before this one, an override of this method has to take that lock first.
        Otherwise there can be a deadlock.
        """
        return self.model._default_manager.select_for_update().filter(pk=row.pk).exists()

    def log_access(self, *, by: User, summit: Any, rows: Iterable[Any], fields: Iterable[str]) -> None:
        """Record in the access log who saw rows, if one of the `fields` holds personal data."""
        personal, row_list = set(self.personal) & set(fields), list(rows)
        if personal and row_list:
            keys = [(summit.pk, audit.key_of(row)) for row in row_list]
            access_log.record_list(by=by, label=self.model._meta.label_lower, rows=keys, fields=personal)

    @classmethod
    def permission_for(cls, action: str) -> str:
        """Return the name of the permission for an action: "add", "change" or "remove"."""
        return cls.permissions.get(action, f"{cls.permission}.change")

    def get_queryset(self, user: User, slug: str) -> models.QuerySet[Any]:
        """Return the rows of the summit `slug` that a user may see: all rows at a desk, or the user's own rows."""
        rows = self.rows().filter(**{f"{self.summit_path}__slug": slug})
        condition = seen_rows(user, f"{self.permission}.view", self.model, self.summit_path)
        return rows if condition is None else rows.filter(condition)

    def get_queryset_with_summit(self, user: User, slug: str) -> models.QuerySet[Any]:
        """Return the same rows as `get_queryset`, each with its summit in the same query."""
        return self.get_queryset(user, slug).select_related(self.summit_path)

    def summit_of(self, row: Any, slug: str) -> Any:
        """Return the summit of a row. `slug` is the slug in the URL, for overrides."""
        value: Any = row
        for name in self.summit_path.split("__"):
            value = getattr(value, name)
        return value

    def where(self, row: Any) -> str:
        """Return the URL of a row."""
        return reverse(
            f"api-desk-{self.name}-row", args=[self.summit_of(row, "").slug, getattr(row, self.lookup_field)]
        )

    def picked(self, key: str) -> models.Q:
        """Return the condition that selects the row with a key: an id or an external key."""
        if not key.startswith(EXTERNAL):
            # A key that is no number is queried as well, so that the response time doesn't reveal that no such row
            # exists.
            number = key.isdecimal() and len(key) <= LONGEST_NUMBER
            return models.Q(**{self.lookup_field: key if self.lookup_field == "public_id" or number else 0})
        return external_key(self.external, key)

    @classmethod
    def paths(cls) -> list[URLPattern]:
        """Return the URL patterns of the list, the bulk view, the actions and a row.

        With the viewset's name they are called "api-desk-<name>" (the list), "api-desk-<name>-row",
        "api-desk-<name>-bulk", "api-desk-<name>-row-<action>" and, of the list, "api-desk-<name>-<action>".
        """
        viewset, base, name = cls(), f"summits/<slug:summit>/desk/{cls.name}/", f"api-desk-{cls.name}"
        actions = actions_of(cls)

        def wrap(view: Any, **more: Any) -> Callable[..., HttpResponseBase]:
            return working_api(view.as_view(viewset=viewset, scope=cls.name, **more))

        def action_path(each: Any) -> URLPattern:
            view, where, row = (
                (RowActionView, f"{base}<str:id>/", "-row") if each.detail else (ListActionView, base, "")
            )
            route_name = f"{name}{row}-{each.name}"
            return path(f"{where}{each.name}/", wrap(view, action=each, shown_once=each.shown_once), name=route_name)

        writes = {"add": "post", "change": "patch", "remove": "delete"}
        on_list = ["get", "head", *(writes[each] for each in cls.allowed_methods if each == "add")]
        on_row = ["get", "head", *(writes[each] for each in cls.allowed_methods if each != "add")]
        many = (
            [path(f"{base}bulk/", wrap(BulkView), name=f"{name}-bulk")]
            if set(cls.allowed_methods) - {"remove"}
            else []
        )
        return [
            path(base, wrap(ListView, http_method_names=on_list), name=name),
            *many,
            # These come before the pattern of a row, which would match them too.
            *(action_path(each) for each in actions if not each.detail),
            path(f"{base}<str:id>/", wrap(DetailView, http_method_names=on_row), name=f"{name}-row"),
            *(action_path(each) for each in actions if each.detail),
        ]


class InSummit(serializers.SlugRelatedField[Any]):
    """A field that refers to another row of the same summit by its public id.

    If `external` is set, the field also accepts an external key.
    """

    def __init__(self, *, summit_path: str = "summit", external: str = "", **kwargs: Any) -> None:
        self.summit_path, self.external = summit_path, external
        super().__init__(slug_field="public_id", **kwargs)

    def get_queryset(self) -> Any:
        """Return the rows of the summit in the URL."""
        rows: Any = super().get_queryset()
        return rows.filter(**{self.summit_path: self.context["summit"]}) if rows is not None else rows

    def to_internal_value(self, data: Any) -> Any:
        """Return the row with an id or an external key.

        Raises ValidationError if there is none that the user may see.
        """
        if not (self.external and isinstance(data, str) and data.startswith(EXTERNAL)):
            return super().to_internal_value(data)
        visible = keys_visible_to(self.context["by"], self.summit_path)
        row = self.get_queryset().filter(visible, external_key(self.external, data)).first()
        if row is None:
            self.fail("does_not_exist", slug_name="id", value=data)
        return row
