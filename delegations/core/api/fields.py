"""Fields and filters that the API's resources have in common: rows that a body names, orders, words that are
searched."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce
from operator import attrgetter, or_
from typing import Any, cast

import django_filters
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import F, Model, Q, QuerySet, TextField, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from delegations.core.row_order import OrderChanged
from delegations.core.services import rows as rows_services
from summit.accounts.selectors import known_to
from summit.admin_base.search import LONGEST, SHORTEST, source_of, words_of
from summit.api_base.external_keys import EXTERNAL, keys_told
from summit.api_base.viewset_views import MOST_ROWS
from summit.api_base.viewsets import InSummit
from summit.core.text_normalisation import Fold
from summit.people.models import Person
from summit.permissions.rules import allows, seen_rows
from summit.users.models import User

Values = Mapping[str, Any]
# A list of ids or codes is never longer.
MOST = 2000
# What is no name, office or mailbox says nothing that the desk records the sight of.
PLAIN = ("language", "time_zone")


class SeenOne(InSummit):
    """Another row of the same summit, one of those that the reader sees by a rule."""

    def __init__(self, *, permission: str, **kwargs: Any) -> None:
        self.permission = permission
        super().__init__(**kwargs)

    def get_queryset(self) -> Any:
        """Return the rows that the reader sees."""
        rows = super().get_queryset()
        condition = seen_rows(self.context["by"], f"{self.permission}.view", rows.model, self.summit_path)
        return rows if condition is None else rows.filter(condition)


class OnePerson(SeenOne):
    """A person, by their id or by what another system calls them."""

    def __init__(self, **kwargs: Any) -> None:
        rows = Person.objects.select_related("summit")
        super().__init__(permission="summit.person", queryset=rows, external="external_ids", **kwargs)


class KnownAccount(serializers.SlugRelatedField[Any]):
    """An account that the reader sees, by its id."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(slug_field="public_id", queryset=User.objects.all(), **kwargs)

    def get_queryset(self) -> Any:
        """Return the accounts that the reader sees."""
        return known_to(self.context["by"])


class ByLanguage(serializers.DictField):
    """Something in languages that letters are written in."""

    def to_internal_value(self, data: Any) -> Any:
        """Return it. Raises ValidationError for a language that there is none of."""
        found = super().to_internal_value(data)
        said = _("Choose one of the languages of letters: %(known)s.") % {
            "known": ", ".join(dict(settings.LANGUAGES))
        }
        wrong = {language: [said] for language in found if language not in dict(settings.LANGUAGES)}
        if wrong:
            raise serializers.ValidationError(wrong)
        return found


class Ids(serializers.ListField):
    """Ids of rows, each once."""

    child = serializers.CharField(max_length=200)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=MOST, **kwargs)


class Order(serializers.Serializer[Any]):
    """An order of rows, and the one that was read: where it is another by now, nothing is changed."""

    order = Ids(help_text="The ids in their new order.")
    expected = Ids(help_text="The ids in the order that was read.")


def keys_of(rows: Iterable[Model], ids: Sequence[str], *, by: Callable[[Any], str], field: str) -> list[int]:
    """Return the primary keys of the rows that ids name, in their order. Raises ValidationError for an id that is
    none of theirs, and for one that comes twice."""
    known = {by(row): row.pk for row in rows}
    wrong = [each for each in ids if each not in known]
    if wrong:
        raise ValidationError({field: _("“%(id)s” is none of them. Read the list again.") % {"id": wrong[0]}})
    if len(set(ids)) != len(ids):
        raise ValidationError({field: _("Name each of them once.")})
    return [known[each] for each in ids]


def check_order(now: Sequence[int], expected: Sequence[int]) -> None:
    """Raise OrderChanged where rows (primary keys) stand otherwise than was read."""
    if list(now) != list(expected):
        raise OrderChanged(_("Somebody else saved another order since you read it. Read it again."))


def sees(context: Mapping[str, Any], action: str) -> bool:
    """Return whether the reader may do something on all rows of the summit: as a desk, not as one of a party."""
    # Every field of every row asks: what was answered is kept with the request's context.
    known: dict[str, bool] = cast("dict[str, Any]", context).setdefault("sees", {})
    if action not in known:
        known[action] = allows(context["by"], action, context["summit"])
    return known[action]


def words(help_text: Any) -> django_filters.CharFilter:
    """Return a filter by words that are looked for, by the FilterSet's `search`."""
    return django_filters.CharFilter(method="search", label=help_text, min_length=SHORTEST, max_length=LONGEST)


class Searched(django_filters.FilterSet):
    """Filters with words: found as the desk's search finds rows of `model`, or in the columns of `text`."""

    model: type[Model] | None = None
    text: tuple[str, ...] = ()

    def search(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Keep the rows in which every word is found."""
        looked_for = words_of(value)
        if not looked_for:
            return rows.none()
        source = source_of(self.model) if self.model else None
        if source is not None:
            narrowed: QuerySet[Any] = source.narrow(rows, looked_for)
            return narrowed
        return self.in_text(rows, looked_for)

    def in_text(self, rows: QuerySet[Any], looked_for: Sequence[str]) -> QuerySet[Any]:
        """Keep the rows in which every word is found in the columns of `text`."""
        spaced = [piece for column in self.text for piece in (column, Value(" "))]
        told = rows.alias(found_in=Fold(Concat(*spaced, output_field=TextField())))
        found: QuerySet[Any] = told.filter(Q(*(Q(found_in__contains=word) for word in looked_for)))
        return found


@extend_schema_field(str)
class StaffName(serializers.Field[Any, Any, Any, Any]):
    """Who did something at a desk, by name: told to those who see all such rows of the summit, null for others."""

    def __init__(self, *, permission: str, **kwargs: Any) -> None:
        self.permission = permission
        super().__init__(read_only=True, **{"allow_null": True, **kwargs})

    def get_attribute(self, instance: Any) -> Any:
        """Return the account, None where the reader isn't told."""
        told = allows(self.context["by"], self.permission, self.context["summit"])
        return super().get_attribute(instance) if told else None

    def to_representation(self, value: User) -> str:
        """Return the name, or the mailbox of one who has none."""
        return value.name or value.email


class Reachable(InSummit):
    """Another row of the summit by its id, among those on which the reader may do an action."""

    def __init__(self, *, permission: str, **kwargs: Any) -> None:
        self.permission = permission
        super().__init__(**kwargs)

    def get_queryset(self) -> Any:
        """Return these rows."""
        return reachable(super().get_queryset(), self.context, self.permission, self.summit_path)


def reachable(rows: Any, context: Any, permission: str, summit_path: str) -> Any:
    """Return those of the rows on which the reader may do an action."""
    wanted = seen_rows(context["by"], permission, rows.model, summit_path)
    return rows if wanted is None else rows.filter(wanted)


class Several(serializers.ListField):
    """Rows of the summit by their ids, found by one query: those on which the reader may do an action. Where
    `external` says by which column, a row may be named as "ext:SYSTEM:ID", as another system knows it; they take one
    more."""

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
        """Return the rows, each once. Raises ValidationError with the ids that aren't there."""
        keys: Sequence[str] = list(dict.fromkeys(super().to_internal_value(data)))
        rows = self.rows.all().filter(**{self.summit_path: self.context["summit"]})
        rows = reachable(rows, self.context, self.permission, self.summit_path)
        named = attrgetter(self.row_key.replace("__", "."))
        found = {named(row): row for row in rows.filter(**{f"{self.row_key}__in": keys})}
        if self.external:
            told = rows.filter(keys_told(self.context["by"], self.summit_path))
            found |= _known_elsewhere(told, self.external, [key for key in keys if key.startswith(EXTERNAL)])
        unknown = [key for key in keys if found.get(key) is None]
        if unknown:
            raise serializers.ValidationError(_("There is none of these ids: %(ids)s.") % {"ids": ", ".join(unknown)})
        return [found[key] for key in keys]


def _known_elsewhere(rows: Any, path: str, keys: Sequence[str]) -> dict[str, Any]:
    """Return the rows that other systems know by keys such as "ext:registry:4711", by these keys."""
    wanted: dict[str, list[str]] = {}
    for key in keys:
        system, _colon, value = key.removeprefix(EXTERNAL).partition(":")
        # No database takes the character.
        if value and "\0" not in key:
            wanted.setdefault(system, []).append(value)
    if not wanted:
        return {}
    named = rows.annotate(known_in=F(f"{path}__system"), known_as=F(f"{path}__value"))
    conditions = [Q(known_in=system, known_as__in=values) for system, values in wanted.items()]
    return {f"{EXTERNAL}{row.known_in}:{row.known_as}": row for row in named.filter(reduce(or_, conditions))}


class WhyInput(serializers.Serializer[Any]):
    """Why: whoever it concerns reads it."""

    reason = serializers.CharField(required=False, default="", allow_blank=True)


class LeftOutSerializer(serializers.Serializer[Any]):
    """What was left out, with the reason as a sentence."""

    id = serializers.CharField()
    why = serializers.CharField()


def ids(rows: "QuerySet[Any] | Iterable[Any]") -> list[str]:
    """Return the ids of rows."""
    return [row.public_id for row in rows]


def order_and_mark(found: Sequence[Any], values: Values, name: str) -> tuple[list[int], str]:
    """Return the order that is asked for, and the mark of the one that was read. Raises ValidationError,
    OrderChanged."""
    order, expected = (
        keys_of(found, values[each], by=lambda row: str(getattr(row, name)), field=each)
        for each in ("order", "expected")
    )
    now = [row.pk for row in found]
    check_order(now, expected)
    return order, rows_services.mark(now)
