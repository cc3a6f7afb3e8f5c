"""The ETags of rows (RFC 9110, 8.8.3). Clients use them to detect whether a row has changed since it was read.

A tag consists of the row's state, a dot, and a hash of the form that was sent (language and fields). A read with
If-None-Match compares both parts. A write with If-Match compares only the state, whatever form was read.
"""

import hashlib
import json
from collections.abc import Iterable

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.http import parse_etags
from rest_framework.request import Request

from summit.api_base.problems import Problem


def state_of(data: object) -> str:
    """Return the state of a row: a hash of `data`, which is all its data in the API in one language."""
    packed = json.dumps(data, cls=DjangoJSONEncoder, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(packed.encode()).hexdigest()[:32]


def tag(state: str, language: str, fields: Iterable[str]) -> str:
    """Return the ETag of a row in one form, from its state, the language and the names of the fields."""
    form = hashlib.sha256(f"{language} {','.join(sorted(fields))}".encode()).hexdigest()[:8]
    return f'"{state}.{form}"'


def require_if_match(request: Request) -> None:
    """Raise Problem if a write has no If-Match header (RFC 6585, 3)."""
    if not request.headers.get("If-Match", "").strip():
        raise Problem("condition")


def check_match(request: Request, state: str) -> None:
    """Raise Problem if the If-Match header of a request doesn't match the row's state. "*" matches any state."""
    check_tag(request.headers.get("If-Match", ""), state)


def check_tag(header: str, state: str) -> None:
    """Raise Problem if none of the tags in an If-Match header matches the row's state."""
    tags = parse_etags(header)
    # A weak tag never matches in If-Match (RFC 9110, 13.1.1).
    strong = {each.strip('"').partition(".")[0] for each in tags if not each.startswith("W/")}
    if "*" not in strong and state not in strong:
        raise Problem("changed")


def header_matches(header: str, etag: str) -> bool:
    """Return whether an If-None-Match header matches an ETag. The comparison is weak, as for all reads."""
    tags = {each.removeprefix("W/") for each in parse_etags(header)}
    return "*" in tags or etag.removeprefix("W/") in tags
