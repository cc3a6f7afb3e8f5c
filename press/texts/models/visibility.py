"""The visibility of texts: one condition, evaluated at reading time on the database's clock.

Every channel (page, list, feed, export, API, announcement) starts from `public_editions`. No task sets a flag: a text
is public on the second without anything running, and can't be public early.
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


class PublicationAnnotations(TypedDict):
    """When an edition was published."""

    published_at: datetime


class FirstPublicationAnnotations(PublicationAnnotations):
    """When an edition was published, and when the first one of its version was."""

    first_published_at: datetime


if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    PublicEdition = WithAnnotations[Edition, FirstPublicationAnnotations]
    PublishedEdition = WithAnnotations[Edition, PublicationAnnotations]


def embargo_ended(prefix: str = EMBARGO) -> Q:
    """Return the condition that an embargo has ended: its moment has passed and it isn't held.

    `prefix` is the path from the filtered rows to their embargo.
    """
    return Q(**{f"{prefix}moment__lte": Now(), f"{prefix}held_at__isnull": True})


def missing(embargo: str = "", by: str = "") -> Exists:
    """Return whether a tied embargo still waits for a language of one of its texts.

    `embargo` is the path from the outer rows to their embargo. `by` is the outer column with the time of the check;
    now if it is "". Withdrawn texts aren't waited for. Neither are languages added after the moment, since they can't
    retract what is already public.
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
    """Return the conditions for a public edition, apart from being the newest one.

    A text withdrawn after its publication stays, marked; one withdrawn before is never published. Removed texts are
    excluded; with `removed` only they are included.
    """
    kept = Q(version__text__withdrawn_at__isnull=True) | Q(version__text__withdrawn_at__gt=F(f"{EMBARGO}moment"))
    together = Q(**{f"{EMBARGO}tied": False}) | ~missing(EMBARGO)
    standing = Q(version__text__removed_at__isnull=not removed)
    return (
        embargo_ended()
        & kept
        & standing
        & together
        & Q(state=EditionState.APPROVED, version__text__summit__public=True)
    )


def _published_at() -> Greatest:
    return Greatest(f"{EMBARGO}moment", "decided_at", output_field=DateTimeField())


def public_editions() -> QuerySet[PublicEdition]:
    """Return the public editions: the newest approved edition of each version whose embargo has ended.

    They are annotated with `published_at`, when the edition was published, and with `first_published_at`, when the
    first edition of its version was. Texts withdrawn after publication are included: they stay, marked, with the
    reason.
    """
    newer = Edition.objects.filter(
        version=OuterRef("version"), number__gt=OuterRef("number"), state=EditionState.APPROVED
    )
    first = published_editions().filter(version=OuterRef("version")).order_by("number").values("published_at")[:1]
    return Edition.objects.filter(_open(), ~Exists(newer)).annotate(
        published_at=_published_at(), first_published_at=Subquery(first)
    )


def published_editions() -> QuerySet[PublishedEdition]:
    """Return the public editions, and the earlier public editions that they replaced.

    An edition that was replaced before the moment was never public, and not even its number is revealed. Editions of
    texts that are held or removed now are left out.
    """
    replaced_before = Edition.objects.filter(
        version=OuterRef("version"),
        number__gt=OuterRef("number"),
        state=EditionState.APPROVED,
        decided_at__lte=OuterRef(f"{EMBARGO}moment"),
    )
    return Edition.objects.filter(_open(), ~Exists(replaced_before)).annotate(published_at=_published_at())


def removed_editions() -> QuerySet[Edition]:
    """Return the editions that were public before their text was removed: their URLs return 410."""
    return Edition.objects.filter(_open(removed=True))


def published_embargoes() -> QuerySet[Embargo]:
    """Return the embargoes with a text that was ever public, even if they are held since."""
    until = Coalesce("held_at", Now(), output_field=DateTimeField())
    approved = Edition.objects.filter(
        version__text__embargo=OuterRef("pk"), state=EditionState.APPROVED, decided_at__lte=OuterRef("until")
    )
    together = Q(tied=False) | ~missing(by="until")
    return Embargo.objects.annotate(until=until).filter(Q(moment__lte=F("until")), Exists(approved), together)


def standing() -> Case:
    """Return an expression over editions for the state of each.

    It is the stored state, and for an approved edition "held", "unscheduled", "under_embargo", "waits_for_others" or
    "published". Editions of withdrawn and removed texts are always "withdrawn" or "removed".
    """
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
