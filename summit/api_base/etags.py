"""How a row stands, as an ETag (RFC 9110, 8.8.3): what was read can be told from what has changed since.

A tag is the state of the row, and after a dot which of its forms was sent (language, fields). A read that says
If-None-Match compares all of it; a write that says If-Match compares the state alone, whatever form was read.
"""

import hashlib
import json
from collections.abc import Iterable

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.http import parse_etags
from rest_framework.request import Request

from summit.api_base.problems import Problem


def state_of(data: object) -> str:
    """Return the state of a row by all that the API tells of it in one language."""
    packed = json.dumps(data, cls=DjangoJSONEncoder, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(packed.encode()).hexdigest()[:32]


def tag(state: str, language: str, fields: Iterable[str]) -> str:
    """Return the ETag of one form of a row."""
    form = hashlib.sha256(f"{language} {','.join(sorted(fields))}".encode()).hexdigest()[:8]
    return f'"{state}.{form}"'


def check_given(request: Request) -> None:
    """Raise Problem where a write doesn't say what it has read (RFC 6585, 3)."""
    if not request.headers.get("If-Match", "").strip():
        raise Problem("condition")


def check_match(request: Request, state: str) -> None:
    """Raise Problem where the row isn't any more as it was read. "*" stands for however it is."""
    check_tag(request.headers.get("If-Match", ""), state)


def check_tag(header: str, state: str) -> None:
    """Raise Problem where none of the tags that were sent is that of the row as it is."""
    tags = parse_etags(header)
    # A weak one never matches here (RFC 9110, 13.1.1).
    strong = {each.strip('"').partition(".")[0] for each in tags if not each.startswith("W/")}
    if "*" not in strong and state not in strong:
        raise Problem("changed")


def is_known(header: str, etag: str) -> bool:
    """Return whether If-None-Match names a tag: compared weakly, as for reads it is."""
    tags = {each.removeprefix("W/") for each in parse_etags(header)}
    return "*" in tags or etag.removeprefix("W/") in tags
