"""Celery tasks of the press office. They are safe to run twice, late, never or concurrently: the database decides."""

from celery import shared_task

from press.embargoes.services.alarms import raise_due
from press.subscriptions.services.announcements import announce_due
from press.subscriptions.services.withdrawal_notices import recall_due
from summit.maintenance.sweeps import sweep
from summit.outbox.delivery import deliver


@sweep("publications", every=1)
def announce_publications() -> int:
    """Announce texts that were published, and notify subscribers of withdrawn ones."""
    return announce_due() + recall_due()


@sweep("alarms", every=5)
def raise_alarms() -> int:
    """Raise the alarm for speeches that weren't marked as given in time, and write to the press desk."""
    return raise_due()


@shared_task(name="press.tasks.deliver_announcements")
def deliver_announcements(ids: list[int]) -> int:
    """Deliver the mails about published texts, confirmation requests to subscribers, and alarms to the desk."""
    return deliver(ids)
