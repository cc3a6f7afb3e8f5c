"""In which categories people come, which zones these open, and the passes that change hands."""

from collections.abc import Sequence
from typing import Any, ClassVar

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from delegations.api import common
from delegations.api.common import ByLanguage, Order, Values, keys_of
from delegations.domain import categories, overpass_rules, rows, zones
from delegations.models import Capacity, Category, OverpassRule, Zone
from summit.api.actions import action
from summit.api.resources import InSummit, Resource
from summit.summits.models import Summit
from summit.users.models import User

NAME_LENGTH = 120


class OneZone(InSummit):
    """A zone of the summit, by its mark."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Zone.objects.all(), **kwargs)
        self.slug_field = "code"


class ZonesField(serializers.ManyRelatedField):
    """Zones of the summit, by their marks."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child_relation=OneZone(), **kwargs)


class ZoneSerializer(serializers.ModelSerializer[Zone]):
    """A part of the venue that a badge opens. `code` is its mark on the badge."""

    id = serializers.CharField(source="pk", read_only=True)

    class Meta:
        model = Zone
        fields: ClassVar[list[str]] = ["id", "code", "name", "position"]


class ZoneInput(serializers.ModelSerializer[Zone]):
    """What is kept of a zone."""

    class Meta:
        model = Zone
        fields: ClassVar[list[str]] = ["code", "name"]
        validators: ClassVar[list[Any]] = []


class ZoneFilters(django_filters.FilterSet):
    """By what zones are narrowed."""

    code = django_filters.CharFilter(label=_("mark on the badge"))


class Zones(Resource):
    """Parts of the venue that badges open."""

    name = "zones"
    called = _("zones")
    rule = "delegations.zone"
    key = "pk"
    model = Zone
    output = ZoneSerializer
    input = ZoneInput
    filters = ZoneFilters
    orders: ClassVar[Any] = {"position": ("position", "code"), "code": ("code",)}

    def rows(self) -> QuerySet[Zone]:
        """Return the zones."""
        return Zone.objects.select_related("summit")

    def add(self, *, by: User, summit: Summit, values: Values) -> Zone:
        """Add a zone after the others."""
        return zones.enter(by=by, summit=summit, values=values)

    def change(self, *, by: User, row: Zone, values: Values) -> Zone:
        """Change a zone."""
        return zones.change(by=by, zone=row, values=values)

    def remove(self, *, by: User, row: Zone) -> None:
        """Delete a zone that nothing opens."""
        zones.remove(by=by, zone=row)

    @action("arrange", rule="delegations.zone.change", input=Order, on_list=True)
    def arrange(self, *, by: User, summit: Summit, values: Values) -> list[Zone]:
        """Put the zones in an order; those that aren't named follow as before. `expected` are all of them as they
        were read. Answers all of them."""
        found = list(Zone.objects.filter(summit=summit))
        order, expected = _arranged(found, values, "pk")
        zones.arrange(by=by, summit=summit, order=order, expected=expected)
        return list(Zone.objects.filter(summit=summit))


def _arranged(found: Sequence[Any], values: Values, name: str) -> tuple[list[int], str]:
    """Return the order that is asked for, and the mark of the one that was read. Raises ValidationError,
    OrderChanged."""
    order, expected = (
        keys_of(found, values[each], by=lambda row: str(getattr(row, name)), field=each)
        for each in ("order", "expected")
    )
    now = [row.pk for row in found]
    common.check_order(now, expected)
    return order, rows.mark(now)


class NamesOfCategory(ByLanguage):
    """What it is called, by language."""

    child = serializers.CharField(max_length=NAME_LENGTH)


class CategorySerializer(serializers.ModelSerializer[Category]):
    """A category of people. Its id is its code. Where no name is given, the capacity's own word stands (`called`, in
    the reader's language); where no deadline is given, the policy's holds."""

    id = serializers.CharField(source="code", read_only=True)
    called = serializers.CharField(source="name", read_only=True)
    names = NamesOfCategory()
    zones: Any = serializers.SlugRelatedField(slug_field="code", many=True, read_only=True)

    class Meta:
        model = Category
        fields: ClassVar[list[str]] = [
            *("id", "capacity", "called", "names", "quota", "counts", "vetted", "offered", "zones"),
            *("name_by", "confirm_by", "position"),
        ]


class CategoryChange(serializers.ModelSerializer[Category]):
    """What is changed of a category. Its code and its capacity stay."""

    names = NamesOfCategory(required=False)
    zones = ZonesField(required=False)

    class Meta:
        model = Category
        fields: ClassVar[list[str]] = [
            *("names", "quota", "counts", "vetted", "offered", "zones", "name_by", "confirm_by"),
        ]


class CategoryInput(CategoryChange):
    """What a category begins with. `quota` is 0 for whoever may not set it."""

    class Meta(CategoryChange.Meta):
        fields: ClassVar[list[str]] = ["code", "capacity", *CategoryChange.Meta.fields]
        validators: ClassVar[list[Any]] = []


class CategoryFilters(django_filters.FilterSet):
    """By what categories are narrowed."""

    capacity = django_filters.ChoiceFilter(choices=Capacity.choices, label=_("capacity"))
    vetted = django_filters.BooleanFilter(label=_("is vetted"))
    offered = django_filters.BooleanFilter(label=_("offered to parties"))
    zone = django_filters.CharFilter(field_name="zones__code", label=_("mark of a zone that it opens"))


class Categories(Resource):
    """In which categories people come."""

    name = "categories"
    called = _("categories")
    rule = "delegations.category"
    key = "code"
    model = Category
    output = CategorySerializer
    input = CategoryInput
    input_of_change = CategoryChange
    filters = CategoryFilters
    orders: ClassVar[Any] = {"position": ("position",), "code": ("code",)}

    def rows(self) -> QuerySet[Category]:
        """Return categories with the zones that they open."""
        return Category.objects.select_related("summit").prefetch_related("zones")

    def picked(self, key: str) -> Q:
        """Return the condition that picks a category by its code."""
        return Q(code=key)

    def add(self, *, by: User, summit: Summit, values: Values) -> Category:
        """Add a category after the others."""
        return categories.enter(by=by, summit=summit, values=values)

    def change(self, *, by: User, row: Category, values: Values) -> Category:
        """Change a category."""
        return categories.change(by=by, category=row, values=values)

    def remove(self, *, by: User, row: Category) -> None:
        """Delete a category in which nobody was ever named."""
        categories.remove(by=by, category=row)

    @action("arrange", rule="delegations.category.change", input=Order, on_list=True)
    def arrange(self, *, by: User, summit: Summit, values: Values) -> list[Category]:
        """Put the categories in an order; those that aren't named follow as before. `expected` are all of them as
        they were read. Answers all of them."""
        order, _read = _arranged(list(Category.objects.filter(summit=summit)), values, "code")
        # Those that every summit has are made where one lacks them: nobody could have read these.
        expected = rows.mark([row.pk for row in categories.of(summit)])
        categories.arrange(by=by, summit=summit, order=order, expected=expected)
        return categories.of(summit)


class OverpassRuleSerializer(serializers.ModelSerializer[OverpassRule]):
    """So many passes for so many people of a party, which change hands. `zones` are the marks of those they open."""

    id = serializers.CharField(source="public_id", read_only=True)
    zones: Any = serializers.SlugRelatedField(slug_field="code", many=True, read_only=True)

    class Meta:
        model = OverpassRule
        fields: ClassVar[list[str]] = ["id", "name", "passes", "people", "most", "zones"]


class OverpassRuleInput(serializers.ModelSerializer[OverpassRule]):
    """What is kept of a kind of overpass."""

    zones = ZonesField(required=False)

    class Meta:
        model = OverpassRule
        fields: ClassVar[list[str]] = ["name", "passes", "people", "most", "zones"]
        validators: ClassVar[list[Any]] = []


class OverpassRules(Resource):
    """Kinds of passes that change hands."""

    name = "overpass-rules"
    called = _("kinds of overpasses")
    rule = "delegations.overpassrule"
    model = OverpassRule
    output = OverpassRuleSerializer
    input = OverpassRuleInput
    orders: ClassVar[Any] = {"name": ("name",)}

    def rows(self) -> QuerySet[OverpassRule]:
        """Return them with the zones that they open."""
        return OverpassRule.objects.select_related("summit").prefetch_related("zones")

    def add(self, *, by: User, summit: Summit, values: Values) -> OverpassRule:
        """Add a kind of overpass."""
        return overpass_rules.enter(by=by, summit=summit, values=values)

    def change(self, *, by: User, row: OverpassRule, values: Values) -> OverpassRule:
        """Change a kind of overpass."""
        return overpass_rules.change(by=by, rule=row, values=values)

    def remove(self, *, by: User, row: OverpassRule) -> None:
        """Delete a kind of overpass of which nobody carries any."""
        overpass_rules.remove(by=by, rule=row)
