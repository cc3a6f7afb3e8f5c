"""Moves repeated parts of operations to the description's components, and refers to them there.

The rules are in OpenAPI 3.1, Components Object.
"""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

Place = tuple[dict[str, Any] | list[Any], Any]


def share(result: dict[str, Any], generator: Any, request: Any, public: Any) -> dict[str, Any]:
    """Move headers, error responses and parameters that occur several times to the components.

    This is a postprocessing hook of the description.
    """
    operations = [
        found
        for path in result["paths"].values()
        for method, found in path.items()
        if method in ("get", "post", "patch", "delete")
    ]
    for kind, found_in in (("headers", _headers), ("responses", _refusals), ("parameters", _parameters)):
        places = [place for operation in operations for place in found_in(operation)]
        _move(result["components"].setdefault(kind, {}), kind, places)
    return result


def _headers(operation: dict[str, Any]) -> Iterator[tuple[str, Place]]:
    for response in operation["responses"].values():
        for name in response.get("headers", {}):
            yield name, (response["headers"], name)


def _refusals(operation: dict[str, Any]) -> Iterator[tuple[str, Place]]:
    for status in operation["responses"]:
        if status >= "300":
            yield f"Refused{status}", (operation["responses"], status)


def _parameters(operation: dict[str, Any]) -> Iterator[tuple[str, Place]]:
    for index, parameter in enumerate(operation.get("parameters", ())):
        yield parameter["name"].replace("-", ""), (operation["parameters"], index)


def _move(components: dict[str, Any], kind: str, places: list[tuple[str, Place]]) -> None:
    """Replace each content that occurs at several places by a reference to a component.

    Different contents with the same name are numbered.
    """
    named_contents = {(name, json.dumps(rows[key], sort_keys=True)) for name, (rows, key) in places}
    numbers = Counter(json.dumps(rows[key], sort_keys=True) for _name, (rows, key) in places)
    names: dict[str, str] = {}
    for name, content in sorted(named_contents):
        if numbers[content] > 1 and content not in names:
            number = sum(each == name or each.startswith(f"{name}.") for each in names.values())
            names[content] = f"{name}.{number + 1}" if number else name
            components[names[content]] = json.loads(content)
    for _name, (rows, key) in places:
        content = json.dumps(rows[key], sort_keys=True)
        if content in names:
            rows[key] = {"$ref": f"#/components/{kind}/{names[content]}"}
