"""Decide about many texts at once, such as an imported archive.

Texts that a decision skips are listed with the reason, both before and after the decision.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from press.embargoes.services import embargoes
from press.texts.errors import DecisionRefused
from press.texts.models.editions import Edition
from press.texts.models.state_machine import BY_NAME
from press.texts.models.texts import Text
from press.texts.models.visibility import published_embargoes
from press.texts.permissions import DECISIONS
from press.texts.services import decisions
from summit.core.lock_yielding import Turns
from summit.permissions.rules import check
from summit.users.models import User

# The most texts that are decided at once; the rest of a longer selection is ignored.
MOST = 200
# The value used instead of a moment: publish once the speech is marked as delivered.
DELIVERED = "delivered"


@dataclass
class DecisionTargets:
    """The editions that a decision applies to (`to`), and the editions that it skips, each with the reason."""

    to: list[Edition] = field(default_factory=list)
    skipped: list[tuple[Edition, str]] = field(default_factory=list)


@dataclass(frozen=True)
class BulkDecision:
    """A decision that can be made about many texts.

    `why_not` returns the reason why a user can't make the decision about an edition, or "". Its last argument has the
    primary keys of the published embargoes. `do` makes the decision about one edition. Its last argument is the
    moment, which only decisions that set a moment use. With `each` the decision applies to every language of a text,
    otherwise only to the authoritative one.
    """

    name: str
    why_not: Callable[[Edition, User, frozenset[int]], str]
    do: Callable[[Edition, User, datetime | str | None], None]
    each: bool = True

    @property
    def permission(self) -> str:
        """The permission that the decision needs."""
        return DECISIONS[self.name]


def _wrong_state(name: str) -> Callable[[Edition, User, frozenset[int]], str]:
    def why_not(edition: Edition, by: User, _published: frozenset[int]) -> str:
        if edition.state not in BY_NAME[name].before:
            message = _("edition %(number)d is “%(state)s”")
            return message % {"number": edition.number, "state": edition.get_state_display()}
        if BY_NAME[name].another and edition.author_id == by.pk:
            return _("you wrote it, so someone else must approve it")
        return ""

    return why_not


def _no_moment(edition: Edition, _by: User, published: frozenset[int]) -> str:
    if edition.version.text.withdrawn_at is not None:
        return _("it is withdrawn")
    return _("it is already published") if edition.version.text.embargo_id in published else ""


def _set_moment(edition: Edition, by: User, moment: datetime | str | None) -> None:
    embargo = edition.version.text.embargo
    if isinstance(moment, str):
        embargoes.wait_for_delivery(embargo=embargo, by=by)
    else:
        embargoes.set_moment(embargo=embargo, moment=moment, by=by)


BULK_DECISIONS: dict[str, BulkDecision] = {
    action.name: action
    for action in (
        BulkDecision("submit", _wrong_state("submit"), lambda row, by, _moment: decisions.submit(edition=row, by=by)),
        BulkDecision(
            "approve", _wrong_state("approve"), lambda row, by, _moment: decisions.approve(edition=row, by=by)
        ),
        BulkDecision("set_moment", _no_moment, _set_moment, each=False),
    )
}


def find_targets(*, action: BulkDecision, texts: Iterable[Text], by: User) -> DecisionTargets:
    """Return the editions that a decision would apply to, and the editions that it would skip.

    They are the newest editions of the texts, in every language or only in the authoritative one. Only the first MOST
    texts are considered. Makes at most four queries for any number of texts. Raises PermissionDenied.
    """
    targets = DecisionTargets()
    keys = [text.pk for text in texts][:MOST]
    published = frozenset(published_embargoes().filter(texts__in=keys).values_list("pk", flat=True))
    for edition in _newest(action, keys, by):
        reason = action.why_not(edition, by, published)
        if reason:
            targets.skipped.append((edition, reason))
        else:
            targets.to.append(edition)
    return targets


def decide(
    *,
    action: BulkDecision,
    texts: Iterable[Text],
    by: User,
    moment: datetime | str | None = None,
    only: int | None = None,
) -> DecisionTargets:
    """Make a decision about every edition that `find_targets` finds. Return the decided and the skipped editions.

    Each edition has its own transaction and the rules of a single decision, so a refusal doesn't stop the others.
    `moment` is when the texts are published: DELIVERED means once the speech is marked as delivered, and None removes
    the moment. With `only`, the edition with this primary key is decided and no other. Raises PermissionDenied.
    """
    targets = find_targets(action=action, texts=texts, by=by)
    skipped = [row for row in targets.skipped if only in (None, row[0].pk)]
    decided, turns = DecisionTargets(skipped=skipped), Turns()
    for edition in (row for row in targets.to if only in (None, row.pk)):
        turns.yield_if_due()
        try:
            action.do(edition, by, moment)
        except DecisionRefused as refused:
            decided.skipped.append((edition, str(refused)))
        else:
            decided.to.append(edition)
    return decided


def _newest(action: BulkDecision, keys: list[int], by: User) -> list[Edition]:
    related = ("version__text__summit", "version__text__embargo")
    rows = Edition.objects.filter(version__text__in=keys).select_related(*related).defer("body")
    if not action.each:
        rows = rows.filter(version__authoritative=True)
    newest = {edition.version_id: edition for edition in rows.order_by("number")}
    for summit in {row.version.text.summit_id: row.version.text.summit for row in newest.values()}.values():
        check(by, action.permission, summit)
    return sorted(newest.values(), key=lambda row: (-row.version.text_id, not row.version.authoritative, row.pk))
