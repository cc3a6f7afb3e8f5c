"""Checks of the clocks, and of the sweeps, which show that beat and a worker are alive."""

import time
from datetime import timedelta

from celery import current_app

from summit.core.database_clock import db_now
from summit.maintenance import heartbeats
from summit.maintenance.doctor.findings import Finding, fail, ok, warn
from summit.maintenance.sweeps import SWEEPS

# Seconds. Codes of authenticator apps are good for half a minute.
NOTICEABLE = 5.0
# A sweep is late that hasn't begun for this many of its intervals, and for this long.
INTERVALS, LEAST = 3, timedelta(seconds=30)
TODO = "Let the machine set its clock (chrony, systemd-timesyncd)."


def agree() -> list[Finding]:
    """The clocks of this machine, of beat and of the workers agree with the database's."""
    begun = time.time()
    now = db_now().timestamp()
    # The database's answer was made between the two readings.
    own = (begun + time.time()) / 2 - now
    others = heartbeats.drifting()
    found = [fail(f"a worker's or beat's differs by {others:+.0f} s from the database's", TODO)] if others else []
    text = f"this machine's differs by {own:+.1f} s from the database's"
    if abs(own) > heartbeats.DRIFT:
        return [fail(text, TODO), *found]
    if abs(own) > NOTICEABLE:
        return [warn(text, TODO), *found]
    return [ok(text), *found]


def are_due() -> list[Finding]:
    """Beat asks for the sweeps, and a worker runs them."""
    # Only workers import the tasks by themselves.
    current_app.loader.import_default_modules()
    latest = heartbeats.beats()
    ages = {row.name: latest.now - row.at for row in latest.rows if row.name in SWEEPS}
    if not ages:
        return [fail("none has run", "Start beat, and a worker for the queue celery.")]
    late = [
        f"{each.name} {int(ages[each.name].total_seconds())} s ago" if each.name in ages else f"{each.name} never"
        for each in SWEEPS.values()
        if each.name not in ages or ages[each.name] > max(LEAST, timedelta(seconds=each.every) * INTERVALS)
    ]
    if late:
        return [fail(f"late: {', '.join(late)}", "Start beat, and a worker for the queue celery; read their logs.")]
    return [ok(f"{len(ages)} run in time, the newest {min(ages.values()).total_seconds():.0f} s ago")]
