"""Read a file that isn't small, in a separate process. `summit.uploads.sandbox` runs this module."""

from dataclasses import asdict
from typing import Any


def read(content: bytes, *, filename: str, language: str | None) -> dict[str, Any]:
    """Return a dict with `body`, `title` and `notes`, or with `problem`, a message for the user.

    Messages and notes are in `language`.
    """
    # This is the entry point of a new process, in which Django isn't set up.
    import django  # noqa: PLC0415

    django.setup()

    from django.utils.translation import override  # noqa: PLC0415

    from press.imports.files.conversion import make  # noqa: PLC0415
    from press.imports.files.report import Unreadable  # noqa: PLC0415

    with override(language):
        try:
            return asdict(make(filename=filename, content=content, small=False))
        except Unreadable as problem:
            return {"problem": str(problem)}
