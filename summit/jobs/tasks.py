"""Celery tasks of long work: the sweep that finds what is due, and a turn at one job."""

from celery import current_app, shared_task

from summit.jobs import running
from summit.maintenance import sweeps


@sweeps.sweep("jobs", every=2)
def sweep() -> None:
    """Hand whatever is due to the workers."""
    for key in running.hand_out():
        current_app.send_task("jobs.tasks.run", args=[key])


@shared_task(name="jobs.tasks.run")
def run(key: int) -> None:
    """Work at a job for a turn, by its primary key. Safe to run twice, late, never, or two at once."""
    running.run(key)
