"""Letters that came back from the mailboxes to which they went."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from delegations.domain import letters
from delegations.models import Invitation
from summit.outbox import came_back
from summit.outbox.models import Message


@dataclass(frozen=True)
class Back:
    """A letter that came back, and after which none was written: `said` is what the mail server said."""

    message: Message
    invitation: Invitation

    @property
    def sentence(self) -> str:
        """What happened, and what to do."""
        said = {"mailbox": self.message.address, "why": came_back.words(self.message.returned_why)}
        return (
            _("The letter to %(mailbox)s came back: %(why)s. Correct the mailbox, then send the letter again.") % said
        )

    @property
    def said(self) -> str:
        """What the mail server said, in its own words."""
        return came_back.their_words(self.message.returned_why)


def letters_back(rows: Iterable[Invitation]) -> list[Back]:
    """Return the letters of these invitations that came back, the last first. One query."""
    by_key = {letters.subject_key(row): row for row in rows}
    found = came_back.not_sent_again().filter(subject_key__in=by_key).order_by("-returned_at")
    return [Back(message, by_key[message.subject_key]) for message in found]
