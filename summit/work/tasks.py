"""Celery tasks of long work: the sweep that finds what is due, and a turn at one job."""

from celery import current_app, shared_task

from summit.domain import upkeep
from summit.work.domain import running


@shared_task(name="work.tasks.sweep")
def sweep() -> None:
    """Hand whatever is due to the workers."""
    upkeep.beat("work")
    for key in running.hand_out():
        current_app.send_task("work.tasks.run", args=[key], expires=running.HANDED.total_seconds())


@shared_task(name="work.tasks.run")
def run(key: int) -> None:
    """Work at a job for a turn, by its primary key. Safe to run twice, late, never, or two at once."""
    running.run(key)
