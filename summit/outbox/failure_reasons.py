"""The reasons why a message wasn't sent. They are stored as a key with a value, and shown in the reader's language.

A mail server's own words are stored and shown as they are, without translation.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# The first character of a stored reason. A mail server's answer begins with a number or with the name of an error.
MARK = "@"
REASONS: dict[str, Promise] = {
    "worn": _("No worker came to an end with it."),
    "writing": _("An error stopped it while the mail was written: %(value)s."),
    "sending": _("An error stopped it while the mail was sent: %(value)s."),
}


def register(key: str, explanation: Promise) -> str:
    """Register the words for a reason, in which `%(value)s` is replaced, and return the key.

    Raises ValueError if the key has other words already.
    """
    if REASONS.setdefault(key, explanation) is not explanation:
        raise ValueError(f"two reasons are called {key}")
    return key


def because(key: str, value: object = "") -> str:
    """Return a reason and its value in the form in which they are stored. Raises KeyError if it isn't registered."""
    REASONS[key]
    return f"{MARK}{key}:{value}"


def is_ours(stored: str) -> bool:
    """Return whether a stored problem is a registered reason, not a mail server's words."""
    return stored.startswith(MARK) and stored[1:].partition(":")[0] in REASONS


def explanation(stored: str) -> str:
    """Return a stored problem in words: a reason in the active language, a mail server's words as they are."""
    if not is_ours(stored):
        return stored
    key, _colon, value = stored[1:].partition(":")
    return str(REASONS[key]) % {"value": value}
