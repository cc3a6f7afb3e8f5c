"""Why a message did not go out: stored as a key with a value, worded when it is read, in the reader's language.

What a mail server says is stored as it is: its words are not ours to translate.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# No answer of a mail server begins with it: those begin with a number or with the name of an error.
MARK = "@"
REASONS: dict[str, Promise] = {
    "worn": _("No worker came to an end with it."),
    "writing": _("An error stopped it while the mail was written: %(value)s."),
    "sending": _("An error stopped it while the mail was sent: %(value)s."),
}


def register(key: str, words: Promise) -> str:
    """Make a reason known and return its key. Its words may hold `%(value)s`. Raises ValueError for a key that has
    other words."""
    if REASONS.setdefault(key, words) is not words:
        raise ValueError(f"two reasons are called {key}")
    return key


def because(key: str, value: object = "") -> str:
    """Return a reason as it is stored. Raises KeyError for one that nobody registered."""
    REASONS[key]
    return f"{MARK}{key}:{value}"


def is_ours(stored: str) -> bool:
    """Return whether a stored problem is a reason of the system's, and not a mail server's words."""
    return stored.startswith(MARK) and stored[1:].partition(":")[0] in REASONS


def words(stored: str) -> str:
    """Return what is stored as people read it."""
    if not is_ours(stored):
        return stored
    key, _colon, value = stored[1:].partition(":")
    return str(REASONS[key]) % {"value": value}
