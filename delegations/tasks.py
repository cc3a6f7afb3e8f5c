"""Celery tasks of the delegations."""

from celery import shared_task

from delegations.invitations.services import reminders
from delegations.privacy.services import nightly_purge
from summit.maintenance.sweeps import Sweep, sweep
from summit.outbox import delivery


@shared_task(name="delegations.tasks.deliver_invitations")
def deliver_invitations(ids: list[int]) -> int:
    """Deliver the invitation letters with these primary keys (of Message), and return how many were sent.

    Safe to run twice, late, never, or two at once.
    """
    return delivery.deliver(ids)


@shared_task(name="delegations.tasks.deliver_codes")
def deliver_codes(ids: list[int]) -> int:
    """Deliver the sign-in codes with these primary keys (of Message), and return how many were sent.

    They have a task of their own because somebody waits for them.
    """
    return delivery.deliver(ids)


@shared_task(name="delegations.tasks.deliver_reminders")
def deliver_reminders(ids: list[int]) -> int:
    """Deliver the reminders with these primary keys (of Message), and return how many were sent.

    Safe to run twice, late, never, or two at once.
    """
    return delivery.deliver(ids)


@sweep("reminders", every=120)
def remind() -> int:
    """Store the reminders that are due, and return how many were stored. Safe to run twice, late, or two at once."""
    return reminders.remind()


@shared_task(name="delegations.tasks.purge")
def purge() -> None:
    """Purge the personal data of all summits that is past its retention time.

    Safe to run twice, late, never, or two at once.
    """
    Sweep("purge", 3600, _purge).run()


def _purge() -> int:
    return sum(sum(numbers.values()) for numbers in nightly_purge.purge_all().values())
