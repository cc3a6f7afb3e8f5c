"""What the API reads as the body of a request: JSON that can be kept and answered (RFC 7493).

What passes here has strings that UTF-8 can say, numbers that are finite, names that come once, and no depth that only
an attacker writes: no view needs to fear them.
"""

import json
from collections.abc import Iterator, Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

# Objects and lists in one another; what the API takes has fewer than ten.
DEEPEST = 32


class BodyParser(JSONParser):
    """Reads a body, or raises ParseError."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Return what was sent. Raises ParseError for what can't be read or kept."""
        try:
            found = json.loads(
                stream.read().decode(), parse_constant=_refused, parse_float=_finite, object_pairs_hook=_once
            )
        except (ValueError, RecursionError) as error:
            raise ParseError from error
        if not all(_can_be_kept(text) for text in _texts(found)):
            raise ParseError
        return found


def _refused(said: str) -> Any:
    raise ValueError(said)


def _finite(said: str) -> float:
    number = float(said)
    if number in (float("inf"), float("-inf")):
        raise ValueError(said)
    return number


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object. Raises ValueError for a name that comes twice, of which readers would take one or the other,
    and for one that no database takes."""
    found = dict(pairs)
    if len(found) < len(pairs) or any("\0" in name for name in found):
        raise ValueError
    return found


def _texts(found: Any) -> Iterator[str]:
    """Give all names and strings. Raises ParseError for what is too deep."""
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


def _can_be_kept(text: str) -> bool:
    """Return whether UTF-8 can say a text: not where half of a pair of surrogates stands alone."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
