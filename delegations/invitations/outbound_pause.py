"""Counts the reminders that wait while a summit's outbound messages are paused.

Once the summit is resumed, only the newest reminder that is due is sent.
"""

from collections.abc import Iterable

from delegations.invitations.messages import REMINDER
from delegations.invitations.services import reminders
from delegations.parties.models.policy import Policy
from summit.core.database_clock import db_now
from summit.summits.models import Summit
from summit.summits.outbound_pause import Channel, Waiting, channels


def count_waiting(summit: Summit) -> Iterable[Waiting]:
    """Yield the number of parties that would be reminded, or nothing if no reminder is due. Makes three queries at
    most."""
    reminder = reminders.due(summit, Policy.objects.of(summit), db_now())
    if reminder is not None:
        number = len(reminders.waiting(summit, reminder))
        former = reminders.is_former(summit, reminder)
        yield Waiting(str(REMINDER.label), 0 if former else number, number if former else 0)


def cancel(summit: Summit) -> int:
    """Return 0. Reminders aren't stored before they are sent, so that none has to be cancelled.

    A reminder that was due before the summit was moved to this installation is never written (`reminders.is_former`).
    """
    return 0


channels.register(40)(Channel(count_waiting, cancel))
