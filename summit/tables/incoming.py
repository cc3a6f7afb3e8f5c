"""Lists that a table can fill: each is one declaration, of the resource of the API that writes its rows.

What the API takes of a row a table takes too, field by field, and both write by the same functions. A table has the
shape in which the list is exported: it may be changed and read in again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import override
from rest_framework import serializers

from summit.api.resources import InSummit, Resource
from summit.models import User
from summit.tables.listed import TOLD_TOO, Listed, desk_of, reading

# What a cell can hold; what is made of several values stays as it is.
_SIMPLE = (
    serializers.CharField,
    serializers.BooleanField,
    serializers.IntegerField,
    serializers.DecimalField,
    serializers.DateField,
    serializers.DateTimeField,
    serializers.TimeField,
    serializers.ChoiceField,
    InSummit,
)


@dataclass(frozen=True)
class Intake:
    """A list that tables fill. `keys` are the fields by which a row is known where the table has no public id."""

    resource: type[Resource]
    keys: tuple[str, ...] = ("name",)

    @property
    def model(self) -> type[models.Model]:
        """Whose rows they are."""
        return self.resource.model

    @property
    def label(self) -> str:
        """The label of the model, such as "summit.venue"."""
        return self.model._meta.label_lower

    @property
    def fields(self) -> list[str]:
        """The fields that a table fills."""
        there = {field.name for field in self.model._meta.fields}
        given = self.resource.input().fields.items()
        return [name for name, field in given if name in there and isinstance(field, _SIMPLE)]


INTAKES: dict[str, Intake] = {}


def take_in(intake: Intake) -> Intake:
    """Let tables fill a list. Raises ValueError where another declaration has it."""
    if INTAKES.setdefault(intake.label, intake) is not intake:
        raise ValueError(f"two tables fill {intake.label}")
    TOLD_TOO[intake.label] = lambda: intake.fields
    return intake


def plain(heading: str) -> str:
    """Return a heading as headings are compared."""
    return " ".join(heading.replace("_", " ").casefold().split())


def headings(intake: Intake, by: User) -> tuple[dict[str, str], set[str]]:
    """Return the fields that a table fills by what their columns may be called, and what else an export of the list
    has: in every language, and as programs call them."""
    keyed = any(field.name == "public_id" for field in intake.model._meta.fields)
    known = {plain(name): name for name in (*(["public_id"] if keyed else []), *intake.fields)}
    other: set[str] = set()
    listed = Listed(desk_of(intake.label), reading(by))
    for code, _name in settings.LANGUAGES:
        with override(code):
            for column in listed.columns():
                said = plain(column.heading)
                if column.field in known.values():
                    known.setdefault(said, column.field)
                other |= {said, plain(column.name)}
            for name in intake.fields:
                field: Any = intake.model._meta.get_field(name)
                known.setdefault(plain(str(field.verbose_name)), name)
    return known, other - set(known)
