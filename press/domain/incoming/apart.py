"""Reads a file that isn't small: run by summit.uploads.confined, in a process of its own."""

from dataclasses import asdict
from typing import Any


def read(content: bytes, *, filename: str, language: str | None) -> dict[str, Any]:
    """Return the words of a file as `body`, `title` and `notes`, or a `problem` in a sentence."""
    import django

    django.setup()

    from django.utils.translation import override

    from press.domain.incoming.making import make
    from press.domain.incoming.report import Unreadable

    with override(language):
        try:
            return asdict(make(filename=filename, content=content, small=False))
        except Unreadable as problem:
            return {"problem": str(problem)}
