"""Closes the described request bodies: fields that aren't described are refused by name (`check_fields`)."""

from collections.abc import Iterator
from typing import Any


def close(result: dict[str, Any], generator: Any, request: Any, public: Any) -> dict[str, Any]:
    """Forbid undescribed fields in each request body, and in each row of a bulk body. A postprocessing hook of the
    description."""
    schemas = result["components"]["schemas"]
    for name in {name for path in result["paths"].values() for name in _bodies(path)}:
        rows = schemas[name].get("properties", {}).get("rows", {}).get("items", {})
        for each in (name, _called(rows)):
            if each:
                schemas[each]["additionalProperties"] = False
    return result


def _bodies(path: dict[str, Any]) -> Iterator[str]:
    """Yield the names of the schemas of request bodies at a path."""
    for operation in path.values():
        for content in operation.get("requestBody", {}).get("content", {}).values():
            yield _called(content["schema"])


def _called(schema: dict[str, Any]) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]
