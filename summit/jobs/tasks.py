"""Celery tasks of jobs: the sweep that queues due jobs, and the task that does some steps of one job."""

from celery import current_app, shared_task

from summit.jobs import runner
from summit.maintenance import sweeps


@sweeps.sweep("jobs", every=2)
def sweep() -> None:
    """Queue the jobs that are due for the workers."""
    for key in runner.hand_out():
        current_app.send_task("jobs.tasks.run", args=[key])


@shared_task(name="jobs.tasks.run")
def run(key: int) -> None:
    """Do steps of the job with the primary key `key` for one turn. Safe to run twice, late, never, or two at once."""
    runner.run(key)
