"""The outbound pause: a summit from an archive or a backup sends nothing until somebody resumes it.

The same is true of a whole installation that is a copy of another (summit.summits.installation). The condition
`summit.summits.models.sends` enforces the pause. Messages and events that are caused during the pause are stored as
always, and wait.

Messages and events from before the pause are cancelled when the summit is resumed. The earlier installation has sent
them, or somebody there decided not to send them. Sending a message twice is worse than not sending it, and a missing
message can still be sent again by hand.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from django.db import transaction
from django.db.models.functions import Now
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from summit.audit import services as audit
from summit.audit.actions import Facts, audit_action
from summit.audit.services import System
from summit.core.database_clock import db_now
from summit.core.registry import Registry
from summit.permissions.rules import check
from summit.summits.models import Installation, Summit
from summit.users.models import User

RESUME = "summit.resume"
Sender = TypeVar("Sender", Summit, Installation)


def _resumed(facts: Facts) -> str:
    number = int(facts.detail.get("cancelled", 0))
    message = ngettext(
        "resumed sending for the summit and cancelled %(number)d message from before its arrival",
        "resumed sending for the summit and cancelled %(number)d messages from before its arrival",
        number,
    )
    return message % {"number": number}


RESUME_ACTION = audit_action("summit.resume", _resumed, label=gettext_lazy("resumed sending for the summit"))
PAUSE = audit_action("summit.pause", gettext_lazy("paused sending for the summit"))


class NotPaused(ValueError):
    """The summit or installation to resume sends already. The exception's message is a sentence for the user."""


class StillPaused(ValueError):
    """The summit to pause is paused already. The exception's message is a sentence for the user."""


class InstallationPaused(ValueError):
    """The summit can't be resumed because the whole installation is paused or a copy.

    The exception's message is a sentence for the user.
    """


@dataclass(frozen=True)
class Waiting:
    """The numbers of waiting items of one kind.

    When the pause ends, `goes` items are sent, and `older` items, which are from before the pause, are cancelled.
    """

    label: str | Promise
    goes: int
    older: int


@dataclass(frozen=True)
class Channel(Generic[Sender]):
    """A way in which a summit sends, such as mail. The installation sends the items that belong to no summit.

    `look` returns the numbers of waiting items. `cancel` cancels the items from before the pause, and returns how
    many were cancelled.
    """

    look: Callable[[Sender], Iterable[Waiting]]
    cancel: Callable[[Sender], int]


channels: Registry[Channel[Summit]] = Registry()


def waiting(summit: Summit) -> list[Waiting]:
    """Return the numbers of waiting items of a paused summit, for each kind that has any."""
    return [item for channel in channels for item in channel.look(summit) if item.goes or item.older]


def resume(*, summit: Summit, by: User | System) -> int:
    """Resume a summit, so that it sends from now on, and return the number of cancelled items.

    Items from before the pause are cancelled. Raises PermissionDenied, NotPaused if the summit sends already, or
    InstallationPaused if the whole installation sends nothing.
    """
    if isinstance(by, User):
        check(by, RESUME, summit)
    with transaction.atomic():
        if Installation.objects.silent().exists():
            raise InstallationPaused(
                _("The whole installation is paused. Ask the system administrator to resume sending.")
            )
        row = Summit.objects.select_for_update().get(pk=summit.pk)
        if not row.is_paused:
            raise NotPaused(_("This summit is not paused."))
        cancelled = resume_row(row, by=by)
    summit.refresh_from_db(fields=["resumed_at"])
    return cancelled


def resume_row(row: Summit, *, by: User | System) -> int:
    """Resume a paused summit, and return the number of cancelled items. The caller must have locked the row."""
    cancelled = sum(channel.cancel(row) for channel in channels)
    Summit.objects.filter(pk=row.pk).update(resumed_at=Now())
    audit.record(by=by, action=RESUME_ACTION, target=row, summit=row, detail={"cancelled": cancelled})
    return cancelled


def pause(*, summit: Summit, by: System) -> None:
    """Pause a summit, so that it sends nothing until somebody resumes it.

    This is for a summit that was restored from a backup. Raises StillPaused if the summit is paused already.
    """
    with transaction.atomic():
        row = Summit.objects.select_for_update().get(pk=summit.pk)
        if row.is_paused:
            raise StillPaused(_("This summit is already paused."))
        pause_row(row, by=by, since=db_now())
    summit.refresh_from_db(fields=["paused_at", "resumed_at"])


def pause_row(row: Summit, *, by: System, since: datetime) -> None:
    """Pause a summit, with the moment `since` as the beginning of the pause.

    The summit must not be paused yet, and the caller must have locked its row.
    """
    Summit.objects.filter(pk=row.pk).update(paused_at=since, resumed_at=None)
    audit.record(by=by, action=PAUSE, target=row, summit=row)


# The reason that all channels give for cancelled items.
OLDER = gettext_lazy("Created before the summit was moved here, and cancelled when sending resumed.")
