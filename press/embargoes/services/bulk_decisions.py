"""Deciding about many texts at once, such as an archive that was imported: what can't be is said with the reason,
before anything is written and after."""

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

# So many at once; whoever chose more narrows the list.
MOST = 200
# Said for a moment: once the speech has been given.
DELIVERED = "delivered"


@dataclass
class Reach:
    """What a decision reaches, and what not and why: by the title of the newest edition."""

    to: list[Edition] = field(default_factory=list)
    skipped: list[tuple[Edition, str]] = field(default_factory=list)


@dataclass(frozen=True)
class BulkDecision:
    """What can be decided about many. `why_not` is "" where it reaches an edition, by whoever asks and by the keys of
    the embargoes that are out; `do` decides about one, with a moment where the action is about that. It is about
    `each` language apart, or about the text by its authoritative one."""

    name: str
    why_not: Callable[[Edition, User, frozenset[int]], str]
    do: Callable[[Edition, User, datetime | str | None], None]
    each: bool = True

    @property
    def permission(self) -> str:
        """The action that it needs."""
        return DECISIONS[self.name]


def _wrong_state(name: str) -> Callable[[Edition, User, frozenset[int]], str]:
    def why_not(edition: Edition, by: User, _out: frozenset[int]) -> str:
        if edition.state not in BY_NAME[name].before:
            said = _("edition %(number)d is “%(state)s”")
            return said % {"number": edition.number, "state": edition.get_state_display()}
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


def reach(*, action: BulkDecision, texts: Iterable[Text], by: User) -> Reach:
    """Return which editions an action would reach: of each of these texts the newest in each language, or in the
    authoritative one. Four queries at most, however many there are. Raises PermissionDenied."""
    found = Reach()
    keys = [text.pk for text in texts][:MOST]
    out = frozenset(published_embargoes().filter(texts__in=keys).values_list("pk", flat=True))
    for edition in _newest(action, keys, by):
        why = action.why_not(edition, by, out)
        if why:
            found.skipped.append((edition, why))
        else:
            found.to.append(edition)
    return found


def decide(*, action: BulkDecision, texts: Iterable[Text], by: User, moment: datetime | str | None = None) -> Reach:
    """Do what `reach` finds, each in a transaction of its own, by the rules of one: one that is refused stops no
    other. `moment` is when they go out: DELIVERED once the speech has been given, None takes the moment back.
    Raises PermissionDenied."""
    found = reach(action=action, texts=texts, by=by)
    done, turns = Reach(skipped=found.skipped), Turns()
    for edition in found.to:
        turns.give_way()
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
