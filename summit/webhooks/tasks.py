"""Celery tasks of webhooks: the sweep that queues endpoints with due deliveries, and the task for one endpoint."""

from celery import current_app, shared_task

from summit.maintenance import sweeps
from summit.webhooks import delivery


@sweeps.sweep("webhooks", every=1)
def sweep() -> None:
    """Queue a task for the workers for each endpoint that has due deliveries."""
    for key in delivery.hand_out():
        current_app.send_task("webhooks.tasks.work", args=[key])


@shared_task(name="webhooks.tasks.work")
def work(key: int) -> int:
    """Send the due deliveries of the endpoint with primary key `key` for one turn, and return how many got through.

    Safe to run twice, late, never, or two at once.
    """
    return delivery.work(key)
