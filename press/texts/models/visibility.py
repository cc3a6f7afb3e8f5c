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

from press.texts.models.editions import Edition, EditionState
from press.texts.models.embargoes import Embargo
from press.texts.models.texts import TextVersion

EMBARGO = "version__text__embargo__"


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


def lifted(prefix: str = EMBARGO) -> Q:
    """Return the condition that an embargo has ended: its moment has passed and it isn't held.

    `prefix` is the path from the rows that are filtered to their embargo.
    """
    return Q(**{f"{prefix}moment__lte": Now(), f"{prefix}held_at__isnull": True})


def missing(embargo: str = "", by: str = "") -> Exists:
    """Return whether an embargo that is tied still waits for a language of one of its texts.

    `embargo` is the path from the outer rows to their embargo; `by` the outer column of the moment at which it is
    asked, now without one. Texts that have been withdrawn are waited for no more. What was added after the moment
    came later: it doesn't take back what has been read.
    """
    approved = Edition.objects.filter(version=OuterRef("pk"), state=EditionState.APPROVED)
    if by:
        approved = approved.filter(decided_at__lte=OuterRef(OuterRef(by)))
    versions = TextVersion.objects.filter(
        text__embargo=OuterRef(f"{embargo}pk"),
        text__withdrawn_at__isnull=True,
        added_at__lte=OuterRef(f"{embargo}moment"),
    )
    return Exists(versions.filter(~Exists(approved)))


def _open(*, removed: bool = False) -> Q:
    """What must hold of an approved edition beside being the newest.

    A text that was withdrawn after it had been read stays, marked; one withdrawn before that never comes out. What
    was removed is gone (`removed`: only that).
    """
    kept = Q(version__text__withdrawn_at__isnull=True) | Q(version__text__withdrawn_at__gt=F(f"{EMBARGO}moment"))
    together = Q(**{f"{EMBARGO}tied": False}) | ~missing(EMBARGO)
    standing = Q(version__text__removed_at__isnull=not removed)
    return lifted() & kept & standing & together & Q(state=EditionState.APPROVED, version__text__summit__public=True)


def _published_at() -> Greatest:
    return Greatest(f"{EMBARGO}moment", "decided_at", output_field=DateTimeField())


def public_editions() -> QuerySet[PublicEdition]:
    """Return the editions that everybody may read: of each version the newest approved one, its embargo lifted.

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
        decided_at__lte=OuterRef(f"{EMBARGO}moment"),
    )
    return Edition.objects.filter(_open(), ~Exists(replaced_before)).annotate(published_at=_published_at())


def gone_editions() -> QuerySet[Edition]:
    """Return editions that had been read by all when their text was removed: their addresses answer 410."""
    return Edition.objects.filter(_open(removed=True))


def published_embargoes() -> QuerySet[Embargo]:
    """Return the embargoes of which something has been read, whether or not it is held since."""
    until = Coalesce("held_at", Now(), output_field=DateTimeField())
    approved = Edition.objects.filter(
        version__text__embargo=OuterRef("pk"), state=EditionState.APPROVED, decided_at__lte=OuterRef("until")
    )
    together = Q(tied=False) | ~missing(by="until")
    return Embargo.objects.annotate(until=until).filter(Q(moment__lte=F("until")), Exists(approved), together)


def standing() -> Case:
    """Return an expression over editions that names where each stands: the stored decision, or for an approved one
    what the predicate derives ("held", "unscheduled", "under_embargo", "waits_for_others", "published", "withdrawn",
    "removed")."""
    text = "version__text__"
    waits = Q(**{f"{text}embargo__tied": True}) & missing(EMBARGO)
    return Case(
        When(**{f"{text}removed_at__isnull": False}, then=Value("removed")),
        When(**{f"{text}withdrawn_at__isnull": False}, then=Value("withdrawn")),
        When(~Q(state=EditionState.APPROVED), then="state"),
        When(**{f"{text}embargo__held_at__isnull": False}, then=Value("held")),
        When(**{f"{text}embargo__moment__isnull": True}, then=Value("unscheduled")),
        When(**{f"{text}embargo__moment__gt": Now()}, then=Value("under_embargo")),
        When(waits, then=Value("waits_for_others")),
        default=Value("published"),
        output_field=CharField(),
    )
