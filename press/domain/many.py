"""Approving many texts at once, such as an archive that was imported: what can't be is said with the reason, before
anything is written and after."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from press.domain import deciding
from press.domain.problems import DecisionRefused
from press.models import Edition, Text
from press.models.decisions import BY_NAME
from press.permissions import DECISIONS
from summit.models import User
from summit.permissions import check

# So many at once; whoever chose more narrows the list.
MOST = 200


@dataclass
class Reach:
    """What a decision reaches, and what not and why: by the title of the newest edition."""

    to: list[Edition] = field(default_factory=list)
    skipped: list[tuple[Edition, str]] = field(default_factory=list)


def to_approve(*, texts: Iterable[Text], by: User) -> Reach:
    """Return which editions would be approved: of each of these texts the newest in each language that is in review,
    and that somebody else wrote. Three queries at most, however many there are. Raises PermissionDenied."""
    reach = Reach()
    for edition in _newest(texts, by):
        if edition.state not in BY_NAME["approve"].before:
            said = _("edition %(number)d is “%(state)s”")
            reach.skipped.append((edition, said % {"number": edition.number, "state": edition.get_state_display()}))
        elif edition.author_id == by.pk:
            reach.skipped.append((edition, _("you wrote it: somebody else has to approve it")))
        else:
            reach.to.append(edition)
    return reach


def approve(*, texts: Iterable[Text], by: User) -> Reach:
    """Approve what `to_approve` finds, each in a transaction of its own, by the rules of `deciding.approve`, so that
    one which is refused stops no other. Raises PermissionDenied."""
    found = to_approve(texts=texts, by=by)
    reach = Reach(skipped=found.skipped)
    for edition in found.to:
        try:
            deciding.approve(edition=edition, by=by)
        except DecisionRefused as refused:
            reach.skipped.append((edition, str(refused)))
        else:
            reach.to.append(edition)
    return reach


def _newest(texts: Iterable[Text], by: User) -> Iterator[Edition]:
    keys = [text.pk for text in texts][:MOST]
    related = ("version__text__summit", "version__text__lift")
    rows = Edition.objects.filter(version__text__in=keys).select_related(*related).defer("body")
    newest = {edition.version_id: edition for edition in rows.order_by("number")}
    for summit in {row.version.text.summit_id: row.version.text.summit for row in newest.values()}.values():
        check(by, DECISIONS["approve"], summit)
    yield from sorted(newest.values(), key=lambda row: (-row.version.text_id, not row.version.authoritative, row.pk))
