"""Why a mail came back, in our words, and which of them nobody has seen to."""

import re

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from summit.outbox.models import Message

# By the beginning of the status (RFC 3463), the longest first.
_WORDS: dict[str, str | Promise] = {
    "5.1.2": _("the mail domain doesn’t exist"),
    "5.1": _("the mailbox doesn’t exist"),
    "5.2.2": _("the mailbox is full"),
    "5.2.3": _("the letter is too large for the mailbox"),
    "5.2": _("the mailbox takes no mail"),
    "5.3": _("the mail server can’t take the letter"),
    "5.4": _("no way to the mail server was found"),
    "5.7": _("the mail server refused the letter"),
    "4": _("the mail server could not be reached for days"),
}
_OTHERWISE = _("the mail server didn’t deliver it")
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")


def words(why: str) -> str:
    """Return in our words why a mail came back, from what is stored as `returned_why`."""
    found = _STATUS.match(why)
    status = found.group() if found else ""
    for begin, said in sorted(_WORDS.items(), key=lambda entry: -len(entry[0])):
        if f"{status}.".startswith(f"{begin}."):
            return str(said)
    return str(_OTHERWISE)


def is_unknown(why: str) -> bool:
    """Return whether a mail came back since there is no such mailbox: what is sent to it again comes back again."""
    return why.startswith("5.1.")


def their_words(why: str) -> str:
    """Return what the mail server said itself, "" where it said nothing."""
    return _STATUS.sub("", why, count=1).strip()


def came_back() -> QuerySet[Message]:
    """Return the messages that came back."""
    return Message.objects.filter(returned_at__isnull=False).defer("rendered", "facts")


def not_sent_again() -> QuerySet[Message]:
    """Return those that came back and after which nothing was written about the same thing."""
    newer = Message.objects.filter(
        kind=OuterRef("kind"), subject_key=OuterRef("subject_key"), created_at__gt=OuterRef("returned_at")
    )
    return came_back().filter(~Exists(newer))
