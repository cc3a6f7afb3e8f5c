"""The embargo: one predicate, decided when somebody reads, on the database's clock.

Every channel (page, list, feed, export, API, announcement) starts from `public_editions`. There is no flag that a
task flips, so nothing has to run for a text to be out on the second, and nothing can run early.
"""

from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Now

from press.models.texts import Edition, EditionState


def lifted(prefix: str = "version__text__lift__") -> Q:
    """Return the condition that a lift has lifted: its moment has passed and it isn't held.

    `prefix` is the path from the rows that are filtered to their lift.
    """
    return Q(**{f"{prefix}moment__lte": Now(), f"{prefix}held_at__isnull": True})


def public_editions() -> QuerySet[Edition]:
    """Return the editions that everybody may read: of each version the newest approved one, its lift lifted.

    Withdrawn texts are among them: they stay, marked, with the reason.
    """
    newer = Edition.objects.filter(
        version=OuterRef("version"), number__gt=OuterRef("number"), state=EditionState.APPROVED
    )
    return Edition.objects.filter(
        lifted(), ~Exists(newer), state=EditionState.APPROVED, version__text__summit__public=True
    )


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
