"""Celery tasks of the ground floor."""

from celery import shared_task

from summit.domain import audit, installation, sign_ins, upkeep


@shared_task(name="summit.tasks.chain_audit")
def chain_audit() -> None:
    """Record what was refused at doors and is not recorded yet, and chain what has been since the last time."""
    sign_ins.settle()
    audit.chain()


@shared_task(name="summit.tasks.clear_expired")
def clear_expired() -> None:
    """Delete sessions and cached values that have expired."""
    upkeep.clear_expired()


@shared_task(name="summit.tasks.watch_installation")
def watch_installation() -> None:
    """Notice where the installation is a copy of another, and let nothing leave it then."""
    installation.watch()
