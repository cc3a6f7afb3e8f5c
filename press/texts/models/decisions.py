"""What can be decided about what the press office publishes: one table, which domain, desk and tests read.

Three things are decided about apart: an edition's words, the embargo on which a text hangs, and the text itself. What
"scheduled", "under embargo" and "published" mean is no decision: the predicate of press.texts.models.visibility
derives it.
"""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from press.texts.models.editions import EditionState


class EmbargoState(models.TextChoices):
    """Whether what hangs on an embargo may go out."""

    FREE = "free", _("free to go out")
    HELD = "held", _("held")


class TextState(models.TextChoices):
    """Whether a text stands."""

    STANDING = "standing", _("standing")
    WITHDRAWN = "withdrawn", _("withdrawn: kept, and marked")
    REMOVED = "removed", _("removed")


@dataclass(frozen=True)
class Decision:
    """One row: who may by `permission` bring what is in one of the states `before` into the state `after`.

    `reason`: not without one. `another`: not by whoever wrote the words that are decided about.
    """

    name: str
    before: frozenset[str]
    after: str
    permission: str
    reason: bool = False
    another: bool = False


E, L, T = EditionState, EmbargoState, TextState
TABLE: tuple[Decision, ...] = (
    # A new wording is a new edition in draft, never a step back. Whoever last changed the words doesn't approve them.
    Decision("submit", frozenset({E.DRAFT, E.CHANGES_ASKED}), E.IN_REVIEW, "press.write"),
    Decision("ask_changes", frozenset({E.IN_REVIEW}), E.CHANGES_ASKED, "press.review", reason=True),
    Decision("approve", frozenset({E.IN_REVIEW}), E.APPROVED, "press.review", another=True),
    # In an emergency, without a second person: it stands in red until somebody else has reviewed it.
    Decision(
        "approve_alone",
        frozenset({E.DRAFT, E.IN_REVIEW, E.CHANGES_ASKED}),
        E.APPROVED,
        "press.approve_alone",
        reason=True,
    ),
    Decision("review_afterwards", frozenset({E.APPROVED}), E.APPROVED, "press.review", another=True),
    Decision("hold", frozenset({L.FREE}), L.HELD, "press.hold", reason=True),
    Decision("unhold", frozenset({L.HELD}), L.FREE, "press.hold"),
    Decision("withdraw", frozenset({T.STANDING}), T.WITHDRAWN, "press.withdraw", reason=True),
    # What must not even be read marked as withdrawn: another person's data, what was never ours to publish.
    Decision("remove", frozenset({T.WITHDRAWN}), T.REMOVED, "press.remove", reason=True),
)
del E, L, T
BY_NAME: dict[str, Decision] = {row.name: row for row in TABLE}
STATES: tuple[str, ...] = (*EditionState.values, *EmbargoState.values, *TextState.values)
