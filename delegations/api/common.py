"""What the resources of parties and people have in common: who is named in a body, words that are searched, who saw
what, and orders of rows."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, cast

import django_filters
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import BooleanField, Case, Model, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Concat
from django.utils.translation import gettext as _
from rest_framework import serializers

from delegations.domain.order import OrderChanged
from delegations.models import Category, Party
from summit.accounts.selectors import known_to
from summit.api.resources import InSummit
from summit.audit import access_log
from summit.audit import services as audit
from summit.core.text_normalisation import Fold
from summit.desk.search import LONGEST, SHORTEST, source_of, words_of
from summit.people.models import Person
from summit.permissions.rules import allows, seen_rows, summits_for
from summit.summits.models import Summit
from summit.users.models import User

Values = Mapping[str, Any]
# A list of ids or codes is never longer.
MOST = 2000
# What is no name, office or mailbox says nothing that the desk records the sight of.
PLAIN = ("language", "time_zone")


class SeenOne(InSummit):
    """Another row of the same summit, one of those that the reader sees by a rule."""

    def __init__(self, *, rule: str, **kwargs: Any) -> None:
        self.rule = rule
        super().__init__(**kwargs)

    def get_queryset(self) -> Any:
        """Return the rows that the reader sees."""
        rows = super().get_queryset()
        condition = seen_rows(self.context["by"], f"{self.rule}.view", rows.model, self.summit_path)
        return rows if condition is None else rows.filter(condition)


class OneParty(SeenOne):
    """A party, by its id or by what another system calls it."""

    def __init__(self, **kwargs: Any) -> None:
        rows = Party.objects.select_related("summit")
        super().__init__(rule="delegations.party", queryset=rows, external="external_ids", **kwargs)


class OnePerson(SeenOne):
    """A person, by their id or by what another system calls them."""

    def __init__(self, **kwargs: Any) -> None:
        rows = Person.objects.select_related("summit")
        super().__init__(rule="summit.person", queryset=rows, external="external_ids", **kwargs)


class KnownAccount(serializers.SlugRelatedField[Any]):
    """An account that the reader sees, by its id."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(slug_field="public_id", queryset=User.objects.all(), **kwargs)

    def get_queryset(self) -> Any:
        """Return the accounts that the reader sees."""
        return known_to(self.context["by"])


class OneCategory(InSummit):
    """A category of the summit, by its code."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Category.objects.all(), **kwargs)
        self.slug_field = "code"


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


def told_to_desks(rows: QuerySet[Party], by: User, rule: str) -> QuerySet[Party]:
    """Let parties be narrowed by what is the desks' alone, by whoever sees as a desk: others would learn by what is
    found what they aren't told."""
    desks = summits_for(by, f"{rule}.view")
    shown = Q(pk__isnull=False) if desks is None else Q(summit__in=desks)
    told = Case(When(shown, then=Value(True)), default=Value(False), output_field=BooleanField())
    return rows.alias(for_desk=told)


class PartiesSearched(Searched):
    """Filters of parties, with words. Rows are those of `told_to_desks`."""

    model = Party
    # What its own people read of a party; the desk's search finds mailboxes of missions, too.
    text = ("name", "formal_name", "sort_key", "iso_code")

    def search(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Keep the rows in which every word is found."""
        if rows.filter(for_desk=True).exists():
            return super().search(rows, name, value)
        looked_for = words_of(value)
        return self.in_text(rows, looked_for) if looked_for else rows.none()

    def of_desk(self, rows: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        """Keep the rows of a value that desks alone are told."""
        condition: Any = {"for_desk": True, name: value}
        return rows.filter(**condition)


def note(
    *,
    by: User,
    summit: Summit,
    rows: Sequence[Model],
    fields: Iterable[str],
    people: Callable[[Any], Iterable[str]] | None = None,
    always: bool = False,
) -> None:
    """Record that somebody saw these fields of rows: of one as of its page at the desk, of several as of a list.
    `people` gives the public ids of the persons that a row shows, where it is no person."""
    told = sorted(fields)
    if not (rows and told):
        return
    shown = [key for row in rows for key in people(row)] if people else []
    if len(rows) == 1:
        access_log.note_page(by=by, target=rows[0], summit=summit, fields=told, people=lambda: shown, always=always)
        return
    label = rows[0]._meta.label_lower
    access_log.note_list(
        by=by, label=label, rows=[(summit.pk, audit.key_of(row)) for row in rows], fields=told, people=shown
    )
