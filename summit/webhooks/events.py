"""The events that other systems may ask for. Each app declares its own from its `events.py`."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# What an organiser sends by hand, to see whether anything arrives; nobody asks for it.
TEST = "webhook.test"
# A ping to the deployment's WebSub hub.
PING = "websub.publish"

EVENTS: dict[str, str | Promise] = {}
_OURS: dict[str, str | Promise] = {TEST: _("a test"), PING: _("a feed has changed")}


def declare(name: str, words: str | Promise) -> str:
    """Declare an event, such as "text.published", with the words that finish "Tell it when …", and return its name.
    Raises ValueError where another has its name."""
    if name in _OURS or EVENTS.setdefault(name, words) is not words:
        raise ValueError(f"two events are called {name}")
    return name


def words_of(name: str) -> str:
    """Return an event in words: its name where it is gone."""
    return str(EVENTS.get(name) or _OURS.get(name) or name)


def choices() -> list[tuple[str, str]]:
    """Return the events that one can ask for, with their words."""
    return [(name, words_of(name)) for name in sorted(EVENTS)]
