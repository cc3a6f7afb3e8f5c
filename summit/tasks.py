"""Celery tasks of the ground floor."""

from celery import shared_task

from summit.domain import audit, sign_ins, upkeep


@shared_task(name="summit.tasks.chain_audit")
def chain_audit() -> None:
    """Record what was refused at doors and is not recorded yet, and chain what has been since the last time."""
    sign_ins.settle()
    audit.chain()


@shared_task(name="summit.tasks.clear_expired")
def clear_expired() -> None:
    """Delete sessions and cached values that have expired."""
    upkeep.clear_expired()
