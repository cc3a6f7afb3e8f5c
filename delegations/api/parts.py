"""What several resources of parties share: how a party is called, rows that a body names, and who saw what."""

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import attrgetter, or_
from typing import Any, ClassVar

import django_filters
from django.db.models import F, Model, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from delegations.domain import naming
from delegations.models import Membership, Party
from summit.api.external import EXTERNAL, keys_told
from summit.api.resources import InSummit
from summit.api.rows import MOST_ROWS
from summit.audit import access_log
from summit.audit import services as audit
from summit.permissions.rules import allows, seen_rows
from summit.summits.models import Summit
from summit.users.models import User


@extend_schema_field(str)
class PartyName(serializers.Field[Any, Any, Any, Any]):
    """How a party is called for the reader: those of all rows of an answer are found by one query."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, **kwargs)

    def to_representation(self, value: Party) -> str:
        """Return the name."""
        context: Any = self.context
        known: dict[int, Any] = context.setdefault("party_names", {})
        if value.pk not in known:
            known |= naming.to_readers({value.pk, *self._others()})
        return str(known[value.pk].name)

    def _others(self) -> set[int]:
        many = self.parent.parent if self.parent is not None else None
        rows = many.instance if isinstance(many, serializers.ListSerializer) else None
        listed: list[Any] = list(rows) if isinstance(rows, list | tuple) else []
        parties: list[Any] = [self.get_attribute(row) for row in listed]
        return {party.pk for party in parties}


class OfPerson(serializers.Serializer[Any]):
    """What rows about somebody of a party have in common: their id, the party, the person."""

    OF: ClassVar[tuple[str, ...]] = ("id", "party", "party_name", "person", "person_name")

    id = serializers.CharField(source="public_id", read_only=True)
    party = serializers.CharField(source="party.public_id", read_only=True)
    party_name = PartyName(source="party")
    person = serializers.CharField(source="person.public_id", read_only=True)
    person_name = serializers.CharField(source="person.label", read_only=True)


class OfInvitation(serializers.Serializer[Any]):
    """What rows about an invitation have in common: the invitation, and whom it invites."""

    OF: ClassVar[tuple[str, ...]] = ("id", "invitation", "party", "party_name")

    invitation = serializers.CharField(source="invitation.public_id", read_only=True)
    party = serializers.CharField(source="invitation.party.public_id", read_only=True)
    party_name = PartyName(source="invitation.party")


class OfPersonFilters(django_filters.FilterSet):
    """By what such rows are narrowed."""

    party = django_filters.CharFilter(field_name="party__public_id", label=pgettext_lazy("label", "party"))
    person = django_filters.CharFilter(field_name="person__public_id", label=pgettext_lazy("label", "person"))


class OfInvitationFilters(django_filters.FilterSet):
    """By what such rows are narrowed."""

    invitation = django_filters.CharFilter(
        field_name="invitation__public_id", label=pgettext_lazy("label", "invitation")
    )
    party = django_filters.CharFilter(
        field_name="invitation__party__public_id", label=pgettext_lazy("label", "party")
    )


@extend_schema_field(str)
class StaffName(serializers.Field[Any, Any, Any, Any]):
    """Who did something at a desk, by name: told to those who see all such rows of the summit, null for others."""

    def __init__(self, *, deed: str, **kwargs: Any) -> None:
        self.deed = deed
        super().__init__(read_only=True, **{"allow_null": True, **kwargs})

    def get_attribute(self, instance: Any) -> Any:
        """Return the account, None where the reader isn't told."""
        told = allows(self.context["by"], self.deed, self.context["summit"])
        return super().get_attribute(instance) if told else None

    def to_representation(self, value: User) -> str:
        """Return the name, or the mailbox of one who has none."""
        return value.name or value.email


class Reachable(InSummit):
    """Another row of the summit by its id, among those on which the reader may do a deed."""

    def __init__(self, *, deed: str, **kwargs: Any) -> None:
        self.deed = deed
        super().__init__(**kwargs)

    def get_queryset(self) -> Any:
        """Return these rows."""
        return reachable(super().get_queryset(), self.context, self.deed, self.summit_path)


def reachable(rows: Any, context: Any, deed: str, summit_path: str) -> Any:
    """Return those of the rows on which the reader may do a deed."""
    wanted = seen_rows(context["by"], deed, rows.model, summit_path)
    return rows if wanted is None else rows.filter(wanted)


@extend_schema_field(str)
class Member(Reachable):
    """A member of a party, by the person's id, among those for whom the reader may do a deed."""

    def __init__(self, *, deed: str, **kwargs: Any) -> None:
        rows = Membership.objects.select_related("person__summit", "party__summit", "category")
        super().__init__(deed=deed, summit_path="party__summit", **{"queryset": rows, **kwargs})
        self.slug_field = "person__public_id"


class Several(serializers.ListField):
    """Rows of the summit by their ids, found by one query: those on which the reader may do a deed. Where `external`
    says by which column, a row may be named as "ext:SYSTEM:ID", as another system knows it; they take one more."""

    child = serializers.CharField(max_length=200)

    def __init__(
        self,
        *,
        rows: Any,
        deed: str,
        summit_path: str = "summit",
        key: str = "public_id",
        external: str = "",
        **kwargs: Any,
    ) -> None:
        self.rows, self.deed, self.summit_path = rows, deed, summit_path
        self.row_key, self.external = key, external
        super().__init__(**{"allow_empty": False, "max_length": MOST_ROWS, **kwargs})

    def to_internal_value(self, data: Any) -> list[Any]:
        """Return the rows, each once. Raises ValidationError with the ids that aren't there."""
        keys: Sequence[str] = list(dict.fromkeys(super().to_internal_value(data)))
        rows = self.rows.all().filter(**{self.summit_path: self.context["summit"]})
        rows = reachable(rows, self.context, self.deed, self.summit_path)
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


def parties(deed: str, **kwargs: Any) -> Several:
    """Return the field of a body that names parties."""
    rows = Party.objects.select_related("summit")
    return Several(rows=rows, deed=deed, external="external_ids", **kwargs)


class WhyInput(serializers.Serializer[Any]):
    """Why: whoever it concerns reads it."""

    reason = serializers.CharField(required=False, default="", allow_blank=True)


class LeftOutSerializer(serializers.Serializer[Any]):
    """What was left out, with the reason as a sentence."""

    id = serializers.CharField()
    why = serializers.CharField()


def note(
    *,
    by: User,
    summit: Summit,
    rows: Iterable[Model],
    fields: Iterable[str],
    shows: Iterable[str],
    people: Any = None,
) -> None:
    """Note that somebody saw those of `shows` that were told of rows, as the desk's pages do; `people` gives the
    person whom a row names."""
    listed, told = list(rows), sorted(set(fields) & set(shows))
    if not listed or not told:
        return
    found = [str(people(row).public_id) for row in listed if people(row) is not None] if people else []
    if len(listed) == 1:
        access_log.note_page(by=by, target=listed[0], summit=summit, fields=told, people=lambda: found)
        return
    keys = [(summit.pk, audit.key_of(row)) for row in listed]
    access_log.note_list(by=by, label=listed[0]._meta.label_lower, rows=keys, fields=told, people=found)


def ids(rows: "QuerySet[Any] | Iterable[Any]") -> list[str]:
    """Return the ids of rows."""
    return [row.public_id for row in rows]
