"""The Celery task `sweep`, which beat sends each second, and the sweeps of this app."""

from typing import Any

from celery import shared_task

from summit.accounts import sign_in_log
from summit.audit import services as audit
from summit.maintenance import heartbeats, sweeps
from summit.summits import installation


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
