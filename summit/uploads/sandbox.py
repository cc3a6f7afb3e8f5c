"""Reading what somebody uploaded in a process of its own, which is ended where it takes too much time or memory.

Files of office programs pack so well that their size says little of what reading them takes, and the libraries that
read them can't be interrupted: the process that answers pages doesn't read them itself. Few are read at once on a
host.

This file is both sides: it is imported by whoever has something to read, and run as a program by the process that
reads. It therefore imports nothing of the project, and Django only where what it runs asks for that.
"""

import importlib.util
import json
import os
import resource
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

# Processes that read at once on a host, and how many seconds one waits for its turn.
AT_ONCE = 2
PATIENCE = 10
_TOO_MUCH_MEMORY = 3


class TooMuch(Exception):
    """Reading was ended: it took too much time or memory."""


class Failed(Exception):
    """Reading ended by itself without a result; the text is the last that it said."""


def run(
    path: str, content: bytes, arguments: Mapping[str, Any], *, seconds: int, megabytes: int, settings: bool = False
) -> Any:
    """Return what the function `read` of the Python file at `path` makes of some bytes and arguments, in a process
    of its own. Arguments and the result are what JSON can say.

    `seconds` are of the processor; by the clock it may take twice as long. `megabytes` are of address space. The
    process knows nothing of this one's environment, unless it needs the project's `settings`. Raises TooMuch, Failed,
    and summit.uploads.process_slots.Busy where too many read already.
    """
    # Not for the process below, which runs this file and knows nothing of the project.
    from summit.uploads.process_slots import slot  # noqa: PLC0415

    asked = json.dumps({"path": path, "seconds": seconds, "megabytes": megabytes, "arguments": dict(arguments)})
    with slot("reading", number=AT_ONCE, patience=PATIENCE):
        try:
            done = subprocess.run(  # noqa: S603
                [sys.executable, "-I", __file__, asked],
                input=content,
                capture_output=True,
                timeout=2 * seconds,
                env=None if settings else {},
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise TooMuch from None
    if done.returncode < 0 or done.returncode == _TOO_MUCH_MEMORY:
        raise TooMuch
    if done.returncode:
        raise Failed(done.stderr.decode(errors="replace").strip().rpartition("\n")[2])
    return json.loads(done.stdout)


def _limit(seconds: int, megabytes: int) -> None:
    """Let this process end where it takes more, and leave nothing behind."""
    for kind, most in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, megabytes * 1024 * 1024),
        (resource.RLIMIT_CORE, 0),
    ):
        try:
            resource.setrlimit(kind, (most, most))
        except (OSError, ValueError):
            # macOS knows no limit of memory.
            continue


def _main(asked: str) -> None:
    said = json.loads(asked)
    _limit(said["seconds"], said["megabytes"])
    try:
        spec: Any = importlib.util.spec_from_file_location("reader", said["path"])
        reader = importlib.util.module_from_spec(spec)
        # Dataclasses look their module up.
        sys.modules["reader"] = reader
        spec.loader.exec_module(reader)
        made = json.dumps(reader.read(sys.stdin.buffer.read(), **said["arguments"]))
    except MemoryError:
        os._exit(_TOO_MUCH_MEMORY)
    sys.stdout.write(made)


if __name__ == "__main__":
    sys.path.append(str(Path(__file__).resolve().parents[2]))
    _main(sys.argv[1])
