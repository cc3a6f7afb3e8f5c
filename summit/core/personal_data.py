"""Declarations of personal data. Each column with data about people is declared where its model has it.

The declaration says whom the data is about, what it is for, who may see and change it, and how long it is kept.
Forms, imports, exports, the API, the access log, erasure, retention and the record of processing follow from it. A
test finds columns that aren't declared.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, TypeVar

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise
# Reasons why no retention time ends some data.
BY_KEY = _("They identify the person only by an ID.")
PUBLISHED_WORDS = _("Published texts never change.")
# Names of data that several models have.
FILE_CONTENT = _("contents of the file")
REPORT = _("import report")
Column = TypeVar("Column")


class DataSubject(models.TextChoices):
    """The people whom personal data is about: the categories of data subjects of GDPR, article 30."""

    PARTICIPANTS = "participants", _("participants")
    SPEAKERS = "speakers", _("speakers")
    FOCAL_POINTS = "focal_points", _("focal points")
    MISSIONS = "missions", _("mission contacts")
    REPLIERS = "repliers", _("people who answer invitations")
    RECIPIENTS = "recipients", _("email recipients")
    SUBSCRIBERS = "subscribers", _("subscribers")
    PRESS_CONTACTS = "press_contacts", _("contacts for journalists")
    ACCOUNTS = "accounts", _("users")
    HOSTS = "hosts", _("host staff")
    UPLOADED = "uploaded", _("people in uploaded files")


class PersonalDataKind(models.TextChoices):
    """A kind of personal data with its own retention time (delegations.privacy)."""

    PASSPORT = "passport", _("passport data")
    NEEDS = "needs", _("dietary and access needs")
    TRAVEL = "travel", _("travel and hotel")
    PHOTO = "photo", _("photographs")
    DECLARATIONS = "declarations", _("declarations")
    VISA = "visa", _("visa letters")
    SCANS = "scans", _("scanned answers and uploaded lists")
    MAIL = "mail", _("sent email")
    CONTACT = "contact", _("email addresses and telephone numbers")
    PERSON = "person", _("the person’s name and office")


class PersonalList(Enum):
    """A list at a desk that shows some fields of people as columns."""

    # The dietary and access needs, for caterers and ushers (delegations.travel).
    NEEDS = auto()


class Content(Enum):
    """The meaning of a text, if it isn't free: it decides on the widget of forms and on how imports read a cell."""

    TEXT = auto()
    # A country by its two-letter code, and by its name.
    COUNTRY_CODE = auto()
    COUNTRY_NAME = auto()
    TIME_ZONE = auto()


@dataclass(frozen=True, kw_only=True, eq=False)
class ProcessingActivity:
    """What personal data is processed for, an entry of the record of processing (GDPR, article 30).

    - `subjects` are the people whom the data is about, and `purpose` is what it is for.
    - `view` and `change` are the permissions to see and to change it. Without one, nobody does at the desks.
      `also_view` are further permissions by which somebody sees some of it.
    - `kept_as` is the kind of data whose retention time ends it. Without one, `stays` says when it ends.
    - `logged` is whether the access log records who saw it. The audit never stores the values of such data.
    - `model_name` names the rows of a library's model that has no translated name.
    """

    subjects: DataSubject
    purpose: Text
    view: str = ""
    change: str = ""
    also_view: tuple[str, ...] = ()
    kept_as: PersonalDataKind | None = None
    stays: Text = ""
    logged: bool = True
    model_name: Text = ""


@dataclass(frozen=True, eq=False)
class PersonalField:
    """The declaration of one column with personal data. `personal` describes its arguments."""

    activity: ProcessingActivity
    label: Text
    purpose: Text
    kept_as: PersonalDataKind | None
    logged: bool
    headings: str
    example: Text
    accepts: Text
    content: Content
    multiline: bool
    lists: tuple[PersonalList, ...]
    counted: bool

    @property
    def entered(self) -> bool:
        """Whether users enter the field in forms and imports. Other columns are computed, or have their own pages."""
        return bool(self.headings)


def personal(
    column: Column,
    activity: ProcessingActivity,
    *,
    label: Text = "",
    purpose: Text = "",
    kept_as: PersonalDataKind | None = None,
    logged: bool | None = None,
    headings: str = "",
    example: Text = "",
    accepts: Text = "",
    content: Content = Content.TEXT,
    multiline: bool = False,
    lists: tuple[PersonalList, ...] = (),
    counted: bool = False,
) -> Column:
    """Declare that a column of a model holds personal data, and return the column.

    Wrap the column in it. A foreign key is declared in the next line, so that type checkers still know what it refers
    to.

    - `label` names the data, if the column has no name for users.
    - `purpose`, `kept_as` and `logged` replace those of the activity.

    The other arguments are for the fields of a person that people enter:

    - `headings` are the headings by which imports recognise the column, in all languages, separated by commas.
    - `example` and `accepts` explain the column in blank files for imports.
    - `content` is the meaning of a text, and `multiline` is whether it may have several lines.
    - `lists` are the lists that show the field, and `counted` is whether they count equal values.
    """
    declared = PersonalField(
        activity=activity,
        label=label,
        purpose=purpose or activity.purpose,
        kept_as=kept_as or activity.kept_as,
        logged=activity.logged if logged is None else logged,
        headings=headings,
        example=example,
        accepts=accepts,
        content=content,
        multiline=multiline,
        lists=lists,
        counted=counted,
    )
    # The attribute is no part of the column's definition, so migrations don't see it.
    column.personal_field = declared  # type: ignore[attr-defined]
    return column


def declaration(column: "models.Field[Any, Any]") -> PersonalField | None:
    """Return the declaration of a column, or None if it holds no personal data."""
    declared: PersonalField | None = getattr(column, "personal_field", None)
    return declared


def personal_columns(model: type[models.Model]) -> "Iterator[tuple[models.Field[Any, Any], PersonalField]]":
    """Yield the columns of a model that hold personal data, with their declarations, in the order of the model."""
    for column in model._meta.concrete_fields:
        declared = declaration(column)
        if declared is not None:
            yield column, declared


def entered_columns(
    model: type[models.Model], activity: ProcessingActivity | None = None
) -> "dict[str, models.Field[Any, Any]]":
    """Return the columns of a model with personal data that people enter, by name; with `activity`, only its own."""
    return {
        column.name: column
        for column, declared in personal_columns(model)
        if declared.entered and activity in (None, declared.activity)
    }


def logged_fields(model: type[models.Model]) -> frozenset[str]:
    """Return the names of the columns of a model whose values the audit never stores; the access log says who saw
    them."""
    return frozenset(column.name for column, declared in personal_columns(model) if declared.logged)


def activity_of(model: type[models.Model]) -> ProcessingActivity | None:
    """Return what the data in a model is processed for, or None if it holds no personal data.

    If its columns serve several purposes, the first column decides.
    """
    return next((declared.activity for _column, declared in personal_columns(model)), None)
