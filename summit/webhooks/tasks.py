"""Celery tasks of webhooks: a turn at one endpoint, and the sweep that finds what is due."""

from celery import current_app, shared_task

from summit.maintenance import sweeps
from summit.webhooks import delivery


@sweeps.sweep("webhooks", every=1)
def sweep() -> None:
    """Hand the endpoints to which something is due to the workers."""
    for key in delivery.hand_out():
        current_app.send_task("webhooks.tasks.work", args=[key])


@shared_task(name="webhooks.tasks.work")
def work(key: int) -> int:
    """Deliver to an endpoint for a turn, by its primary key. Safe to run twice, late, never, or two at once."""
    return delivery.work(key)
