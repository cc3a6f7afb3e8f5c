"""What the forms of a page send, and where to; what the operations of the API take."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.test import Client
from django.urls import Resolver404, resolve
from lxml import html

NAMED = "*[self::input or self::select or self::textarea or self::button][@name]"
# What stands once for each of several rows is one field: `slots-0-party` is `slots[].party`, `minutes-17` is
# `minutes[]`; a moment's date and its time are two parts of one.
ROWS = re.compile(r"^(\w+)-(?:\d+|__prefix__)-(\w+)$")
NUMBERED = re.compile(r"-(?:\w{16}|\d+)$")
PARTS = re.compile(r"_[01]$")
VARIABLE = re.compile(r"{\w+}")


def field_of(name: str) -> str:
    """Return what a field is called, whatever row of the page it belongs to."""
    if found := ROWS.match(name):
        return f"{found.group(1)}[].{found.group(2)}"
    return PARTS.sub("", NUMBERED.sub("[]", name))


def forms_of(page: bytes, path: str) -> Iterator[tuple[str, set[str]]]:
    """Yield the name of the route to which each form of a page posts, or a button of it, with its fields."""
    root = html.fromstring(page)
    for form in root.iter("form"):
        if form.get("method", "").lower() != "post":
            continue
        own = [each for each in form.xpath(f".//{NAMED}") if each.get("form") in (None, form.get("id"))]
        if form.get("id"):
            own += root.xpath(f"//{NAMED}[@form=$form]", form=form.get("id"))
        actions = [form.get("action") or path, *form.xpath(".//@formaction")]
        for action in actions:
            yield route_of(urljoin(path, action)), {field_of(each.get("name")) for each in own}


def route_of(address: str) -> str:
    """Return the name of an address's route, or "" where it is no route."""
    try:
        return resolve(urlsplit(address).path).view_name
    except Resolver404:
        return ""


def described() -> Any:
    """Return the description that the API gives of itself."""
    return json.loads(Client().get("/api/v1/schema/?format=json", HTTP_HOST="localhost").content)


def inputs_of(description: Any) -> dict[str, dict[str, frozenset[str]]]:
    """Return what each operation takes, by the name of its route and its method. What stands in an object, or in each
    of a list, follows its name: `rows[].email`."""
    found: defaultdict[str, dict[str, frozenset[str]]] = defaultdict(dict)
    for address, methods in description["paths"].items():
        name = route_of(VARIABLE.sub("1", address))
        for method, operation in methods.items():
            contents = operation.get("requestBody", {}).get("content", {}).values() if method != "parameters" else ()
            taken = {each for content in contents for each in _names(content["schema"], description, "")}
            found[name][method.upper()] = frozenset(taken)
    return found


def _names(schema: Any, description: Any, before: str) -> Iterator[str]:
    if "$ref" in schema:
        schema = description["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    for way in ("oneOf", "anyOf", "allOf"):
        for each in schema.get(way, ()):
            yield from _names(each, description, before)
    for name, inner in schema.get("properties", {}).items():
        yield before + name
        yield from _names(inner, description, f"{before}{name}.")
    for inner in (schema.get("items"), schema.get("additionalProperties")):
        if isinstance(inner, dict):
            yield from _names(inner, description, f"{before[:-1]}[].")
