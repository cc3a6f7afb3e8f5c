"""The reasons why a message wasn't sent.

A reason is stored as a key with a value, and shown in the viewer's language. A mail server's own words are stored and
shown without translation.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# The first character of a stored reason. A mail server's response begins with a number or with the name of an error.
MARK = "@"
REASONS: dict[str, Promise] = {
    "worn": _("No worker could finish it."),
    "writing": _("An error occurred while the email was written: %(value)s."),
    "sending": _("An error occurred while the email was sent: %(value)s."),
    "perhaps": _("The mail server got the email and didn't confirm it, so it may have arrived. Attempts: %(value)s."),
}


def register(key: str, explanation: Promise) -> str:
    """Register the explanation of a reason, and return the key of the reason.

    `%(value)s` in the explanation is replaced by the stored value. Raises ValueError if the key has another
    explanation already.
    """
    if REASONS.setdefault(key, explanation) is not explanation:
        raise ValueError(f"two reasons are called {key}")
    return key


def because(key: str, value: object = "") -> str:
    """Return a reason and its value in the form in which they are stored.

    Raises KeyError if the reason isn't registered.
    """
    REASONS[key]
    return f"{MARK}{key}:{value}"


def key_of(stored: str) -> str:
    """Return the key of a stored reason."""
    return stored.removeprefix(MARK).partition(":")[0]


def value_of(stored: str, key: str) -> str:
    """Return the value of a stored reason, or "" if another reason or none is stored."""
    return stored.partition(":")[2] if is_ours(stored) and key_of(stored) == key else ""


def is_ours(stored: str) -> bool:
    """Return whether a stored problem is a registered reason, not a mail server's words."""
    return stored.startswith(MARK) and key_of(stored) in REASONS


def explanation(stored: str) -> str:
    """Return a stored problem in words. A registered reason is explained in the active language.

    A mail server's own words are returned unchanged.
    """
    if not is_ours(stored):
        return stored
    key, _colon, value = stored[1:].partition(":")
    return str(REASONS[key]) % {"value": value}
