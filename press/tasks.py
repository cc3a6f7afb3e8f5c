"""Celery tasks of the press office. Safe to run twice, late, never, or two at once: the database decides."""

from celery import shared_task

from press.embargoes.services.alarms import raise_due
from press.subscriptions.services.announcements import announce_due
from press.subscriptions.services.withdrawal_notices import recall_due
from summit.maintenance.sweeps import sweep
from summit.outbox.delivery import deliver


@sweep("publications", every=1)
def announce_publications() -> int:
    """Look for what has come out, or was withdrawn, and write to subscribers about it."""
    return announce_due() + recall_due()


@sweep("alarms", every=5)
def raise_alarms() -> int:
    """Look for speeches that nobody has said were given in time, and write to the press desk about them."""
    return raise_due()


@shared_task(name="press.tasks.deliver_announcements")
def deliver_announcements(ids: list[int]) -> int:
    """Deliver mail about what has been published, questions to new subscribers, and alarms to the desk."""
    return deliver(ids)
