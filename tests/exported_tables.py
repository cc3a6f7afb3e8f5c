"""Files as the system exports them, made ready for another summit."""

import csv
import io
import json

from summit.imports import row_numbers, table_parsing
from summit.imports.row_numbers import NUMBERS


def without_numbers(content: bytes) -> bytes:
    """Return an export without the columns by which its rows are known, in JSON or as CSV. Their headings are in the
    active language."""
    if content.startswith(b"["):
        rows = [{name: cell for name, cell in row.items() if name not in NUMBERS} for row in json.loads(content)]
        return json.dumps(rows).encode()
    table = table_parsing.read(filename="t", content=content)
    left = [at for at, head in enumerate(table.headings) if head not in map(row_numbers.heading, NUMBERS)]
    text = io.StringIO()
    csv.writer(text).writerows(
        [cells[at] for at in left] for cells in (table.headings, *(row.cells for row in table.rows))
    )
    return text.getvalue().encode()
