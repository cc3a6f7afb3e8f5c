"""The visibility of texts: one condition, which each query evaluates on the database's clock.

Every channel (page, list, feed, export, API, announcement) starts from `public_editions`. No task sets a flag: a text
becomes public on the second, even if no task is running, and can't become public early.
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
    """When an edition was published, and when the first edition of its language version was published."""

    first_published_at: datetime


if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    PublicEdition = WithAnnotations[Edition, FirstPublicationAnnotations]
    PublishedEdition = WithAnnotations[Edition, PublicationAnnotations]


def embargo_ended(prefix: str = EMBARGO) -> Q:
    """Return the condition that an embargo has ended: the moment has passed, and the embargo isn't held.

    `prefix` is the path from the filtered rows to their embargo.
    """
    return Q(**{f"{prefix}moment__lte": Now(), f"{prefix}held_at__isnull": True})


def missing(embargo: str = "", by: str = "") -> Exists:
    """Return the condition that an embargo still waits for the approval of a language of one of its texts.

    `embargo` is the path from the outer rows to their embargo. `by` is the outer column with the time of the check;
    the time is now if `by` is "". The embargo doesn't wait for withdrawn texts. It doesn't wait for languages added
    after the moment either, since that would retract what is already public.
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
    """Return all conditions for a public edition but one: that it is the newest edition.

    A text that is withdrawn after its publication stays public and is marked. A text that is withdrawn earlier is
    never published. Removed texts are excluded. With `removed` only removed texts are included.
    """
    not_withdrawn_early = Q(version__text__withdrawn_at__isnull=True) | Q(
        version__text__withdrawn_at__gt=F(f"{EMBARGO}moment")
    )
    together = Q(**{f"{EMBARGO}tied": False}) | ~missing(EMBARGO)
    removal = Q(version__text__removed_at__isnull=not removed)
    return (
        embargo_ended()
        & not_withdrawn_early
        & removal
        & together
        & Q(state=EditionState.APPROVED, version__text__summit__public=True)
    )


def _published_at() -> Greatest:
    return Greatest(f"{EMBARGO}moment", "decided_at", output_field=DateTimeField())


def public_editions() -> QuerySet[PublicEdition]:
    """Return the public editions: of each version with an ended embargo, the newest approved edition.

    They are annotated with `published_at`, when the edition was published, and with `first_published_at`, when the
    first edition of the same version was published. Texts withdrawn after their publication are included: pages mark
    them and show the reason.
    """
    newer = Edition.objects.filter(
        version=OuterRef("version"), number__gt=OuterRef("number"), state=EditionState.APPROVED
    )
    first = published_editions().filter(version=OuterRef("version")).order_by("number").values("published_at")[:1]
    return Edition.objects.filter(_open(), ~Exists(newer)).annotate(
        published_at=_published_at(), first_published_at=Subquery(first)
    )


def published_editions() -> QuerySet[PublishedEdition]:
    """Return the public editions, and the earlier public editions that they replaced, with `published_at`.

    An edition that was replaced before the moment was never public. It is left out, and not even its number is
    revealed. Editions of texts that are held or removed now are left out as well.
    """
    replaced_before = Edition.objects.filter(
        version=OuterRef("version"),
        number__gt=OuterRef("number"),
        state=EditionState.APPROVED,
        decided_at__lte=OuterRef(f"{EMBARGO}moment"),
    )
    return Edition.objects.filter(_open(), ~Exists(replaced_before)).annotate(published_at=_published_at())


def removed_editions() -> QuerySet[Edition]:
    """Return the editions of removed texts that were public before the removal. Their URLs return 410."""
    return Edition.objects.filter(_open(removed=True))


def published_embargoes() -> QuerySet[Embargo]:
    """Return the embargoes of which a text was ever public, even if the embargo has been held since then."""
    until = Coalesce("held_at", Now(), output_field=DateTimeField())
    approved = Edition.objects.filter(
        version__text__embargo=OuterRef("pk"), state=EditionState.APPROVED, decided_at__lte=OuterRef("until")
    )
    together = Q(tied=False) | ~missing(by="until")
    return Embargo.objects.annotate(until=until).filter(Q(moment__lte=F("until")), Exists(approved), together)


def standing() -> Case:
    """Return an expression for the state of each edition in a query.

    The state of an edition that isn't approved is its stored state. The state of an approved edition is "held",
    "unscheduled", "under_embargo", "waits_for_others" or "published". All editions of a withdrawn text are
    "withdrawn", and all editions of a removed text "removed".
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
