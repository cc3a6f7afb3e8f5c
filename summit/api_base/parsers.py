"""The parser of request bodies: it accepts only JSON that can be stored and sent back (RFC 7493).

A parsed body has only strings in valid UTF-8, finite numbers, unique names and a limited depth. Views don't have to
check any of this.
"""

import json
from collections.abc import Iterator, Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

# The most levels of nested objects and lists. The API's own input has fewer than ten.
DEEPEST = 32


class BodyParser(JSONParser):
    """Parses a JSON body, or raises ParseError."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Return the parsed body. Raises ParseError if it isn't valid JSON or can't be stored."""
        try:
            body = json.loads(
                stream.read().decode(),
                parse_constant=_refused,
                parse_float=_finite,
                object_pairs_hook=_reject_duplicates,
            )
        except (ValueError, RecursionError) as error:
            raise ParseError from error
        if not all(_is_encodable(text) for text in _texts(body)):
            raise ParseError
        return body


def _refused(constant: str) -> Any:
    raise ValueError(constant)


def _finite(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError(text)
    return number


def _reject_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the pairs of a JSON object as a dict.

    Raises ValueError for a duplicate name, because parsers differ in which value they use. Raises it also for a name
    with a NUL, which no database accepts.
    """
    members = dict(pairs)
    if len(members) < len(pairs) or any("\0" in name for name in members):
        raise ValueError
    return members


def _texts(body: Any) -> Iterator[str]:
    """Yield all names and strings. Raises ParseError if the nesting is too deep."""
    level = [body]
    for _depth in range(DEEPEST):
        inner: list[Any] = []
        for value in level:
            if isinstance(value, str):
                yield value
            elif isinstance(value, dict):
                yield from value
                inner += value.values()
            elif isinstance(value, list):
                inner += value
        level = inner
    if level:
        raise ParseError


def _is_encodable(text: str) -> bool:
    """Return whether a text can be encoded in UTF-8. A lone surrogate can't."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
