"""Celery tasks of the press office. They may run twice, late, never or concurrently: the database decides."""

from celery import shared_task

from press.embargoes.services.undelivered_speech_alarms import raise_due
from press.subscriptions.services.announcements import announce_due
from press.subscriptions.services.withdrawals import recall_due
from summit.maintenance.sweeps import sweep
from summit.outbox.delivery import deliver
from summit.outbox.tasks import sweep as queue_messages


@sweep("publications", every=1)
def announce_publications() -> int:
    """Announce published texts, and notify subscribers of withdrawn texts. Return the number of both.

    The mails are queued at once: the outbox's own sweep may just have run.
    """
    done = announce_due() + recall_due()
    if done:
        queue_messages()
    return done


@sweep("alarms", every=5)
def raise_alarms() -> int:
    """Raise the alarm for speeches that weren't marked as delivered in time, and return the number of alarms.

    Each alarm stores mails to the press desk.
    """
    return raise_due()


@shared_task(name="press.tasks.deliver_announcements")
def deliver_announcements(ids: list[int]) -> int:
    """Deliver the mails of this app with these ids, and return the result of `deliver`.

    They are mails to subscribers, and mails about alarms and held texts to the press desk.
    """
    return deliver(ids)
