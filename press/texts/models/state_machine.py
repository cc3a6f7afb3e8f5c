"""The table of decisions about editions, embargoes and texts. Services, admin and tests use the same table.

Decisions concern three separate things: an edition, the embargo of a text, and the text itself. "Scheduled", "under
embargo" and "published" aren't decisions: press.texts.models.visibility derives them.
"""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from press.texts.models.editions import EditionState


class EmbargoState(models.TextChoices):
    """Whether an embargo is held. The state isn't stored: an embargo is held if `held_at` is set."""

    FREE = "free", _("not on hold")
    HELD = "held", _("on hold")


class TextState(models.TextChoices):
    """Whether a text is withdrawn or removed. The state isn't stored: `withdrawn_at` and `removed_at` are."""

    STANDING = "standing", _("current")
    WITHDRAWN = "withdrawn", _("withdrawn, with a notice")
    REMOVED = "removed", _("removed")


@dataclass(frozen=True)
class Decision:
    """A row of TABLE: users with `permission` may change the state from any state in `before` to `after`.

    With `reason` users must give a reason. With `another` the author of the edition can't make the decision.
    """

    name: str
    before: frozenset[str]
    after: str
    permission: str
    reason: bool = False
    another: bool = False


E, L, T = EditionState, EmbargoState, TextState
TABLE: tuple[Decision, ...] = (
    # No decision leads back to draft: changed words are a new edition. The author of an edition can't approve it.
    Decision("submit", frozenset({E.DRAFT, E.CHANGES_ASKED}), E.IN_REVIEW, "press.write"),
    Decision("ask_changes", frozenset({E.IN_REVIEW}), E.CHANGES_ASKED, "press.review", reason=True),
    Decision("approve", frozenset({E.IN_REVIEW}), E.APPROVED, "press.review", another=True),
    # For emergencies without a second person: the edition is marked in red until somebody else has reviewed it.
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
    # For texts that mustn't be shown even as withdrawn, such as personal data or what the office had no right to
    # publish.
    Decision("remove", frozenset({T.WITHDRAWN}), T.REMOVED, "press.remove", reason=True),
)
del E, L, T
BY_NAME: dict[str, Decision] = {row.name: row for row in TABLE}
STATES: tuple[str, ...] = (*EditionState.values, *EmbargoState.values, *TextState.values)
