"""Celery tasks of the outbox: the sweep that finds what is due, and delivery by ids."""

from celery import current_app, shared_task

from summit.maintenance import sweeps
from summit.outbox import delivery


@sweeps.sweep("sweep", every=1)
def sweep() -> None:
    """Hand whatever is due to the workers, each kind to its own task."""
    for task, ids in delivery.hand_out():
        current_app.send_task(task, args=[ids])


@shared_task(name="outbox.tasks.deliver")
def deliver(ids: list[int]) -> int:
    """Deliver mail of the system itself."""
    return delivery.deliver(ids)
