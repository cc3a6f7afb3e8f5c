"""Explanations of bounces in words, and queries for messages that bounced."""

import re

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from summit.outbox.models import Message

# Explanations by the beginning of the status (RFC 3463). `explanation` returns that of the longest match.
_WORDS: dict[str, str | Promise] = {
    "5.1.2": _("the email domain doesn’t exist"),
    "5.1": _("the email address doesn’t exist"),
    "5.2.2": _("the mailbox is full"),
    "5.2.3": _("the message is too large for the mailbox"),
    "5.2": _("the mailbox does not accept email"),
    "5.3": _("the mail server can’t accept the message"),
    "5.4": _("no route to the mail server"),
    "5.7": _("the mail server rejected the message"),
    "4": _("the mail server could not be reached for days"),
}
_OTHERWISE = _("the mail server did not deliver the message")
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")


def explanation(why: str) -> str:
    """Return an explanation, in the active language, of the bounce with the stored reason `why` (`returned_why`)."""
    match = _STATUS.match(why)
    status = match.group() if match else ""
    for prefix, text in sorted(_WORDS.items(), key=lambda entry: -len(entry[0])):
        if f"{status}.".startswith(f"{prefix}."):
            return str(text)
    return str(_OTHERWISE)


def is_unknown(why: str) -> bool:
    """Return whether a mail bounced because the mailbox doesn't exist. Another mail to it would bounce too."""
    return why.startswith("5.1.")


def server_response(why: str) -> str:
    """Return the mail server's own words from a bounce's stored reason (`returned_why`), or "" if it has none."""
    return _STATUS.sub("", why, count=1).strip()


def bounced_messages() -> QuerySet[Message]:
    """Return the messages that bounced."""
    return Message.objects.filter(returned_at__isnull=False).defer("rendered", "facts")


def unresolved_bounces() -> QuerySet[Message]:
    """Return the bounced messages after which no message of the same kind about the same object was stored."""
    newer = Message.objects.filter(
        kind=OuterRef("kind"), subject_key=OuterRef("subject_key"), created_at__gt=OuterRef("returned_at")
    )
    return bounced_messages().filter(~Exists(newer))
