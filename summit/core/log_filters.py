"""What the log leaves out: addresses that open doors, and tasks that did nothing."""

import logging
import re

# A part of a path as long as a letter's link, a subscription's or a new password's, of their characters.
_TOKEN = re.compile(r"(?<=/)[A-Za-z0-9_:-]{38,}(?=/|\b)")
HIDDEN = "[hidden]"


def without_tokens(text: str) -> str:
    """Return a text with what opens doors left out of its addresses."""
    return _TOKEN.sub(HIDDEN, text)


class TokenFilter(logging.Filter):
    """Leaves tokens out of what is written, whoever writes it."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass, without tokens."""
        said = record.getMessage()
        hidden = without_tokens(said)
        if hidden != said:
            record.msg, record.args = hidden, None
        return True


class IdleFilter(logging.Filter):
    """Leaves out the tasks that succeeded and did nothing: sweeps, every second."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let a record of Celery's pass unless the task in it returned nothing, or 0."""
        return not isinstance(record.args, dict) or record.args.get("return_value") not in ("None", "0")
