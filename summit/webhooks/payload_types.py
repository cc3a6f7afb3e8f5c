"""The types of events' payloads, and the check that a payload is of its type.

A payload holds ids, URLs, choices, moments and numbers. It has no words: a title could still arrive after the text is
held.
"""

from collections.abc import Iterator
from functools import cache
from types import NoneType
from typing import Annotated, Any, get_args, get_origin, get_type_hints, is_typeddict

from django.conf import settings

# An absolute URL of this deployment.
Url = Annotated[str, "url"]


def payload_problems(kind: Any, value: Any, path: str = "data") -> Iterator[str]:
    """Yield a sentence for each part of a payload that isn't of its type.

    The type is a TypedDict of such types, str, Url, bool, int, None, or several of them with `|`.
    """
    if is_typeddict(kind):
        yield from _problems_of_dict(kind, value, path)
    elif get_origin(kind) is Annotated:
        if not str(value).startswith(f"{settings.BASE_URL}/"):
            yield f"{path} is no URL of {settings.BASE_URL}"
    elif options := get_args(kind):
        if all(any(payload_problems(option, value, path)) for option in options):
            yield f"{path} is none of {', '.join(option.__name__ for option in options)}"
    elif type(value) is not (NoneType if kind is None else kind):
        yield f"{path} is no {kind.__name__}"


def _problems_of_dict(kind: Any, value: Any, path: str) -> Iterator[str]:
    types = types_of(kind)
    given = value if isinstance(value, dict) else {}
    yield from (f"{path}.{name} is missing" for name in types.keys() - given.keys())
    yield from (f"{path}.{name} isn't declared" for name in given.keys() - types.keys())
    for name in types.keys() & given.keys():
        yield from payload_problems(types[name], given[name], f"{path}.{name}")


@cache
def types_of(kind: Any) -> dict[str, Any]:
    """Return the types of a TypedDict's parts, by their names."""
    return get_type_hints(kind, include_extras=True)
