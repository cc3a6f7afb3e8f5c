"""Adds links to the description (OpenAPI 3.1, Link Object): which operations use the id from a response.

A row of a list has its own URL. A row that was read or added has actions, and can be changed with the ETag of the
response. Programs and tests follow these links. They contain nothing that can't be derived from the URLs.
"""

from typing import Any

ROW = "{id}/"
# The place of a row's id in the response of an operation.
IN_LIST, IN_ROW = "$response.body#/results/0/id", "$response.body#/id"


def add_links(result: dict[str, Any], generator: Any, request: Any, public: Any) -> dict[str, Any]:
    """Add links to the responses with a list or a row. They lead to the operations that take the row's id.

    This is a postprocessing hook of the description.
    """
    paths = result["paths"]
    for path, operations in paths.items():
        below = [name for name in paths if name.startswith(path + ROW)]
        if not below:
            continue
        row = paths.get(path + ROW, {})
        for method, status, where in (("get", "200", IN_LIST), ("post", "201", IN_ROW)):
            if method in operations and status in operations[method]["responses"]:
                targets = _targets(paths, below)
                found = [row["get"]] if method == "get" and "get" in row else targets
                _link(operations[method], status, path, found, where)
        if "get" in row:
            rest = [found for found in _targets(paths, below) if found is not row["get"]]
            _link(row["get"], "200", path, rest, "$request.path.id")
    return result


def _targets(paths: dict[str, Any], names: list[str]) -> list[dict[str, Any]]:
    return [
        operation for name in names for method, operation in sorted(paths[name].items()) if method != "parameters"
    ]


def _link(source: dict[str, Any], status: str, path: str, targets: list[dict[str, Any]], where: str) -> None:
    above = {name.strip("{}"): f"$request.path.{name.strip('{}')}" for name in path.split("/") if name[:1] == "{"}
    links = {}
    for target in targets:
        parameters = {**{f"path.{name}": value for name, value in above.items()}, "path.id": where}
        names = {each["name"] for each in target.get("parameters", ()) if each["in"] == "header"}
        if "If-Match" in names and where != IN_LIST:
            parameters["header.If-Match"] = "$response.header.ETag"
        links[target["operationId"]] = {"operationId": target["operationId"], "parameters": parameters}
    source["responses"][status]["links"] = links
