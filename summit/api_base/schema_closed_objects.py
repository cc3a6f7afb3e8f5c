"""What is sent has no other fields than those that are described: another is refused by its name (`check_fields`)."""

from collections.abc import Iterator
from typing import Any


def close(result: dict[str, Any], generator: Any, request: Any, public: Any) -> dict[str, Any]:
    """Say of each body, and of each row of a body of many, that it has the described fields alone. A postprocessing
    hook of the description."""
    schemas = result["components"]["schemas"]
    for name in {name for path in result["paths"].values() for name in _bodies(path)}:
        rows = schemas[name].get("properties", {}).get("rows", {}).get("items", {})
        for each in (name, _called(rows)):
            if each:
                schemas[each]["additionalProperties"] = False
    return result


def _bodies(path: dict[str, Any]) -> Iterator[str]:
    """Give the names of what the operations at a path are sent."""
    for operation in path.values():
        for content in operation.get("requestBody", {}).get("content", {}).values():
            yield _called(content["schema"])


def _called(schema: dict[str, Any]) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]
