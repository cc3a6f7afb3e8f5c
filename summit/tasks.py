"""Celery tasks of the ground floor."""

from celery import shared_task

from summit.domain import audit, upkeep


@shared_task(name="summit.tasks.chain_audit")
def chain_audit() -> None:
    """Chain what has been recorded since the last time."""
    audit.chain()


@shared_task(name="summit.tasks.clear_expired")
def clear_expired() -> None:
    """Delete sessions and cached values that have expired."""
    upkeep.clear_expired()
