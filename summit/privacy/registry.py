"""The registry of personal data. Each app registers its portions, and how they are handed over and erased.

A test fails if a foreign key to Person isn't in any portion.
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

# The least length of names to search texts for: shorter names are parts of other words.
SHORTEST = 5
# Columns that are never handed over: secrets, and values of technical use only.
NEVER = frozenset({"id", "nonce", "passport_digest", "birth_digest", "password", "rendered", "fingerprint"})


@dataclass(frozen=True)
class Subject:
    """A person whose data is handed over or erased, with the names and mailboxes from before the erasure."""

    person: Person
    # Further names of the person, such as the name in the passport.
    further: tuple[str, ...] = ()

    @property
    def summit(self) -> Summit:
        """The person's summit."""
        return self.person.summit

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The person's names that are long enough to search texts for, the longest first."""
        person = self.person
        all_names = {name.strip() for name in (person.name, person.badge_name, person.card_name, *self.further)}
        return tuple(sorted((name for name in all_names if len(name) >= SHORTEST), key=len, reverse=True))

    @cached_property
    def mailboxes(self) -> tuple[str, ...]:
        """The person's mailboxes, in lower case, without those that other people or accounts share.

        Makes one or two queries for each mailbox.
        """
        boxes = {self.person.email.strip().lower()} - {""}
        if self.account is not None:
            boxes.add(self.account.email)
        return tuple(sorted(box for box in boxes if not self._shared(box)))

    def _shared(self, box: str) -> bool:
        other_people = Person.objects.filter(email__iexact=box).exclude(pk=self.person.pk)
        accounts = User.objects.filter(email=box).exclude(people=self.person)
        return other_people.exists() or accounts.exists()

    @cached_property
    def account(self) -> User | None:
        """The person's account, or None if the person has none or the account is used for more than this person.

        An account is used for more if it has a role, is a superuser's, or belongs to people at other summits too.
        """
        user = self.person.user
        if user is None or user.is_superuser or user.roles.exists():
            return None
        return None if user.people.exclude(pk=self.person.pk).exists() else user

    def mentioned(self, *columns: str) -> Q:
        """Return the condition that one of the columns contains one of the person's names or mailboxes.

        If there is no name or mailbox to search for, the condition matches no row.
        """
        condition = Q(pk__in=[])
        for term in (*self.names, *self.mailboxes):
            for column in columns:
                condition |= Q(**{f"{column}__icontains": term})
        return condition

    def says(self, text: str) -> bool:
        """Return whether a text contains one of the person's names or mailboxes."""
        folded = text.casefold()
        return any(term.casefold() in folded for term in (*self.names, *self.mailboxes))


@dataclass(frozen=True)
class Restricted:
    """Columns of a portion that only accounts with the permission `action` may see; all columns if it has none."""

    action: str
    title: str | Promise
    columns: tuple[str, ...] = ()

    def is_in(self, row: models.Model) -> bool:
        """Return whether a row has restricted data: a value in one of the columns."""
        return not self.columns or any(getattr(row, name) not in ("", None) for name in self.columns)


@dataclass(frozen=True)
class Portion:
    """Rows of one model that hold a person's data.

    - `rows` returns the rows of a person.
    - `keys` are the foreign keys from the rows to Person.
    - `erase` erases or changes the rows and returns their number. If it is None, the rows stay.
    - `gone` and `stays` are texts for users: what is erased, what stays, and why.
    - `columns` are the columns that are handed over. If it is empty, all columns are.
    - `handed` is False for rows that aren't handed over at all.
    - `desks` is True for the desks' own drafts and notes. A person can't export these, but gets them from an
      organiser, who decides what may be handed over.
    - `restricted` are the parts that not all desks may see.
    - `files` returns the person's own documents, as (name, content).
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
# Functions that return whether a person appears in anything that the summit has published. If so, the person's office
# isn't erased.
_public: Registry[Callable[[Person], bool]] = Registry()
stands_in_public = _public.register
# Functions that return a person's names in tables of the apps above.
_called: Registry[Callable[[Person], Iterable[str]]] = Registry()
called = _called.register


def portions() -> list[Portion]:
    """Return all portions, in the order in which they are erased."""
    return list(_portions)


def own_portions() -> list[Portion]:
    """Return the portions that people may export themselves."""
    return [each for each in _portions if each.handed and not each.desks]


def subject_of(person: Person) -> Subject:
    """Return the `Subject` of a person, with their names from all apps."""
    further = tuple(name for names in _called for name in names(person))
    return Subject(person, further)


def keeps_office(person: Person) -> bool:
    """Return whether a person's office is kept when the name is erased, because it appears in published content."""
    return any(function(person) for function in _public)


def erased_name(summit: Summit) -> str:
    """Return the words that replace an erased name, in the summit's first language."""
    with override(summit.language):
        return _("erased person")


def columns_of(portion: Portion) -> "list[models.Field[Any, Any]]":
    """Return the columns of a portion that are handed over, without binary data and secrets."""
    columns: list[models.Field[Any, Any]] = [
        column
        for column in portion.model._meta.fields
        if column.name not in NEVER
        and (not portion.columns or column.name in portion.columns)
        and (isinstance(column, EncryptedTextField) or not isinstance(column, models.BinaryField))
    ]
    return columns


def as_data(row: models.Model, columns: "Iterable[models.Field[Any, Any]]") -> dict[str, Any]:
    """Return a dict from column names to a row's values, ready for JSON. A related row is replaced by its name."""
    return {column.name: _json_value(getattr(row, column.name)) for column in columns}


def is_staffs(column: "models.Field[Any, Any]") -> bool:
    """Return whether a column refers to an account other than the person's, such as the account that decided."""
    return column.related_model is User and column.model is not Person


def _json_value(value: Any) -> Any:
    if isinstance(value, models.Model):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value
