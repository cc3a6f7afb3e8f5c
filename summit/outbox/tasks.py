"""Celery tasks of the outbox: the sweep that finds what is due, and delivery by ids."""

from celery import current_app, shared_task
from django.conf import settings

from summit.domain import upkeep
from summit.outbox.domain import delivery


@shared_task(name="outbox.tasks.sweep")
def sweep() -> None:
    """Hand whatever is due to the workers, each kind to its own task."""
    upkeep.beat("sweep")
    for task, ids in delivery.hand_out():
        current_app.send_task(task, args=[ids], expires=settings.OUTBOX_HANDED)


@shared_task(name="outbox.tasks.deliver")
def deliver(ids: list[int]) -> None:
    """Deliver mail of the system itself."""
    delivery.deliver(ids)
