"""The two formats of logs: a line of text for people, and a JSON object for programs that collect logs.

A record may have further values in the attribute `fields`, a dict. No other attribute is written: what libraries
attach to records, such as requests, isn't ours to log.
"""

import json
import logging
from datetime import UTC, datetime
from typing import Any

from pythonjsonlogger.json import JsonFormatter

from summit.core.exception_text import described, traceback_text
from summit.core.request_ids import current_id

# Making an encoder takes as long as encoding a line.
_ENCODER = json.JSONEncoder(ensure_ascii=False, default=str)


def fields_of(record: logging.LogRecord) -> dict[str, Any]:
    """Return the further values of a record, with the id of the request or task if there is one."""
    fields: dict[str, Any] = getattr(record, "fields", {})
    request_id = current_id()
    return {"request_id": request_id, **fields} if request_id and "request_id" not in fields else fields


class TextFormat(logging.Formatter):
    """A line of text: time, level, logger, message, further values; below it the traceback.

    `values` says whether a traceback has the messages of exceptions, which may quote personal data. It is for
    development only.
    """

    def __init__(self, values: bool = False) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self.values = values

    def formatMessage(self, record: logging.LogRecord) -> str:
        """Return the line without the traceback."""
        fields = " ".join(f"{name}={value}" for name, value in fields_of(record).items())
        return f"{super().formatMessage(record)} {fields}".rstrip()

    def formatException(self, ei: Any) -> str:
        """Return the traceback."""
        return super().formatException(ei) if self.values or ei[1] is None else traceback_text(ei[1])

    def format(self, record: logging.LogRecord) -> str:
        """Return the line and the traceback. A traceback that another formatter has left in the record isn't used."""
        record.exc_text = None
        text = super().format(record)
        record.exc_text = None
        return text


class JsonFormat(JsonFormatter):
    """A JSON object: time (UTC), level, logger, message, further values, exception and traceback."""

    def __init__(self, values: bool = False) -> None:
        super().__init__("%(message)s", json_ensure_ascii=False)
        self.values = values

    def format(self, record: logging.LogRecord) -> str:
        """Return the object as one line. A traceback that another formatter has left in the record isn't used."""
        record.exc_text = None
        return super().format(record)

    def formatException(self, ei: Any) -> str:
        """Return the traceback."""
        return str(super().formatException(ei)) if self.values else traceback_text(ei[1])

    def add_fields(self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]) -> None:
        """Add the fields of a record to the object. The message must be text."""
        moment = datetime.fromtimestamp(record.created, tz=UTC)
        log_data["time"] = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        log_data["level"] = record.levelname
        log_data["logger"] = record.name
        log_data["message"] = record.message
        log_data.update(fields_of(record))
        if record.exc_info and record.exc_info[1] is not None:
            log_data["exception"] = described(record.exc_info[1])
            log_data["traceback"] = message_dict.get("exc_info")

    def jsonify_log_record(self, log_data: dict[str, Any]) -> str:
        """Return the object as JSON. What JSON doesn't know is written as text."""
        return _ENCODER.encode(log_data)
