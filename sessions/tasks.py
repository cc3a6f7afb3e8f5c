"""Celery tasks of the agenda."""

from celery import shared_task

from summit.outbox import delivery


@shared_task(name="sessions.tasks.deliver_agenda_changes")
def deliver_agenda_changes(ids: list[int]) -> int:
    """Send outbox messages about changes in somebody's programme, by primary key."""
    return delivery.deliver(ids)
