"""Celery tasks of webhooks: the sweep that finds what is due, and a turn at one endpoint."""

from celery import current_app, shared_task

from summit.domain import upkeep
from summit.hooks.domain import delivery


@shared_task(name="hooks.tasks.sweep")
def sweep() -> None:
    """Hand the endpoints to which something is due to the workers."""
    upkeep.beat("hooks")
    for key in delivery.hand_out():
        current_app.send_task("hooks.tasks.work", args=[key], expires=delivery.HANDED.total_seconds())


@shared_task(name="hooks.tasks.work")
def work(key: int) -> None:
    """Deliver to an endpoint for a turn, by its primary key. Safe to run twice, late, never, or two at once."""
    delivery.work(key)
