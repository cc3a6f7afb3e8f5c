"""The registry of the events that webhooks can ask for. Each app declares its events in its `events.py`."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# The test event, which an organiser sends by hand. Webhooks can't ask for it.
TEST = "webhook.test"
# A ping to the deployment's WebSub hub.
PING = "websub.publish"

EVENTS: dict[str, str | Promise] = {}
_OURS: dict[str, str | Promise] = {TEST: _("a test"), PING: _("a feed has changed")}


def declare(name: str, words: str | Promise) -> str:
    """Declare an event, such as "text.published", and return its name.

    `words` completes the sentence "Tell it when …". Raises ValueError if another event has the name.
    """
    if name in _OURS or EVENTS.setdefault(name, words) is not words:
        raise ValueError(f"two events are called {name}")
    return name


def event_label(name: str) -> str:
    """Return the label of an event, or its name if it isn't declared any more."""
    return str(EVENTS.get(name) or _OURS.get(name) or name)


def choices() -> list[tuple[str, str]]:
    """Return the events that webhooks can ask for, as pairs of name and label, sorted by name."""
    return [(name, event_label(name)) for name in sorted(EVENTS)]
