"""Print as JSON what a service may do and may not. `summit-manage shell` runs this under the limits of services."""

import io
import json
import os
from pathlib import Path

import typst
from openpyxl import Workbook

from summit.imports import spreadsheet
from summit.uploads import sandbox

READER = Path("/tmp/reader.py")  # noqa: S108
PATHS = ("/x", "/etc/x", "/opt/summit/1.0.0/app/x", "/var/lib/summit/x", "/tmp/x")  # noqa: S108


def written(path: str) -> bool:
    try:
        Path(path).write_text("")
    except OSError:
        return False
    Path(path).unlink()
    return True


def ended(*, megabytes: int) -> bool:
    """Return whether a process that reads a file is ended where it takes 900 MB and may take fewer."""
    READER.write_text("def read(content):\n    return len(bytearray(900 * 1024 * 1024))\n")
    try:
        sandbox.run(str(READER), b"", {}, seconds=10, megabytes=megabytes)
    except sandbox.TooMuch:
        return True
    return False


def rows() -> object:
    """Return the rows of a spreadsheet, read as an upload is."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(["code", "country"])
    sheet.append(["FRA", "France"])
    content = io.BytesIO()
    book.save(content)
    limits = {"rows": 10, "columns": 10, "characters": 1000}
    return sandbox.run(spreadsheet.__file__, content.getvalue(), limits, seconds=10, megabytes=800)["rows"]


status = Path("/proc/self/status").read_text().splitlines()
found = {
    "root": os.getuid() == 0,
    "written": [path for path in PATHS if written(path)],
    "ended": [ended(megabytes=300), ended(megabytes=3000)],
    "rows": rows(),
    "pdf": typst.compile(b"= Summit")[:4].decode(),
    "capabilities": next(line.split()[1] for line in status if line.startswith("CapBnd")),
    "new privileges": next(line.split()[1] for line in status if line.startswith("NoNewPrivs")) == "0",
}
print(json.dumps(found))
