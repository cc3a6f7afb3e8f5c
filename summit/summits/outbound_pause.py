"""A summit that came here from an archive or a backup sends nothing until somebody arms it; nor does a whole
installation that is a copy of another (summit.summits.installation).

What holds that is one predicate, `summit.summits.models.sends`. What is caused meanwhile is stored as always and
waits. What was caused before it came here is not made good for: where the summit was before, it went out, or nobody
there wanted it to; twice is worse than not at all, and whoever misses something can still send it again.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from django.db import transaction
from django.db.models.functions import Now
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from summit.audit import services as audit
from summit.audit.services import System
from summit.core.database_clock import db_now
from summit.core.registry import Registry
from summit.permissions.rules import check
from summit.summits.models import Installation, Summit
from summit.users.models import User

ARM = "summit.arm"
Sender = TypeVar("Sender", Summit, Installation)


class NotDisarmed(ValueError):
    """The summit sends already; its text is a sentence for whoever asked."""


class StillDisarmed(ValueError):
    """The summit sends nothing already; its text is a sentence for whoever asked."""


class InstallationDisarmed(ValueError):
    """The whole installation sends nothing; its text is a sentence for whoever asked."""


@dataclass(frozen=True)
class Waiting:
    """What waits of one kind: how many go out once it sends, and how many are older than its arrival, so that they
    are cancelled then."""

    label: str | Promise
    goes: int
    older: int


@dataclass(frozen=True)
class Channel(Generic[Sender]):
    """Something by which a summit sends, or the installation where it is about no summit: what waits there, and what
    cancels that which is older than its arrival and returns how many."""

    look: Callable[[Sender], Iterable[Waiting]]
    cancel: Callable[[Sender], int]


channels: Registry[Channel[Summit]] = Registry()


def waiting(summit: Summit) -> list[Waiting]:
    """Return what waits in a summit that is disarmed, but for kinds of which nothing does."""
    return [found for channel in channels for found in channel.look(summit) if found.goes or found.older]


def arm(*, summit: Summit, by: User | System) -> int:
    """Let a summit send from now on, and cancel what is older than its arrival; return how many that was. Raises
    PermissionDenied, NotDisarmed, or InstallationDisarmed."""
    if isinstance(by, User):
        check(by, ARM, summit)
    with transaction.atomic():
        if Installation.objects.silent().exists():
            raise InstallationDisarmed(
                _("The whole installation sends nothing. Whoever set the system up lets it and its summits send.")
            )
        row = Summit.objects.select_for_update().get(pk=summit.pk)
        if not row.is_disarmed:
            raise NotDisarmed(_("This summit sends already: there is nothing to arm."))
        cancelled = arm_row(row, by=by)
    summit.refresh_from_db(fields=["armed_at"])
    return cancelled


def arm_row(row: Summit, *, by: User | System) -> int:
    """Let a disarmed summit send whose lock is held; return how many things older than its arrival are cancelled."""
    cancelled = sum(channel.cancel(row) for channel in channels)
    Summit.objects.filter(pk=row.pk).update(armed_at=Now())
    audit.record(by=by, action=ARM, target=row, summit=row, detail={"cancelled": cancelled})
    return cancelled


def disarm(*, summit: Summit, by: System) -> None:
    """Let a summit send nothing until somebody arms it: for one that stands here since a backup was restored. Raises
    StillDisarmed."""
    with transaction.atomic():
        row = Summit.objects.select_for_update().get(pk=summit.pk)
        if row.is_disarmed:
            raise StillDisarmed(_("This summit sends nothing already."))
        disarm_row(row, by=by, since=db_now())
    summit.refresh_from_db(fields=["disarmed_at", "armed_at"])


def disarm_row(row: Summit, *, by: System, since: datetime) -> None:
    """Let a summit that sends, and whose lock is held, send nothing."""
    Summit.objects.filter(pk=row.pk).update(disarmed_at=since, armed_at=None)
    audit.record(by=by, action="summit.disarm", target=row, summit=row)


# Said of what was cancelled, wherever it stands.
OLDER = gettext_lazy("It was caused before the summit came here, and cancelled when the summit was armed.")
