"""Reads a file that isn't small: run by summit.uploads.sandbox, in a process of its own."""

from dataclasses import asdict
from typing import Any


def read(content: bytes, *, filename: str, language: str | None) -> dict[str, Any]:
    """Return the words of a file as `body`, `title` and `notes`, or a `problem` in a sentence."""
    # The process begins here, with nothing set up.
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
