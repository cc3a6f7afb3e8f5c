"""Celery tasks of webhooks: the sweep that finds what is due, and a turn at one endpoint."""

from celery import current_app, shared_task

from summit.hooks.domain import delivery
from summit.sweeps import sweep as sweep_task


@sweep_task("hooks.tasks.sweep", beats="hooks", every=1)
def sweep() -> None:
    """Hand the endpoints to which something is due to the workers."""
    for key in delivery.hand_out():
        current_app.send_task("hooks.tasks.work", args=[key])


@shared_task(name="hooks.tasks.work")
def work(key: int) -> int:
    """Deliver to an endpoint for a turn, by its primary key. Safe to run twice, late, never, or two at once."""
    return delivery.work(key)
