"""The kit: a resource of a summit's desk is one class, and its addresses, its rules and its description follow.

CONTRIBUTING.md says how to add one. A resource names its rule, its serializers, what its lists can be narrowed and
ordered by, and calls one function of the domain for each deed. It never writes, and it never asks who may do what:
what the desk's rows say is asked here, for all of them.
"""

from collections.abc import Callable
from typing import Any, ClassVar

from django.db import models
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse
from rest_framework import serializers

from summit.api import asking
from summit.api.rows import Bulk, Collection, Item, Values
from summit.api.working import working_api
from summit.models import User
from summit.permissions import summits_for

# What another system calls a row, in the place of its id: "ext:registry:4711".
EXTERNAL = "ext:"


class Resource:
    """A kind of row that desks work with. Its addresses are those of `paths`, below a summit's "desk/"."""

    # As it stands in addresses and in scopes.
    name: ClassVar[str]
    # The label of the rows' rule: who may "view" sees them, who may "change" adds, changes and deletes them.
    rule: ClassVar[str]
    model: ClassVar[type[models.Model]]
    output: ClassVar[type[serializers.BaseSerializer[Any]]]
    input: ClassVar[type[serializers.Serializer[Any]]]
    # Of a row that is there, where it is another.
    input_of_change: ClassVar[type[serializers.Serializer[Any]] | None] = None
    # A FilterSet of declared fields, and the columns of each order, of which none may be empty; the first is usual.
    filters: ClassVar[Any] = None
    orders: ClassVar[asking.Orders]
    # From a row to its summit, and to the rows that say what other systems call it ("" where none do).
    summit_path: ClassVar[str] = "summit"
    external: ClassVar[str] = ""

    def rows(self) -> models.QuerySet[Any]:
        """Return all rows, with what their output needs."""
        return self.model._default_manager.all()

    def add(self, *, by: User, summit: Any, values: Values) -> models.Model:
        """Make a row, by the domain."""
        raise NotImplementedError

    def change(self, *, by: User, row: Any, values: Values) -> models.Model:
        """Change a row, by the domain."""
        raise NotImplementedError

    def remove(self, *, by: User, row: Any) -> object:
        """Delete a row, by the domain."""
        raise NotImplementedError

    def seen_by(self, user: User, slug: str) -> models.QuerySet[Any]:
        """Return the rows of a summit that somebody may see: the same that their desk shows."""
        mine = summits_for(user, f"{self.rule}.view")
        found = self.rows().filter(**{f"{self.summit_path}__slug": slug})
        return found if mine is None else found.filter(**{f"{self.summit_path}__in": mine})

    def where(self, row: Any) -> str:
        """Return the address of a row."""
        found: Any = row
        for name in self.summit_path.split("__"):
            found = getattr(found, name)
        return reverse(f"api-desk-{self.name}-row", args=[found.slug, row.public_id])

    def picked(self, key: str) -> models.Q:
        """Return the condition that picks the row of a key: its public id, or what another system calls it."""
        if not key.startswith(EXTERNAL):
            return models.Q(public_id=key)
        system, _colon, value = key.removeprefix(EXTERNAL).partition(":")
        if not self.external or not value:
            return models.Q(pk__in=[])
        return models.Q(**{f"{self.external}__system": system, f"{self.external}__value": value})

    @classmethod
    def paths(cls) -> list[URLPattern]:
        """Return its addresses: the list, many at once, one row. A name follows from the resource's."""
        resource, base = cls(), f"summits/<slug:summit>/desk/{cls.name}/"

        def at(view: Any, **more: Any) -> Callable[..., HttpResponseBase]:
            return working_api(view.as_view(resource=resource, scope=cls.name, **more))

        return [
            path(base, at(Collection), name=f"api-desk-{cls.name}"),
            path(f"{base}bulk/", at(Bulk), name=f"api-desk-{cls.name}-bulk"),
            path(f"{base}<str:id>/", at(Item), name=f"api-desk-{cls.name}-row"),
        ]


class InSummit(serializers.SlugRelatedField[Any]):
    """Another row of the same summit, by its public id."""

    def __init__(self, *, summit_path: str = "summit", **kwargs: Any) -> None:
        self.summit_path = summit_path
        super().__init__(slug_field="public_id", **kwargs)

    def get_queryset(self) -> Any:
        """Return the rows of the summit that the address names."""
        rows: Any = super().get_queryset()
        return rows.filter(**{self.summit_path: self.context["summit"]}) if rows is not None else rows
