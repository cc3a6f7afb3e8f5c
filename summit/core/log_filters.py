"""Log filters that hide tokens in URLs, and drop records of tasks that did nothing."""

import logging
import re

# A segment of a path with the length and the characters of a token: a letter's link, a subscription, a new password.
# The key of a screen is shorter, because somebody types it.
_TOKEN = re.compile(r"(?<=/)[A-Za-z0-9_:-]{38,}(?=/|\b)|(?<=/screens/)[0-9a-z]{20,}(?=/|\b)")
HIDDEN = "[hidden]"


def without_tokens(text: str) -> str:
    """Return a text in which the tokens in URLs are replaced by HIDDEN."""
    return _TOKEN.sub(HIDDEN, text)


class TokenFilter(logging.Filter):
    """Hides tokens in the messages of all records."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Replace the tokens in a record's message. Return True, so that no record is dropped."""
        message = record.getMessage()
        hidden = without_tokens(message)
        if hidden != message:
            record.msg, record.args = hidden, None
        return True


class IdleFilter(logging.Filter):
    """Drops the records of tasks that succeeded and did nothing, such as the sweeps that run every second."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Return False for a Celery record of a task that returned None or 0, else True."""
        return not isinstance(record.args, dict) or record.args.get("return_value") not in ("None", "0")
