"""Keep a copy of an installation from sending anything until somebody resumes it.

Without this, the original and its copy would both send every message. A copy is detected automatically. The row
`Installation` records the identity of the database and the installation's host. Every query that finds something to
send compares the recorded values with the current ones (`summit.summits.models.sends`). So a copy sends nothing from
the start. The sweep `watch` then records the moment and pauses the summits (like `pause_summit --all`).

A copy with the same identity and host isn't detected: a clone of the disk or of the cluster's files, or a backup that
was restored into the same database.
"""

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from summit.audit import services as audit
from summit.audit.actions import Facts, audit_action
from summit.audit.services import SYSTEM, System
from summit.core.database_clock import db_now
from summit.core.database_identity import DatabaseIdentity
from summit.core.registry import Registry
from summit.permissions.rules import allows, check
from summit.summits import outbound_pause
from summit.summits.models import Installation, Summit, host
from summit.summits.outbound_pause import Channel, NotPaused, Waiting
from summit.users.models import User

RESUME = "summit.resume_installation"
# The channels of messages and events that belong to no summit.
channels: Registry[Channel[Installation]] = Registry()


def _resumed_all(facts: Facts) -> str:
    number = int(facts.detail.get("cancelled", 0))
    message = ngettext(
        "resumed sending for the installation and cancelled %(number)d message from before its arrival",
        "resumed sending for the installation and cancelled %(number)d messages from before its arrival",
        number,
    )
    return message % {"number": number}


RESUME_INSTALLATION = audit_action(
    "summit.resume_installation", _resumed_all, label=gettext_lazy("resumed sending for the installation")
)
PAUSE_INSTALLATION = audit_action("summit.pause_installation", gettext_lazy("paused sending for the installation"))


def watch() -> None:
    """Record the installation's database and host on the first run, and pause the installation if it is a copy.

    Safe to run twice, late, or concurrently. Makes one query if there is nothing to do.
    """
    row = Installation.objects.values("database", "host", "paused_at", here=DatabaseIdentity()).first()
    if row is None:
        Installation.objects.bulk_create(
            [Installation(pk=1, database=DatabaseIdentity(), host=host())], ignore_conflicts=True
        )
    elif row["paused_at"] is None and (row["database"], row["host"]) != (row["here"], host()):
        pause(by=SYSTEM, copied=True)


def pause(*, by: System, copied: bool = False) -> list[Summit]:
    """Pause the installation and all its summits, and return the summits that weren't paused until now.

    Nothing is sent until somebody resumes the installation. With `copied`, nothing is done unless the installation is
    still a copy, because somebody may have resumed it meanwhile.
    """
    watched = {"database": DatabaseIdentity(), "host": host()}
    with transaction.atomic():
        Installation.objects.bulk_create([Installation(pk=1, **watched)], ignore_conflicts=True)
        row = Installation.objects.select_for_update().get()
        if copied and not Installation.objects.elsewhere().exists():
            return []
        if row.paused_at is None:
            row.paused_at = db_now()
            row.save(update_fields=["paused_at"])
            audit.record(by=by, action=PAUSE_INSTALLATION, target=row, summit=None)
        summits = [each for each in Summit.objects.select_for_update().order_by("pk") if not each.is_paused]
        for summit in summits:
            outbound_pause.pause_row(summit, by=by, since=row.paused_at)
    return summits


def find_silent() -> Installation | None:
    """Return the installation if it sends nothing, because it is paused or a copy. Otherwise return None."""
    return Installation.objects.silent().first()


def noticed() -> Installation | None:
    """Return the installation if it sends nothing, otherwise None. A copy that no sweep has detected is paused first.

    So a page that reads the installation by this function shows exactly what `resume` will do.
    """
    installation = find_silent()
    if installation is not None and installation.paused_at is None:
        pause(by=SYSTEM, copied=True)
        installation = find_silent()
    return installation


def summits_of(row: Installation) -> list[Summit]:
    """Return the summits that were paused together with the installation. `resume` resumes these summits too.

    Within a transaction, the rows of the summits are locked.
    """
    rows = Summit.objects.paused().filter(paused_at=row.paused_at).order_by("pk")
    return list(rows.select_for_update() if transaction.get_connection().in_atomic_block else rows)


def waiting(row: Installation) -> list[Waiting]:
    """Return the numbers of waiting messages and events that belong to no summit, for each kind that has any."""
    return [item for channel in channels for item in channel.look(row) if item.goes or item.older]


def can_resume(by: User) -> bool:
    """Return whether an account may resume the installation."""
    return allows(by, RESUME, None)


def resume(*, by: User | System) -> int:
    """Resume the installation and the summits that were paused with it, and return the number of cancelled items.

    Messages and events from before the pause are cancelled. Raises PermissionDenied, or NotPaused if the installation
    sends already.
    """
    if isinstance(by, User):
        check(by, RESUME, None)
    with transaction.atomic():
        noticed()
        # If two people resume it at once, the second waits here and then finds it resumed.
        row = Installation.objects.select_for_update().first()
        if row is None or row.paused_at is None:
            raise NotPaused(_("This installation is not paused."))
        cancelled = sum(channel.cancel(row) for channel in channels)
        for summit in summits_of(row):
            cancelled += outbound_pause.resume_row(summit, by=by)
        Installation.objects.update(database=DatabaseIdentity(), host=host(), paused_at=None)
        audit.record(by=by, action=RESUME_INSTALLATION, target=row, summit=None, detail={"cancelled": cancelled})
    return cancelled
