"""Celery tasks of the ground floor: the one for which beat asks each second, and what it does."""

from typing import Any

from celery import shared_task

from summit.accounts import sign_in_log
from summit.audit import services as audit
from summit.maintenance import heartbeats, sweeps
from summit.summits import installation


@shared_task(name="summit.tasks.sweep", bind=True)
def sweep(self: Any) -> None:
    """Do each sweep whose time has come. Safe to run twice, late, never, or two at once."""
    sweeps.run_due(sent_at=self.request.get(sweeps.SENT_AT))


@sweeps.sweep("audit", every=5)
def chain_audit() -> None:
    """Record what was refused at doors and is not recorded yet, and chain what has been since the last time."""
    sign_in_log.settle()
    audit.chain()


@sweeps.sweep("expired", every=3600)
def clear_expired() -> None:
    """Delete sessions and cached values that have expired."""
    heartbeats.clear_expired()


@sweeps.sweep("installation", every=15)
def watch_installation() -> None:
    """Notice where the installation is a copy of another, and let nothing leave it then."""
    installation.watch()
