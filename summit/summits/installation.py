"""A copy of an installation sends nothing until somebody confirms it: two of them would write everything twice.

A copy is noticed by itself. The database holds where it stood when it last sent (`Installation`): which database,
under which address. The predicate of whatever sends (`summit.summits.models.sends`) compares that in every query, so
that a copy sends nothing from its first moment; the sweep here then notes since when, and disarms its summits, as
`disarm_summit --all` does. Not noticed is what differs in nothing: a clone of the disk or of the cluster's own files,
or a backup that was read back into the same database, under the same address.
"""

from django.db import transaction
from django.utils.translation import gettext as _

from summit.audit import services as audit
from summit.audit.services import SYSTEM, System
from summit.core.database_clock import db_now
from summit.core.database_identity import DatabaseIdentity
from summit.core.registry import Registry
from summit.permissions.rules import allows, check
from summit.summits import outbound_pause
from summit.summits.models import Installation, Summit, host
from summit.summits.outbound_pause import Channel, NotDisarmed, Waiting
from summit.users.models import User

RESUME = "summit.resume_installation"
# By what it sends that is about no summit.
channels: Registry[Channel[Installation]] = Registry()


def watch() -> None:
    """Keep where the installation stands, the first time; disarm it where it is a copy. Safe to run twice, late, or
    two at once. One query where there is nothing to do."""
    row = Installation.objects.values("database", "host", "disarmed_at", here=DatabaseIdentity()).first()
    if row is None:
        Installation.objects.bulk_create(
            [Installation(pk=1, database=DatabaseIdentity(), host=host())], ignore_conflicts=True
        )
    elif row["disarmed_at"] is None and (row["database"], row["host"]) != (row["here"], host()):
        pause(by=SYSTEM, copied=True)


def pause(*, by: System, copied: bool = False) -> list[Summit]:
    """Let nothing leave the installation until somebody arms it; return the summits that sent until now. With
    `copied` only if it is a copy still: somebody may have armed it meanwhile."""
    watched = {"database": DatabaseIdentity(), "host": host()}
    with transaction.atomic():
        Installation.objects.bulk_create([Installation(pk=1, **watched)], ignore_conflicts=True)
        row = Installation.objects.select_for_update().get()
        if copied and not Installation.objects.elsewhere().exists():
            return []
        if row.disarmed_at is None:
            row.disarmed_at = db_now()
            row.save(update_fields=["disarmed_at"])
            audit.record(by=by, action="summit.pause_installation", target=row, summit=None)
        summits = [each for each in Summit.objects.select_for_update().order_by("pk") if not each.is_disarmed]
        for summit in summits:
            outbound_pause.disarm_row(summit, by=by, since=row.disarmed_at)
    return summits


def find() -> Installation | None:
    """Return the installation where nothing leaves it, or None."""
    return Installation.objects.silent().first()


def noticed() -> Installation | None:
    """Return the installation where nothing leaves it, or None; a copy that no sweep has noticed yet is noticed now,
    so that what is told of it is what arming does."""
    found = find()
    if found is not None and found.disarmed_at is None:
        pause(by=SYSTEM, copied=True)
        found = find()
    return found


def summits_of(row: Installation) -> list[Summit]:
    """Return the summits that were disarmed with it, and that are armed with it. In a transaction their locks are
    held until its end."""
    rows = Summit.objects.disarmed().filter(disarmed_at=row.disarmed_at).order_by("pk")
    return list(rows.select_for_update() if transaction.get_connection().in_atomic_block else rows)


def waiting(row: Installation) -> list[Waiting]:
    """Return what waits that is about no summit, but for kinds of which nothing does."""
    return [found for channel in channels for found in channel.look(row) if found.goes or found.older]


def can_resume(by: User) -> bool:
    """Return whether somebody may let the installation send."""
    return allows(by, RESUME, None)


def resume(*, by: User | System) -> int:
    """Let the installation send from here on, and the summits that were disarmed with it; cancel what is older than
    its arrival, and return how many that was. Raises PermissionDenied, or NotDisarmed."""
    if isinstance(by, User):
        check(by, RESUME, None)
    with transaction.atomic():
        noticed()
        # Of two who arm at once the second waits here, and finds it armed.
        row = Installation.objects.select_for_update().first()
        if row is None or row.disarmed_at is None:
            raise NotDisarmed(_("This installation sends already: there is nothing to arm."))
        cancelled = sum(channel.cancel(row) for channel in channels)
        for summit in summits_of(row):
            cancelled += outbound_pause.arm_row(summit, by=by)
        Installation.objects.update(database=DatabaseIdentity(), host=host(), disarmed_at=None)
        audit.record(
            by=by, action="summit.resume_installation", target=row, summit=None, detail={"cancelled": cancelled}
        )
    return cancelled
