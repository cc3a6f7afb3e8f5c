"""Read uploaded files in a separate process, which is killed if it takes too much time or memory.

Office files are so well compressed that their size doesn't show how much time and memory reading them takes. The
libraries that read them can't be interrupted. So the web process doesn't read them itself, and only a few files are
read at once on a host.

This file has both sides: the caller imports it, and the separate process runs it as a program. It therefore imports
nothing of the project at its top, and Django only if the function that reads the file needs it.
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

# The most processes that read files at once on a host, and the seconds for which a further one waits for its turn.
AT_ONCE = 2
PATIENCE = 10
_TOO_MUCH_MEMORY = 3


class TooMuch(Exception):
    """The process was ended because it took too much time or memory."""


class Failed(Exception):
    """The process ended without a result. The message is the last line of its error output."""


def run(
    path: str, content: bytes, arguments: Mapping[str, Any], *, seconds: int, megabytes: int, settings: bool = False
) -> Any:
    """Call the function `read` of the Python file at `path` in a separate process, and return its result.

    `read` gets `content` and the `arguments`. Arguments and result must be values that JSON can hold. `seconds`
    limits the processor's time; by the clock the call may take twice as long. `megabytes` limits the address space.
    The process gets no environment variables, unless `settings` says that it needs the project's settings. Raises
    TooMuch, Failed, and summit.uploads.process_slots.Busy if too many processes are reading already.
    """
    # Imported here because the child process runs this file too and can't import the project.
    from summit.uploads.process_slots import slot  # noqa: PLC0415

    payload = json.dumps({"path": path, "seconds": seconds, "megabytes": megabytes, "arguments": dict(arguments)})
    with slot("reading", number=AT_ONCE, patience=PATIENCE):
        try:
            process = subprocess.run(  # noqa: S603
                [sys.executable, "-I", __file__, payload],
                input=content,
                capture_output=True,
                timeout=2 * seconds,
                env=None if settings else {},
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise TooMuch from None
    if process.returncode < 0 or process.returncode == _TOO_MUCH_MEMORY:
        raise TooMuch
    if process.returncode:
        raise Failed(process.stderr.decode(errors="replace").strip().rpartition("\n")[2])
    return json.loads(process.stdout)


def _limit(seconds: int, megabytes: int) -> None:
    """Limit the processor time and the memory of this process, and turn core dumps off."""
    for kind, most in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, megabytes * 1024 * 1024),
        (resource.RLIMIT_CORE, 0),
    ):
        try:
            resource.setrlimit(kind, (most, most))
        except (OSError, ValueError):
            # macOS has no limit of memory.
            continue


def _main(payload: str) -> None:
    request = json.loads(payload)
    _limit(request["seconds"], request["megabytes"])
    try:
        spec: Any = importlib.util.spec_from_file_location("reader", request["path"])
        reader = importlib.util.module_from_spec(spec)
        # Dataclasses look up their module in sys.modules.
        sys.modules["reader"] = reader
        spec.loader.exec_module(reader)
        result = json.dumps(reader.read(sys.stdin.buffer.read(), **request["arguments"]))
    except MemoryError:
        os._exit(_TOO_MUCH_MEMORY)
    sys.stdout.write(result)


if __name__ == "__main__":
    sys.path.append(str(Path(__file__).resolve().parents[2]))
    _main(sys.argv[1])
