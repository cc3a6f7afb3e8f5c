"""The Celery task `sweep`, which beat sends each second, and the sweeps of this app."""

from typing import Any

from celery import current_app, shared_task
from django.conf import settings

from summit.accounts import sign_in_log
from summit.audit import services as audit
from summit.maintenance import heartbeats, sweeps
from summit.summits import installation
from summit.uploads import scanning


@shared_task(name="summit.tasks.sweep", bind=True)
def sweep(self: Any) -> None:
    """Run each sweep that is due. Safe to run twice, late, never, or concurrently."""
    sweeps.run_due(sent_at=self.request.get(sweeps.SENT_AT))


@sweeps.sweep("audit", every=5)
def chain_audit() -> None:
    """Record the refused sign-ins that were only counted so far, and add the new audit entries to the chain."""
    sign_in_log.record_refused()
    audit.chain()


@sweeps.sweep("expired", every=3600)
def clear_expired() -> None:
    """Delete everything that has expired: browser sessions, cached values, and rows of all apps."""
    heartbeats.clear_expired()


@sweeps.sweep("installation", every=15)
def watch_installation() -> None:
    """Pause the installation if it is a copy of another, so that it sends nothing."""
    installation.watch()


def queue_scans() -> None:
    """Queue a task for each uploaded file that waits to be checked for viruses."""
    for key in scanning.hand_out():
        current_app.send_task("summit.tasks.scan", args=[key])


# Nothing looks for files where no scanner is set up.
if settings.CLAMD_URL:
    sweeps.sweep("scans", every=2)(queue_scans)


@shared_task(name="summit.tasks.scan")
def scan(key: int) -> str:
    """Check the file of the check with primary key `key` for viruses. Safe to run twice, late, never, or
    concurrently."""
    return scanning.run(key)
