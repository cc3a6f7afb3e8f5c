"""The outbound pause: a summit from an archive or a backup sends nothing until somebody resumes it.

The same is true of a whole installation that is a copy of another (summit.summits.installation). The predicate
`summit.summits.models.sends` enforces it. Messages and events that are caused during the pause are stored as always
and wait.

Those that were caused before the summit came here are cancelled when it is resumed. The earlier installation has sent
them, or somebody there decided against it. Sending twice is worse than not at all, and anything that is missing can
still be sent again by hand.
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

RESUME = "summit.resume"
Sender = TypeVar("Sender", Summit, Installation)


class NotPaused(ValueError):
    """Raised by `resume` for a summit that sends already. The text is a sentence for the user."""


class StillPaused(ValueError):
    """Raised by `pause` for a summit that is paused already. The text is a sentence for the user."""


class InstallationPaused(ValueError):
    """Raised by `resume` where the whole installation sends nothing. The text is a sentence for the user."""


@dataclass(frozen=True)
class Waiting:
    """The waiting items of one kind: how many are sent after resuming, and how many are cancelled then.

    Items are cancelled where they are `older` than the arrival of the summit.
    """

    label: str | Promise
    goes: int
    older: int


@dataclass(frozen=True)
class Channel(Generic[Sender]):
    """A way in which a summit sends, or the installation for items that belong to no summit.

    `look` returns the waiting items. `cancel` cancels those that are older than the arrival and returns their number.
    """

    look: Callable[[Sender], Iterable[Waiting]]
    cancel: Callable[[Sender], int]


channels: Registry[Channel[Summit]] = Registry()


def waiting(summit: Summit) -> list[Waiting]:
    """Return the waiting items of a paused summit, by kind, without kinds that have none."""
    return [found for channel in channels for found in channel.look(summit) if found.goes or found.older]


def resume(*, summit: Summit, by: User | System) -> int:
    """Resume a summit, so that it sends from now on, and return the number of cancelled items.

    Items that are older than the summit's arrival are cancelled. Raises PermissionDenied, NotPaused or
    InstallationPaused.
    """
    if isinstance(by, User):
        check(by, RESUME, summit)
    with transaction.atomic():
        if Installation.objects.silent().exists():
            raise InstallationPaused(
                _("The whole installation sends nothing. Whoever set the system up lets it and its summits send.")
            )
        row = Summit.objects.select_for_update().get(pk=summit.pk)
        if not row.is_paused:
            raise NotPaused(_("This summit sends already: there is nothing to arm."))
        cancelled = resume_row(row, by=by)
    summit.refresh_from_db(fields=["resumed_at"])
    return cancelled


def resume_row(row: Summit, *, by: User | System) -> int:
    """Resume a paused summit of which the caller holds the row's lock, and return the number of cancelled items."""
    cancelled = sum(channel.cancel(row) for channel in channels)
    Summit.objects.filter(pk=row.pk).update(resumed_at=Now())
    audit.record(by=by, action=RESUME, target=row, summit=row, detail={"cancelled": cancelled})
    return cancelled


def pause(*, summit: Summit, by: System) -> None:
    """Pause a summit, so that it sends nothing until somebody resumes it.

    For a summit that was restored from a backup. Raises StillPaused.
    """
    with transaction.atomic():
        row = Summit.objects.select_for_update().get(pk=summit.pk)
        if row.is_paused:
            raise StillPaused(_("This summit sends nothing already."))
        pause_row(row, by=by, since=db_now())
    summit.refresh_from_db(fields=["paused_at", "resumed_at"])


def pause_row(row: Summit, *, by: System, since: datetime) -> None:
    """Pause a summit that sends, of which the caller holds the row's lock."""
    Summit.objects.filter(pk=row.pk).update(paused_at=since, resumed_at=None)
    audit.record(by=by, action="summit.pause", target=row, summit=row)


# The reason that all channels give for cancelled items.
OLDER = gettext_lazy("It was caused before the summit came here, and cancelled when the summit was armed.")
