"""The embargo: one predicate, decided when somebody reads, on the database's clock.

Every channel (page, list, feed, export, API, announcement) starts from `public_editions`. There is no flag that a
task flips, so nothing has to run for a text to be out on the second, and nothing can run early.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, TypedDict

from django.db.models import (
    Case,
    CharField,
    DateTimeField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest, Now

from press.models.lifts import Lift
from press.models.texts import Edition, EditionState

LIFT = "version__text__lift__"


class Came(TypedDict):
    """When an edition came out."""

    published_at: datetime


class CameFirst(Came):
    """When an edition came out, and when the first one of its version did."""

    first_published_at: datetime


if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    PublicEdition = WithAnnotations[Edition, CameFirst]
    PublishedEdition = WithAnnotations[Edition, Came]


def lifted(prefix: str = LIFT) -> Q:
    """Return the condition that a lift has lifted: its moment has passed and it isn't held.

    `prefix` is the path from the rows that are filtered to their lift.
    """
    return Q(**{f"{prefix}moment__lte": Now(), f"{prefix}held_at__isnull": True})


def _open() -> Q:
    """What must hold of an approved edition beside being the newest.

    A text that was withdrawn after it had been read stays, marked; one withdrawn before that never comes out.
    """
    kept = Q(version__text__withdrawn_at__isnull=True) | Q(version__text__withdrawn_at__gt=F(f"{LIFT}moment"))
    return lifted() & kept & Q(state=EditionState.APPROVED, version__text__summit__public=True)


def _published_at() -> Greatest:
    return Greatest(f"{LIFT}moment", "decided_at", output_field=DateTimeField())


def public_editions() -> QuerySet[PublicEdition]:
    """Return the editions that everybody may read: of each version the newest approved one, its lift lifted.

    Each carries `published_at`, when it came out, and `first_published_at`, when its version did. Withdrawn texts
    are among them once they have been read: they stay, marked, with the reason.
    """
    newer = Edition.objects.filter(
        version=OuterRef("version"), number__gt=OuterRef("number"), state=EditionState.APPROVED
    )
    first = published_editions().filter(version=OuterRef("version")).order_by("number").values("published_at")[:1]
    return Edition.objects.filter(_open(), ~Exists(newer)).annotate(
        published_at=_published_at(), first_published_at=Subquery(first)
    )


def published_editions() -> QuerySet[PublishedEdition]:
    """Return every edition that has been read by all: the public ones and those that they replaced.

    One that was replaced before the moment came was never read, so not even its number is told.
    """
    replaced_before = Edition.objects.filter(
        version=OuterRef("version"),
        number__gt=OuterRef("number"),
        state=EditionState.APPROVED,
        decided_at__lte=OuterRef(f"{LIFT}moment"),
    )
    return Edition.objects.filter(_open(), ~Exists(replaced_before)).annotate(published_at=_published_at())


def published_lifts() -> QuerySet[Lift]:
    """Return the lifts of which something has been read, whether or not it is held since."""
    until = Coalesce("held_at", Now(), output_field=DateTimeField())
    approved = Edition.objects.filter(
        version__text__lift=OuterRef("pk"), state=EditionState.APPROVED, decided_at__lte=OuterRef("until")
    )
    return Lift.objects.annotate(until=until).filter(Q(moment__lte=F("until")), Exists(approved))


def standing() -> Case:
    """Return an expression over editions that names where each stands: the stored decision, or for an approved one
    what the predicate derives ("held", "unscheduled", "under_embargo", "published", "withdrawn")."""
    text = "version__text__"
    return Case(
        When(**{f"{text}withdrawn_at__isnull": False}, then=Value("withdrawn")),
        When(~Q(state=EditionState.APPROVED), then="state"),
        When(**{f"{text}lift__held_at__isnull": False}, then=Value("held")),
        When(**{f"{text}lift__moment__isnull": True}, then=Value("unscheduled")),
        When(**{f"{text}lift__moment__gt": Now()}, then=Value("under_embargo")),
        default=Value("published"),
        output_field=CharField(),
    )
