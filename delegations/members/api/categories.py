"""API of a summit's categories of people."""

from typing import Any, ClassVar

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from delegations.core.api import fields as fields_api
from delegations.core.api.fields import ByLanguage, Order, Values
from delegations.core.services import rows as rows_services
from delegations.members.models.categories import Capacity, Category
from delegations.members.services import categories
from delegations.zones.api import ZonesField
from summit.api_base.actions import action
from summit.api_base.viewsets import DeskViewSet
from summit.summits.models import Summit
from summit.users.models import User

NAME_LENGTH = 120


class NamesOfCategory(ByLanguage):
    """A category's name, by language."""

    child = serializers.CharField(max_length=NAME_LENGTH)


class CategorySerializer(serializers.ModelSerializer[Category]):
    """A category of people; its id is its code.

    `called` is the category's name in the user's language. If no name is stored, it is the name of the capacity. If a
    deadline is null, the deadline of the policy applies.
    """

    id = serializers.CharField(source="code", read_only=True)
    called = serializers.CharField(source="name", read_only=True)
    names = NamesOfCategory()
    zones: Any = serializers.SlugRelatedField(slug_field="code", many=True, read_only=True)

    class Meta:
        model = Category
        fields: ClassVar[list[str]] = [
            *("id", "capacity", "called", "names", "quota", "counts", "vetted", "offered", "zones"),
            *("name_by", "confirm_by", "colour", "position"),
        ]


class CategoryChange(serializers.ModelSerializer[Category]):
    """The fields of a category that can be changed. The code and the capacity can't."""

    names = NamesOfCategory(required=False)
    zones = ZonesField(required=False)

    class Meta:
        model = Category
        fields: ClassVar[list[str]] = [
            *("names", "quota", "counts", "vetted", "offered", "zones", "name_by", "confirm_by", "colour"),
        ]


class CategoryInput(CategoryChange):
    """A new category. If the user may not set quotas, `quota` must be 0."""

    class Meta(CategoryChange.Meta):
        fields: ClassVar[list[str]] = ["code", "capacity", *CategoryChange.Meta.fields]
        validators: ClassVar[list[Any]] = []


class CategoryFilters(django_filters.FilterSet):
    """Filters for categories, by capacity, vetting, offer and zone."""

    capacity = django_filters.ChoiceFilter(choices=Capacity.choices, label=_("capacity"))
    vetted = django_filters.BooleanFilter(label=_("requires vetting"))
    offered = django_filters.BooleanFilter(label=_("available to delegations"))
    zone = django_filters.CharFilter(field_name="zones__code", label=_("code of a zone it opens"))


class CategoryViewSet(DeskViewSet):
    """Categories of a summit, in which people are named."""

    name = "categories"
    verbose_name = _("categories")
    permission = "delegations.category"
    lookup_field = "code"
    model = Category
    serializer_class = CategorySerializer
    input_serializer_class = CategoryInput
    update_serializer_class = CategoryChange
    filterset_class = CategoryFilters
    ordering_fields: ClassVar[Any] = {"position": ("position",), "code": ("code",)}

    def rows(self) -> QuerySet[Category]:
        """Return categories with their summits and the zones that they open."""
        return Category.objects.select_related("summit").prefetch_related("zones")

    def picked(self, key: str) -> Q:
        """Return the condition that finds a category by its code."""
        return Q(code=key)

    def add(self, *, by: User, summit: Summit, values: Values) -> Category:
        """Add a category after the others and return it."""
        return categories.create(by=by, summit=summit, values=values)

    def change(self, *, by: User, row: Category, values: Values) -> Category:
        """Change a category and return it."""
        return categories.change(by=by, category=row, values=values)

    def remove(self, *, by: User, row: Category) -> None:
        """Delete a category in which nobody was ever named."""
        categories.remove(by=by, category=row)

    @action("arrange", permission="delegations.category.change", input=Order, detail=False)
    def arrange(self, *, by: User, summit: Summit, values: Values) -> list[Category]:
        """Put the categories in an order. Categories that `order` doesn't name follow in their old order. `expected`
        is the complete order as the client read it. Returns all categories."""
        order, _read = fields_api.order_and_mark(list(Category.objects.filter(summit=summit)), values, "code")
        # `categories.of` adds the usual categories that are missing. The client can't have read these, so they don't
        # count as a changed order.
        expected = rows_services.mark([row.pk for row in categories.of(summit)])
        categories.arrange(by=by, summit=summit, order=order, expected=expected)
        return categories.of(summit)
