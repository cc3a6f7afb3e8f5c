"""Errors reported to Sentry, or to what speaks its protocol, where SENTRY_DSN is set.

sentry-sdk is an optional requirement (requirements/sentry.txt), and is imported by `start` only. A report is made of
what is known to be harmless (`scrubbed`): types, places in the source, the pattern of the URL, versions. Everything
else that the library collects is left out, whatever later versions of it add.
"""

import logging
from collections.abc import Mapping
from typing import Any

from django.conf import settings

from summit.core.exception_text import described
from summit.core.log_filters import route_of
from summit.core.request_ids import current_id

# Parts of a report and of a frame that say nothing about people.
EVENT = ("event_id", "timestamp", "level", "logger", "platform", "release", "environment", "sdk")
FRAME = (
    "filename",
    "abs_path",
    "function",
    "module",
    "lineno",
    "pre_context",
    "context_line",
    "post_context",
    "in_app",
)
MECHANISM = ("type", "handled", "exception_id", "parent_id", "is_exception_group")


def start() -> None:
    """Start reporting errors, if SENTRY_DSN is set. Raises ModuleNotFoundError if sentry-sdk isn't installed."""
    if not settings.SENTRY_DSN:
        return
    # An optional requirement.
    import sentry_sdk  # noqa: PLC0415
    from sentry_sdk.integrations.atexit import AtexitIntegration  # noqa: PLC0415
    from sentry_sdk.integrations.dedupe import DedupeIntegration  # noqa: PLC0415
    from sentry_sdk.integrations.logging import LoggingIntegration  # noqa: PLC0415

    sentry_sdk.init(
        dsn=settings.SENTRY_DSN,
        release=f"summit@{settings.VERSION}",
        environment=settings.SENTRY_ENVIRONMENT,
        # Pages, tasks, mails and jobs log their errors. Integrations with Django and Celery would collect requests.
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[
            LoggingIntegration(level=None, event_level=logging.ERROR),
            DedupeIntegration(),
            AtexitIntegration(callback=lambda pending, timeout: None),
        ],
        # As `send_default_pii=False` was, and no local variables.
        data_collection={
            "user_info": False,
            "cookies": {"mode": "off"},
            "http_headers": {"request": {"mode": "off"}},
            "http_bodies": [],
            "url_query_params": {"mode": "off"},
            "database_query_data": False,
            "queues": False,
            "stack_frame_variables": False,
        },
        max_breadcrumbs=0,
        server_name="",
        before_send=scrubbed,
    )


def scrubbed(event: Any, hint: Mapping[str, Any]) -> Any:
    """Return a report with nothing but what is known to be harmless."""
    found = {name: event[name] for name in EVENT if name in event}
    problem = (hint.get("exc_info") or (None, None, None))[1]
    if "exception" in event:
        found["exception"] = {"values": _exceptions(event["exception"].get("values") or [], problem)}
    record = hint.get("log_record")
    if isinstance(record, logging.LogRecord):
        # The template of the message, without what would be put into it.
        found["logentry"] = {"message": record.msg if isinstance(record.msg, str) and record.args else record.name}
        if place := _place(record):
            found["transaction"] = place
    if request_id := current_id():
        found["tags"] = {"request_id": request_id}
    return found


def _exceptions(values: list[Any], problem: BaseException | None) -> list[dict[str, Any]]:
    """Return the exceptions of a report without their messages, but for those that can't quote values."""
    told = {}
    while problem is not None and id(problem) not in told:
        told[id(problem)] = described(problem)
        problem = problem.__cause__ or (None if problem.__suppress_context__ else problem.__context__)
    by_type = {text.partition(":")[0].partition(" ")[0].rpartition(".")[2]: text for text in told.values()}
    found = []
    for value in values:
        kept: dict[str, Any] = {name: value.get(name) for name in ("type", "module")}
        kept["value"] = by_type.get(str(value.get("type")), "")
        frames = (value.get("stacktrace") or {}).get("frames") or []
        kept["stacktrace"] = {"frames": [{name: frame[name] for name in FRAME if name in frame} for frame in frames]}
        mechanism = value.get("mechanism") or {}
        kept["mechanism"] = {name: mechanism[name] for name in MECHANISM if name in mechanism}
        found.append(kept)
    return found


def _place(record: logging.LogRecord) -> str:
    """Return the pattern of a request's URL, or the name of a task; "" for neither."""
    request, task = getattr(record, "request", None), getattr(record, "data", None)
    if request is not None and getattr(request, "resolver_match", None) is not None:
        return f"{request.method} {route_of(request)}"
    return str(task.get("name", "")) if record.name == "celery.app.trace" and isinstance(task, dict) else ""
