"""gunicorn's own configuration, which it reads where it is started in this folder, or with `--config` from anywhere.

It says how gunicorn's main process logs, and where its workers count for /metrics. By itself it
imports nothing of Summit: what the main process has loaded stays loaded when it starts new workers after an upgrade.
"""

import contextlib
import logging
import os
import shutil
import sys
import tempfile
from typing import Any

import gunicorn.http.wsgi
from gunicorn.glogging import Logger
from pythonjsonlogger.json import JsonFormatter


def _log_format() -> str:
    """Return "json" in production, as summit/environment.py decides, unless LOG_FORMAT says otherwise."""
    said = {name: value.strip() for name, value in os.environ.items() if value.strip()}
    if "PRODUCTION" in said:
        production = said["PRODUCTION"].lower() in ("1", "true", "yes", "on")
    else:
        production = any(name in said for name in ("SECRET_KEY", "SECRET_KEY_FILE", "BASE_URL", "ALLOWED_HOSTS"))
    return said.get("LOG_FORMAT", "json" if production else "text")


class MainProcessLogger(Logger):
    """gunicorn's logger, in our formats. The workers set up their logs by summit/settings.py, with filters.

    The main process tells of workers that begin and end; it sees no request. `logconfig_dict` would do
    the same, but have gunicorn prepare a line of its own for each request, which costs more than ours.
    """

    def setup(self, cfg: Any) -> None:
        """Set up the log of errors."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(_formatter())

    def access(self, resp: Any, req: Any, environ: Any, request_time: Any) -> None:
        """Log nothing: each request has a line already (summit.public.request_log)."""


logger_class = MainProcessLogger
# What stands in the header Server: not which program this is, and so not which of its weaknesses to try.
gunicorn.http.wsgi.SERVER = "Summit"


def _formatter() -> logging.Formatter:
    if _log_format() == "text":
        return logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    return JsonFormatter(
        "%(asctime)s %(levelname)s %(name)s %(message)s",
        datefmt="%Y-%m-%dT%H:%M:%S%z",
        rename_fields={"asctime": "time", "levelname": "level", "name": "logger", "exc_info": "traceback"},
    )


# Workers count into files of one folder (summit/core/process_metrics.py). If none is named, this process makes one.
# It is in memory where the system has a place for that: who writes to a mapped file on a full disk is killed.
_memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 (a folder of its own is made in it)
_made = ""
if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
    with contextlib.suppress(OSError):
        _made = os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="summit-metrics-", dir=_memory)


def on_starting(server: Any) -> None:
    """Make the pages that most readers ask for once for all workers, where they share what is loaded."""
    if server.cfg.preload_app:
        from summit.public_base import made_ahead  # noqa: PLC0415 - it is loaded with the application

        made_ahead.make_before_fork()


def post_worker_init(worker: Any) -> None:
    """Let the worker make pages before the first reader asks, in a thread beside those that answer."""
    from summit.public_base import made_ahead  # noqa: PLC0415 - it is loaded with the application

    made_ahead.start()


def worker_exit(server: Any, worker: Any) -> None:
    """End a worker that has answered everything at once.

    Python would first take apart all that is loaded, object by object. As the workers share that memory with the main
    process, each would copy it on the way: seconds in which nobody is served during a restart. A worker that couldn't
    start ends with its own exit code, by which the main process gives up.
    """
    if not worker.booted:
        return
    if "sentry_sdk" in sys.modules:
        sys.modules["sentry_sdk"].flush(timeout=2)
    logging.shutdown()
    os._exit(0)


def on_exit(server: Any) -> None:
    """Remove the folder, unless a newer main process counts into it too (after SIGUSR2)."""
    if _made and not server.reexec_pid:
        shutil.rmtree(_made, ignore_errors=True)
