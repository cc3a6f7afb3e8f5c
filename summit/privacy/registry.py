"""Where a person's data is: each app registers its portions, and says how they are handed over and erased.

A test walks every foreign key to Person: one that no portion covers fails it, so that none is forgotten.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import override

from summit.core.encrypted_fields import EncryptedTextField
from summit.core.registry import Registry
from summit.people.models import Person
from summit.summits.models import Summit
from summit.users.models import User

# Shorter names are words of other names: what holds them isn't looked for by them.
SHORTEST = 5
# What no handing over holds: keys by which doors open, and what is only the database's.
NEVER = frozenset({"id", "nonce", "passport_digest", "birth_digest", "password", "rendered", "fingerprint"})


@dataclass(frozen=True)
class Subject:
    """The person about whom it is, as they were before anything was erased."""

    person: Person
    # What else they are called: for a passport, a badge, a place card.
    further: tuple[str, ...] = ()

    @property
    def summit(self) -> Summit:
        """The summit at which they are somebody."""
        return self.person.summit

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names that are theirs alone and long enough to be looked for in texts, the longest first."""
        person = self.person
        found = {name.strip() for name in (person.name, person.badge_name, person.card_name, *self.further)}
        return tuple(sorted((name for name in found if len(name) >= SHORTEST), key=len, reverse=True))

    @cached_property
    def mailboxes(self) -> tuple[str, ...]:
        """Their mailboxes, in small letters, but for those that stand for somebody else too. One query each."""
        boxes = {self.person.email.strip().lower()} - {""}
        if self.account is not None:
            boxes.add(self.account.email)
        return tuple(sorted(box for box in boxes if not self._shared(box)))

    def _shared(self, box: str) -> bool:
        others = Person.objects.filter(email__iexact=box).exclude(pk=self.person.pk)
        accounts = User.objects.filter(email=box).exclude(people=self.person)
        return others.exists() or accounts.exists()

    @cached_property
    def account(self) -> User | None:
        """Their account, where it is theirs at this summit alone: it holds no role and is nobody elsewhere."""
        user = self.person.user
        if user is None or user.is_superuser or user.roles.exists():
            return None
        return None if user.people.exclude(pk=self.person.pk).exists() else user

    def mentioned(self, *columns: str) -> Q:
        """Return the condition that one of some columns holds one of their names or mailboxes; none, where they have
        none that could be looked for."""
        found = Q(pk__in=[])
        for word in (*self.names, *self.mailboxes):
            for column in columns:
                found |= Q(**{f"{column}__icontains": word})
        return found

    def says(self, text: str) -> bool:
        """Return whether a text holds one of their names or mailboxes."""
        folded = text.casefold()
        return any(word.casefold() in folded for word in (*self.names, *self.mailboxes))


@dataclass(frozen=True)
class Restricted:
    """Columns that only those see who may do `action`; the whole row where none are named."""

    action: str
    title: str | Promise
    columns: tuple[str, ...] = ()

    def is_in(self, row: models.Model) -> bool:
        """Return whether a row has any of it."""
        return not self.columns or any(getattr(row, name) not in ("", None) for name in self.columns)


@dataclass(frozen=True)
class Portion:
    """Rows that hold a person's data.

    `keys` are the foreign keys to Person that lead to them. `erase` returns how many rows it has erased or changed;
    without it they stay. `gone` and `stays` say for a reader what becomes of them, and why. `columns` are what is
    handed over of a row, all that it has unless they are given; nothing with `handed` off. What is `desks` are the
    desks' own drafts and notes: a person gets it from an organiser, who knows what may leave, and doesn't take it
    themselves. `restricted` are the parts that not everybody at the desks sees. `files` are documents of the person's
    own, by their names.
    """

    name: str
    title: str | Promise
    model: type[models.Model]
    rows: Callable[[Subject], models.QuerySet[Any]]
    keys: tuple[str, ...] = ()
    erase: Callable[[Subject], int] | None = None
    gone: str | Promise = ""
    stays: str | Promise = ""
    columns: tuple[str, ...] = ()
    handed: bool = True
    desks: bool = False
    restricted: tuple[Restricted, ...] = ()
    files: Callable[[Subject], Iterable[tuple[str, bytes]]] | None = None


_portions: Registry[Portion] = Registry()
portion = _portions.register
# Each app says whether somebody stands in what the summit has made public: then the office that they held stays.
_public: Registry[Callable[[Person], bool]] = Registry()
stands_in_public = _public.register
# What else somebody is called: names of theirs in tables of the apps above.
_called: Registry[Callable[[Person], Iterable[str]]] = Registry()
called = _called.register


def portions() -> list[Portion]:
    """Return all portions, in the order in which they are erased."""
    return list(_portions)


def own_portions() -> list[Portion]:
    """Return those that a person may take themselves."""
    return [each for each in _portions if each.handed and not each.desks]


def subject_of(person: Person) -> Subject:
    """Return the person as one about whom data is looked for."""
    further = tuple(name for names in _called for name in names(person))
    return Subject(person, further)


def keeps_office(person: Person) -> bool:
    """Return whether the office that somebody held stays when their name goes."""
    return any(asks(person) for asks in _public)


def erased_name(summit: Summit) -> str:
    """Return what stands in the place of an erased name: words of the summit's first language."""
    with override(summit.language):
        return _("erased person")


def columns_of(portion: Portion) -> "list[models.Field[Any, Any]]":
    """Return the columns that are handed over of a portion: no bytes and no keys of doors."""
    found: list[models.Field[Any, Any]] = [
        column
        for column in portion.model._meta.fields
        if column.name not in NEVER
        and (not portion.columns or column.name in portion.columns)
        and (isinstance(column, EncryptedTextField) or not isinstance(column, models.BinaryField))
    ]
    return found


def as_data(row: models.Model, columns: "Iterable[models.Field[Any, Any]]") -> dict[str, Any]:
    """Return columns of a row as JSON holds them: those that it refers to by name."""
    return {column.name: _said(getattr(row, column.name)) for column in columns}


def is_staffs(column: "models.Field[Any, Any]") -> bool:
    """Return whether a column names an account that is not the person's: who at a desk decided."""
    return column.related_model is User and column.model is not Person


def _said(value: Any) -> Any:
    if isinstance(value, models.Model):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value
