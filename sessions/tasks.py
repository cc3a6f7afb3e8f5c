"""Celery tasks of the agenda."""

from celery import shared_task

from summit.outbox import delivery


@shared_task(name="sessions.tasks.deliver_agenda_changes")
def deliver_agenda_changes(ids: list[int]) -> int:
    """Send the agenda's outbox messages with these primary keys, and return how many were sent."""
    return delivery.deliver(ids)
