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
            found = json.loads(
                stream.read().decode(),
                parse_constant=_refused,
                parse_float=_finite,
                object_pairs_hook=_reject_duplicates,
            )
        except (ValueError, RecursionError) as error:
            raise ParseError from error
        if not all(_is_encodable(text) for text in _texts(found)):
            raise ParseError
        return found


def _refused(said: str) -> Any:
    raise ValueError(said)


def _finite(said: str) -> float:
    number = float(said)
    if number in (float("inf"), float("-inf")):
        raise ValueError(said)
    return number


def _reject_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the pairs of a JSON object as a dict.

    Raises ValueError for a duplicate name, because parsers differ in which value they use. Raises it also for a name
    with a NUL, which no database accepts.
    """
    found = dict(pairs)
    if len(found) < len(pairs) or any("\0" in name for name in found):
        raise ValueError
    return found


def _texts(found: Any) -> Iterator[str]:
    """Yield all names and strings. Raises ParseError if the nesting is too deep."""
    level = [found]
    for _depth in range(DEEPEST):
        inner: list[Any] = []
        for each in level:
            if isinstance(each, str):
                yield each
            elif isinstance(each, dict):
                yield from each
                inner += each.values()
            elif isinstance(each, list):
                inner += each
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
