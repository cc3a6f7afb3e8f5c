"""Compare two editions side by side."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from press.texts.errors import DecisionRefused
from press.texts.models.editions import Edition
from press.texts.selectors.word_differences import Pair, compare


@dataclass(frozen=True)
class Comparison:
    """The differences between two editions, by field. `old` is the earlier or the prepared edition."""

    old: Edition
    new: Edition
    titles: list[Pair]
    summaries: list[Pair]
    bodies: list[Pair]


def side_by_side(*, one: Edition, other: Edition) -> Comparison:
    """Return the differences between two editions, which may be passed in either order.

    Both are in the same language. They belong to the same text, or to a prepared text and its text as delivered.
    Raises DecisionRefused for other editions. The caller checks that the user may see both.
    """
    old, new = _in_order(one, other)
    pairs = (compare(getattr(old, name), getattr(new, name)) for name in ("title", "summary", "body"))
    return Comparison(old, new, *pairs)


def _in_order(one: Edition, other: Edition) -> tuple[Edition, Edition]:
    if one.version_id == other.version_id:
        return (one, other) if one.number <= other.number else (other, one)
    texts = one.version.text, other.version.text
    if one.version.language == other.version.language:
        if texts[1].prepared_id == texts[0].pk:
            return one, other
        if texts[0].prepared_id == texts[1].pk:
            return other, one
    raise DecisionRefused(
        _(
            "These two can’t be compared. Choose editions of one text in one language, or a prepared text and its "
            "delivered version."
        )
    )
