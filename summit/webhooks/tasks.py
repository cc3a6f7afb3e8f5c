"""Celery tasks of webhooks: the sweep that queues endpoints with due deliveries, and a turn at one endpoint."""

from celery import current_app, shared_task

from summit.maintenance import sweeps
from summit.webhooks import delivery


@sweeps.sweep("webhooks", every=1)
def sweep() -> None:
    """Queue the endpoints that have due deliveries for the workers."""
    for key in delivery.hand_out():
        current_app.send_task("webhooks.tasks.work", args=[key])


@shared_task(name="webhooks.tasks.work")
def work(key: int) -> int:
    """Send the due deliveries of the endpoint with primary key `key` for one turn; return how many got through.

    Safe to run twice, late, never, or two at once.
    """
    return delivery.work(key)
