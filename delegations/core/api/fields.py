"""Serializer fields and filters that the API's viewsets share: references to rows, orders, text search."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce
from operator import attrgetter, or_
from typing import Any, cast

import django_filters
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import F, Model, Q, QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from delegations.core.row_order import OrderChanged
from delegations.core.services import rows as rows_services
from summit.accounts.visible_accounts import visible_accounts
from summit.admin_base.search import LONGEST, SHORTEST, source_of, split_terms
from summit.api_base.external_keys import EXTERNAL, keys_visible_to
from summit.api_base.viewset_views import MOST_ROWS
from summit.api_base.viewsets import InSummit
from summit.core.text_normalisation import Fold
from summit.people.models import Person
from summit.permissions.rules import allows, seen_rows
from summit.users.models import User

Values = Mapping[str, Any]
# The greatest length of a list of ids or codes.
MOST = 2000


class SeenOne(InSummit):
    """A reference by id to another row of the same summit, among the rows that the user may see."""

    def __init__(self, *, permission: str, **kwargs: Any) -> None:
        self.permission = permission
        super().__init__(**kwargs)

    def get_queryset(self) -> Any:
        """Return the rows that the user may view, by the permission "`permission`.view"."""
        rows = super().get_queryset()
        condition = seen_rows(self.context["by"], f"{self.permission}.view", rows.model, self.summit_path)
        return rows if condition is None else rows.filter(condition)


class OnePerson(SeenOne):
    """A person whom the user may see, by their id or by the key that another system uses for them."""

    def __init__(self, **kwargs: Any) -> None:
        rows = Person.objects.select_related("summit")
        super().__init__(permission="summit.person", queryset=rows, external="external_ids", **kwargs)


class AccessibleAccountField(serializers.SlugRelatedField[Any]):
    """An account, by its id, among the accounts that the user may see."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(slug_field="public_id", queryset=User.objects.all(), **kwargs)

    def get_queryset(self) -> Any:
        """Return the accounts that the user may see."""
        return visible_accounts(self.context["by"])


class ByLanguage(serializers.DictField):
    """A dict from language codes to values, for the languages that letters are written in."""

    def to_internal_value(self, data: Any) -> Any:
        """Return the dict from language codes to values. Raises ValidationError for a language that isn't in
        `settings.LANGUAGES`."""
        found = super().to_internal_value(data)
        message = _("Choose one of the letter languages: %(known)s.") % {"known": ", ".join(dict(settings.LANGUAGES))}
        wrong = {language: [message] for language in found if language not in dict(settings.LANGUAGES)}
        if wrong:
            raise serializers.ValidationError(wrong)
        return found


class Ids(serializers.ListField):
    """A list of rows' ids, each at most once."""

    child = serializers.CharField(max_length=200)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=MOST, **kwargs)


class Order(serializers.Serializer[Any]):
    """A new order of rows, and the order that was read before. If the stored order has changed since, nothing is
    stored."""

    order = Ids(help_text="The ids in their new order.")
    expected = Ids(help_text="The ids in the order that was read.")


def keys_of(rows: Iterable[Model], ids: Sequence[str], *, by: Callable[[Any], str], field: str) -> list[int]:
    """Return the primary keys of the rows with these ids, in the order of the ids. `by` returns the id of a row.

    Raises ValidationError on `field` for an id that belongs to none of the rows, and for an id that occurs twice.
    """
    known = {by(row): row.pk for row in rows}
    wrong = [each for each in ids if each not in known]
    if wrong:
        raise ValidationError({field: _("“%(id)s” is not in the list. Reload the list.") % {"id": wrong[0]}})
    if len(set(ids)) != len(ids):
        raise ValidationError({field: _("List each one only once.")})
    return [known[each] for each in ids]


def check_order(now: Sequence[int], expected: Sequence[int]) -> None:
    """Raise OrderChanged if the current order of rows (primary keys) differs from the order that was read."""
    if list(now) != list(expected):
        raise OrderChanged(_("Someone else has saved a different order. Reload the list."))


def sees(context: Mapping[str, Any], action: str) -> bool:
    """Return whether the user may do an action on all rows of the summit. Desk users may; users who act for a party
    may not."""
    # Every field of every row needs this, so the result is cached in the request's context.
    known: dict[str, bool] = cast("dict[str, Any]", context).setdefault("sees", {})
    if action not in known:
        known[action] = allows(context["by"], action, context["summit"])
    return known[action]


def search_filter(help_text: Any) -> django_filters.CharFilter:
    """Return a filter that searches for the words of its value with the FilterSet's `search` method."""
    return django_filters.CharFilter(method="search", label=help_text, min_length=SHORTEST, max_length=LONGEST)


class Searched(django_filters.FilterSet):
    """A FilterSet with a text search. It uses the desk's search for `model` if there is one, otherwise the columns in
    `text`."""

    model: type[Model] | None = None
    text: tuple[str, ...] = ()

    def search(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Return the rows that contain every word of `value`. Return no rows if there is no word to search for."""
        looked_for = split_terms(value)
        if not looked_for:
            return rows.none()
        source = source_of(self.model) if self.model else None
        if source is not None:
            narrowed: QuerySet[Any] = source.narrow(rows, looked_for)
            return narrowed
        return self.in_text(rows, looked_for)

    def in_text(self, rows: QuerySet[Any], looked_for: Sequence[str]) -> QuerySet[Any]:
        """Return the rows in which every word is found in one of the columns of `text`."""
        folded = rows.alias(found_in=Fold(*self.text))
        found: QuerySet[Any] = folded.filter(Q(*(Q(found_in__contains=word) for word in looked_for)))
        return found


@extend_schema_field(str)
class StaffName(serializers.Field[Any, Any, Any, Any]):
    """The name of the account that did something at a desk. Null for users who may not see all such rows of the
    summit."""

    def __init__(self, *, permission: str, **kwargs: Any) -> None:
        self.permission = permission
        super().__init__(read_only=True, **{"allow_null": True, **kwargs})

    def get_attribute(self, instance: Any) -> Any:
        """Return the account, or None if the user may not see it."""
        visible = allows(self.context["by"], self.permission, self.context["summit"])
        return super().get_attribute(instance) if visible else None

    def to_representation(self, value: User) -> str:
        """Return the account's name, or its mailbox if it has no name."""
        return value.name or value.email


class Reachable(InSummit):
    """A reference by id to another row of the summit, among the rows on which the user may do the action
    `permission`."""

    def __init__(self, *, permission: str, **kwargs: Any) -> None:
        self.permission = permission
        super().__init__(**kwargs)

    def get_queryset(self) -> Any:
        """Return the rows on which the user may do the action."""
        return reachable(super().get_queryset(), self.context, self.permission, self.summit_path)


def reachable(rows: Any, context: Any, permission: str, summit_path: str) -> Any:
    """Return the rows among `rows` on which the user may do the action `permission`. The user is `context["by"]`."""
    condition = seen_rows(context["by"], permission, rows.model, summit_path)
    return rows if condition is None else rows.filter(condition)


class Several(serializers.ListField):
    """A list of ids of rows of the summit, among the rows on which the user may do an action. Makes one query.

    If `external` names a column, a row may also be given as "ext:SYSTEM:ID", with the key of another system. That
    takes one more query.
    """

    child = serializers.CharField(max_length=200)

    def __init__(
        self,
        *,
        rows: Any,
        permission: str,
        summit_path: str = "summit",
        key: str = "public_id",
        external: str = "",
        **kwargs: Any,
    ) -> None:
        self.rows, self.permission, self.summit_path = rows, permission, summit_path
        self.row_key, self.external = key, external
        super().__init__(**{"allow_empty": False, "max_length": MOST_ROWS, **kwargs})

    def to_internal_value(self, data: Any) -> list[Any]:
        """Return the rows, each once. Raises ValidationError with the ids that name no row."""
        keys: Sequence[str] = list(dict.fromkeys(super().to_internal_value(data)))
        rows = self.rows.all().filter(**{self.summit_path: self.context["summit"]})
        rows = reachable(rows, self.context, self.permission, self.summit_path)
        get_key = attrgetter(self.row_key.replace("__", "."))
        row_by_key = {get_key(row): row for row in rows.filter(**{f"{self.row_key}__in": keys})}
        if self.external:
            visible = rows.filter(keys_visible_to(self.context["by"], self.summit_path))
            row_by_key |= _by_external_keys(visible, self.external, [key for key in keys if key.startswith(EXTERNAL)])
        unknown = [key for key in keys if row_by_key.get(key) is None]
        if unknown:
            raise serializers.ValidationError(_("These IDs do not exist: %(ids)s.") % {"ids": ", ".join(unknown)})
        return [row_by_key[key] for key in keys]


def _by_external_keys(rows: Any, path: str, keys: Sequence[str]) -> dict[str, Any]:
    """Return a dict from the keys of other systems, such as "ext:registry:4711", to the rows with these keys."""
    values_by_system: dict[str, list[str]] = {}
    for key in keys:
        system, _colon, value = key.removeprefix(EXTERNAL).partition(":")
        # PostgreSQL refuses a NUL character.
        if value and "\0" not in key:
            values_by_system.setdefault(system, []).append(value)
    if not values_by_system:
        return {}
    annotated = rows.annotate(known_in=F(f"{path}__system"), known_as=F(f"{path}__value"))
    conditions = [Q(known_in=system, known_as__in=values) for system, values in values_by_system.items()]
    return {f"{EXTERNAL}{row.known_in}:{row.known_as}": row for row in annotated.filter(reduce(or_, conditions))}


class WhyInput(serializers.Serializer[Any]):
    """The reason of a decision. The people whom the decision concerns can read it."""

    reason = serializers.CharField(required=False, default="", allow_blank=True)


class SkippedItemSerializer(serializers.Serializer[Any]):
    """An item that was left out, by its id, with the reason as a sentence."""

    id = serializers.CharField()
    why = serializers.CharField()


def ids(rows: "QuerySet[Any] | Iterable[Any]") -> list[str]:
    """Return the public ids of rows as a list."""
    return [row.public_id for row in rows]


def order_and_mark(found: Sequence[Any], values: Values, name: str) -> tuple[list[int], str]:
    """Return the requested order of the rows `found` as primary keys, and the mark of the order that was read.

    `name` is the attribute with a row's id. Raises ValidationError for an unknown or repeated id (as in `keys_of`),
    and OrderChanged if the rows are in another order by now.
    """
    order, expected = (
        keys_of(found, values[each], by=lambda row: str(getattr(row, name)), field=each)
        for each in ("order", "expected")
    )
    current = [row.pk for row in found]
    check_order(current, expected)
    return order, rows_services.mark(current)
