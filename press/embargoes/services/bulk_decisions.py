"""Decide about many texts at once, such as an imported archive.

Texts that an action can't reach are listed with the reason, before anything is written and after.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from press.embargoes.services import embargoes
from press.texts.errors import DecisionRefused
from press.texts.models.decisions import BY_NAME
from press.texts.models.editions import Edition
from press.texts.models.texts import Text
from press.texts.models.visibility import published_embargoes
from press.texts.permissions import DECISIONS
from press.texts.services import decisions
from summit.core.lock_yielding import Turns
from summit.permissions.rules import check
from summit.users.models import User

# The most texts that are decided at once; the rest of a longer selection is ignored.
MOST = 200
# In place of a moment: publish once the speech has been given.
DELIVERED = "delivered"


@dataclass
class DecisionTargets:
    """The editions that a decision reaches, and those that it skips, each with the reason."""

    to: list[Edition] = field(default_factory=list)
    skipped: list[tuple[Edition, str]] = field(default_factory=list)


@dataclass(frozen=True)
class BulkDecision:
    """A decision that can be made about many texts.

    `why_not` returns the reason why an edition can't be decided by this user, or ""; its last argument holds the keys
    of the published embargoes. `do` decides about one edition; its last argument is the moment, where the decision
    sets one. With `each` it applies to every language, otherwise only to the authoritative one.
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
    def why_not(edition: Edition, by: User, _out: frozenset[int]) -> str:
        if edition.state not in BY_NAME[name].before:
            message = _("edition %(number)d is “%(state)s”")
            return message % {"number": edition.number, "state": edition.get_state_display()}
        if BY_NAME[name].another and edition.author_id == by.pk:
            return _("you wrote it: somebody else has to approve it")
        return ""

    return why_not


def _no_moment(edition: Edition, _by: User, out: frozenset[int]) -> str:
    if edition.version.text.withdrawn_at is not None:
        return _("it is withdrawn")
    return _("it has been published: its moment has passed") if edition.version.text.embargo_id in out else ""


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
    """Return which editions an action would reach and which it would skip.

    It considers the newest edition of these texts in each language, or in the authoritative one. At most four
    queries, however many texts. Raises PermissionDenied.
    """
    found = DecisionTargets()
    keys = [text.pk for text in texts][:MOST]
    out = frozenset(published_embargoes().filter(texts__in=keys).values_list("pk", flat=True))
    for edition in _newest(action, keys, by):
        why = action.why_not(edition, by, out)
        if why:
            found.skipped.append((edition, why))
        else:
            found.to.append(edition)
    return found


def decide(
    *, action: BulkDecision, texts: Iterable[Text], by: User, moment: datetime | str | None = None
) -> DecisionTargets:
    """Apply an action to every edition that `find_targets` finds; return those decided and those skipped.

    Each is decided in its own transaction, by the rules of a single decision; a refusal doesn't stop the others.
    `moment` is when they are published: DELIVERED means once the speech has been given, None removes the moment.
    Raises PermissionDenied.
    """
    found = find_targets(action=action, texts=texts, by=by)
    done, turns = DecisionTargets(skipped=found.skipped), Turns()
    for edition in found.to:
        turns.yield_if_due()
        try:
            action.do(edition, by, moment)
        except DecisionRefused as refused:
            done.skipped.append((edition, str(refused)))
        else:
            done.to.append(edition)
    return done


def _newest(action: BulkDecision, keys: list[int], by: User) -> list[Edition]:
    related = ("version__text__summit", "version__text__embargo")
    rows = Edition.objects.filter(version__text__in=keys).select_related(*related).defer("body")
    if not action.each:
        rows = rows.filter(version__authoritative=True)
    newest = {edition.version_id: edition for edition in rows.order_by("number")}
    for summit in {row.version.text.summit_id: row.version.text.summit for row in newest.values()}.values():
        check(by, action.permission, summit)
    return sorted(newest.values(), key=lambda row: (-row.version.text_id, not row.version.authoritative, row.pk))
