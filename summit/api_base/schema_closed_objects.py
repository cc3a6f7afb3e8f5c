"""Describes that request bodies must not have other fields than those described (`additionalProperties: false`).

`check_fields` refuses other fields by name.
"""

from collections.abc import Iterator
from typing import Any


def close(result: dict[str, Any], generator: Any, request: Any, public: Any) -> dict[str, Any]:
    """Set `additionalProperties: false` for each request body, and for each row of a bulk body.

    This is a postprocessing hook of the description.
    """
    schemas = result["components"]["schemas"]
    for name in {name for path in result["paths"].values() for name in _bodies(path)}:
        rows = schemas[name].get("properties", {}).get("rows", {}).get("items", {})
        for schema_name in (name, _called(rows)):
            if schema_name:
                schemas[schema_name]["additionalProperties"] = False
    return result


def _bodies(path: dict[str, Any]) -> Iterator[str]:
    """Yield the names of the schemas of request bodies at a path."""
    for operation in path.values():
        for content in operation.get("requestBody", {}).get("content", {}).values():
            yield _called(content["schema"])


def _called(schema: dict[str, Any]) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]
