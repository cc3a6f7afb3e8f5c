"""Celery tasks of the outbox: the sweep that queues due messages, and the delivery of messages by ids."""

from celery import current_app, shared_task

from summit.maintenance import sweeps
from summit.outbox import delivery


@sweeps.sweep("sweep", every=1)
def sweep() -> None:
    """Queue the messages that are due. Each kind of message is queued for the task of the kind."""
    for task, ids in delivery.hand_out():
        current_app.send_task(task, args=[ids])


@shared_task(name="outbox.tasks.deliver")
def deliver(ids: list[int]) -> int:
    """Deliver messages by primary key, and return how many were sent."""
    return delivery.deliver(ids)
