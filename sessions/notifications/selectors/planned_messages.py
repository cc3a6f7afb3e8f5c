"""Planned messages about agenda changes, and the waiting messages that they replace."""

from dataclasses import dataclass

from delegations.mailboxes.selectors import Mailbox
from sessions.agenda.selectors.differences import SessionChange
from sessions.notifications.selectors.notification_content import NotifiedChange
from sessions.notifications.selectors.recipients import Recipient


@dataclass(frozen=True)
class WaitingMessage:
    """An unsent message to a mailbox. `pending` is false if sending it has failed."""

    pk: int
    since: int
    pending: bool


@dataclass(frozen=True)
class PlannedMessage:
    """The planned message to one mailbox.

    If it has no changes, no message is sent and the waiting messages in `overtakes` are dropped.
    """

    reader: Recipient
    name: str
    since: int
    told: tuple[NotifiedChange, ...]
    overtakes: tuple[WaitingMessage, ...]

    @property
    def mailbox(self) -> Mailbox:
        """The mailbox to which the message is sent."""
        return self.reader.mailbox

    @property
    def changes(self) -> tuple[SessionChange, ...]:
        """The changes in the message, as its readers may know them."""
        return tuple(entry.change for entry in self.told)
