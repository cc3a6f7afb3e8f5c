"""Queries of the press desk for texts with their states and open tasks. Each makes one query."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypedDict, cast

from django.db.models import BooleanField, Case, Exists, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.expressions import BaseExpression
from django.db.models.functions import Now

from press.texts.models import visibility
from press.texts.models.editions import Edition, EditionState
from press.texts.models.embargoes import EmbargoMode
from press.texts.models.texts import Text, TextVersion
from press.texts.models.visibility import public_editions, published_embargoes
from summit.permissions.rules import Actor
from summit.summits.models import Summit

# The most texts that users can choose from when they tie a text.
MOST_TIED = 50


class StandingAnnotations(TypedDict):
    """The annotations of a text that `with_standing` adds."""

    title: str
    number: int
    edition_state: str
    standing: str
    written_by: int
    public_number: int | None
    alarms: bool
    approved_alone: bool


if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    StandingText = WithAnnotations[Text, StandingAnnotations]
else:
    StandingText = Text


def with_standing(rows: QuerySet[Text]) -> QuerySet[StandingText]:
    """Return texts annotated with their states.

    All annotations but the last two are about the authoritative language. `title`, `number`, `standing`,
    `edition_state` and `written_by` are those of the newest edition. `public_number` is the number of the public
    edition. `alarms` is true if the alarm time has passed and the speech isn't marked as delivered. `approved_alone`
    is true if an emergency approval hasn't been reviewed.
    """
    annotated = rows.annotate(**_standings()).select_related("summit", "embargo", "slot__speaker", "slot__party")
    return cast("QuerySet[StandingText]", annotated)


@functools.cache
def _standings() -> dict[str, BaseExpression]:
    """Return the annotations of `with_standing`, cached, because building them takes as long as the query."""
    newest = Edition.objects.filter(version__text=OuterRef("pk"), version__authoritative=True).order_by("-number")
    public = public_editions().filter(version__text=OuterRef("pk"), version__authoritative=True)
    return {
        "title": Subquery(newest.values("title")[:1]),
        "number": Subquery(newest.values("number")[:1]),
        "edition_state": Subquery(newest.values("state")[:1]),
        "written_by": Subquery(newest.values("author")[:1]),
        "standing": Subquery(newest.annotate(standing=visibility.standing()).values("standing")[:1]),
        "public_number": Subquery(public.values("number")[:1]),
        "alarms": Case(When(_ALARMS, then=True), default=False, output_field=BooleanField()),
        "approved_alone": Exists(unreviewed().filter(version__text=OuterRef("pk"))),
    }


def texts(summit: Summit) -> QuerySet[StandingText]:
    """Return the texts of a summit, annotated by `with_standing`. Withdrawn texts are left out."""
    return with_standing(Text.objects.filter(summit=summit, withdrawn_at__isnull=True))


def together(text: Text) -> list[StandingText]:
    """Return the other texts of the same embargo, which are published at the same moment. Makes one query."""
    others = Text.objects.filter(embargo=text.embargo_id, withdrawn_at__isnull=True).exclude(pk=text.pk)
    return list(with_standing(others).order_by("id"))


def tieable(text: Text) -> list[StandingText]:
    """Return the texts to which `text` can be tied: unpublished texts of the summit that have other embargoes.

    They are at most MOST_TIED, the newest first. Makes one query.
    """
    others = Text.objects.filter(summit=text.summit_id, withdrawn_at__isnull=True).exclude(embargo=text.embargo_id)
    return list(
        with_standing(others).exclude(embargo__in=published_embargoes().values("pk")).order_by("-id")[:MOST_TIED]
    )


def alone(version: TextVersion) -> Edition | None:
    """Return the newest edition of a version that was approved without a second person and isn't reviewed yet.

    Returns None if there is none.
    """
    return unreviewed().filter(version=version).select_related("decided_by").order_by("-number").first()


def unreviewed() -> QuerySet[Edition]:
    """Return the editions that were approved without a second person and aren't reviewed yet."""
    return Edition.objects.filter(afterwards_at__isnull=True).exclude(emergency_reason="")


@dataclass(frozen=True)
class Outline:
    """The values of a text that the dashboard needs: annotations of `with_standing`, and fields of the embargo."""

    pk: int
    title: str
    standing: str
    edition_state: str
    written_by: int
    public_number: int | None
    alarms: bool
    approved_alone: bool
    moment: datetime | None
    held_at: datetime | None
    mode: str

    def has_passed(self, now: datetime) -> bool:
        """Return whether the text isn't public although its moment has passed, for example because it is held."""
        return self.moment is not None and self.moment <= now and self.public_number is None

    def todo(self, user: Actor, now: datetime) -> Iterator[str]:
        """Yield the keys of the text's open tasks for a user.

        The conditions are the same as in the function `todo`, evaluated in Python.
        """
        passed, unscheduled = self.has_passed(now), self.standing == "unscheduled"
        tasks = {
            "alarm": self.alarms,
            "overdue": passed,
            "afterwards": self.approved_alone,
            "review": self.standing == EditionState.IN_REVIEW and self.written_by != (user.pk or 0),
            "change": self.standing == EditionState.CHANGES_ASKED,
            "schedule": unscheduled and self.mode == EmbargoMode.MOMENT,
            "held": self.standing == "held" and not self.alarms and not passed,
            "deliver": unscheduled and self.mode == EmbargoMode.DELIVERED and not self.alarms,
            "submit": self.standing == EditionState.DRAFT,
        }
        yield from (name for name, is_so in tasks.items() if is_so)


_OF_TEXT = ("pk", "title", "standing", "edition_state", "written_by", "public_number", "alarms", "approved_alone")
_OF_EMBARGO = ("moment", "held_at", "mode")


def outlines(summit: Summit) -> list[Outline]:
    """Return an outline of each text of a summit, without withdrawn texts. Makes one query."""
    rows = texts(summit).order_by("id").values_list(*_OF_TEXT, *(f"embargo__{name}" for name in _OF_EMBARGO))
    return [Outline(*row) for row in rows]


def late(summit: Summit) -> QuerySet[StandingText]:
    """Return the texts of a summit that are overdue, or that wait for a speech although the alarm time has passed."""
    return texts(summit).filter(_PASSED | _ALARMS).order_by("embargo__moment", "embargo__fallback_at", "id")


_PASSED = Q(embargo__moment__lte=Now(), public_number__isnull=True, withdrawn_at__isnull=True)
# Held texts and texts of cancelled speeches are included: the desk gets an alarm for them as well.
_ALARMS = Q(
    embargo__mode=EmbargoMode.DELIVERED,
    embargo__moment__isnull=True,
    embargo__fallback_at__lte=Now(),
    withdrawn_at__isnull=True,
)


def todo(user: Actor) -> dict[str, Q]:
    """Return a dict from the key of each task to its condition on texts that are annotated by `with_standing`.

    The dashboard's tasks and the filter of the list both use these conditions. "review" leaves out texts that the
    user wrote, because nobody can approve their own words.
    """
    unscheduled = Q(standing="unscheduled")
    return {
        "alarm": Q(alarms=True),
        "overdue": _PASSED,
        "afterwards": Q(approved_alone=True),
        "review": Q(standing=EditionState.IN_REVIEW) & ~Q(written_by=user.pk or 0),
        "change": Q(standing=EditionState.CHANGES_ASKED),
        "schedule": unscheduled & Q(embargo__mode=EmbargoMode.MOMENT),
        "held": Q(standing="held", alarms=False) & ~_PASSED,
        "deliver": unscheduled & Q(embargo__mode=EmbargoMode.DELIVERED, alarms=False),
        "submit": Q(standing=EditionState.DRAFT),
    }


def next_step(text: Text) -> str:
    """Return the key in `press.texts.next_steps.NEXT` for the next step of an annotated text, or ""."""
    state = str(getattr(text, "standing", ""))
    if getattr(text, "alarms", False):
        return "alarm"
    if getattr(text, "approved_alone", False):
        return "afterwards"
    if state == "unscheduled":
        return "deliver" if text.embargo.mode == EmbargoMode.DELIVERED else "set_moment"
    steps = {
        "draft": "submit",
        "changes_asked": "change",
        "in_review": "approve",
        "held": "unhold",
        "waits_for_others": "others",
    }
    return steps.get(state, "")


def late_step(text: Text) -> str:
    """Return the key in `press.texts.next_steps.LATE` for an annotated text that should be public but isn't."""
    if text.embargo.held_at is not None:
        return "unhold"
    if text.embargo.moment is None:
        return "deliver"
    steps = {"in_review": "approve", "waits_for_others": "others", "published": "open"}
    return steps.get(str(getattr(text, "standing", "")), "submit")
