"""The columns of an admin list as typed values for a file. HTML becomes plain text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

from django.contrib.admin.utils import label_for_field, lookup_field
from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from summit.imports import row_numbers
from summit.templatetags.moments import Moment

# The value of a cell: None where it is empty; datetimes are aware.
Value = str | int | float | bool | date | datetime | None
# Invisible characters for text direction and line breaking. A table doesn't need them.
_SIGNS = re.compile("[\u200b\u200e\u200f\u061c\u202a-\u202e\u2060\u2066-\u2069]")
_EMPTY = ("", "–", "-")


@dataclass(frozen=True)
class Column:
    """A column of an exported list.

    `field` is the column's entry in `list_display`, `name` its name in JSON, and `heading` its title for people.
    `read` returns the value of a row. `said` returns the value as people read it, such as the label of a choice.
    """

    field: str
    name: str
    heading: str
    read: Callable[[Any], Value]
    said: Callable[[Any], Value]


def columns(desk: Any, names: list[str], made: Mapping[str, Column]) -> list[Column]:
    """Return the columns of the ModelAdmin `desk` for the entries `names` of its `list_display`.

    The first columns are the row's keys: `id`, and `public_id` if the model has one. `made` is a dict from entries to
    columns that exist already.
    """
    model: type[models.Model] = desk.model
    keys = ["id", *(["public_id"] if _field(model, "public_id") else [])]
    headings = {
        "id": row_numbers.heading(row_numbers.NUMBER),
        "public_id": row_numbers.heading(row_numbers.PUBLIC_ID),
    }
    found = [Column(name, name, headings[name], _plain(_key(name)), _plain(_key(name))) for name in keys]
    taken = set(keys)
    for name in names:
        if name in taken:
            continue
        if name in made:
            taken.add(name)
            found.append(made[name])
            continue
        json_name = _name(name, taken | set(names))
        taken.add(json_name)
        heading = capfirst(str(label_for_field(name, model, desk)))
        found.append(_column(desk, name, json_name, heading))
    return found


def _name(name: str, taken: set[str]) -> str:
    """Return a column's name in JSON: "name" for `__str__`, otherwise the entry without "_word" or "_said".

    If that name is in `taken`, return the entry unchanged.
    """
    found = "name" if name == "__str__" else short(name)
    return name if found in taken else found


def short(name: str) -> str:
    """Return a column's name without its suffix "_word" or "_said"."""
    return name.removesuffix("_word").removesuffix("_said")


def _key(name: str) -> Callable[[Any], Any]:
    return lambda row: row.pk if name == "id" else getattr(row, name)


def _plain(read: Callable[[Any], Any]) -> Callable[[Any], Value]:
    return lambda row: plain(read(row))


def _column(desk: Any, name: str, called: str, heading: str) -> Column:
    field = _field(desk.model, name)
    choices = bool(getattr(field, "choices", None))

    def read(row: Any) -> Value:
        try:
            _field_of, _attribute, value = lookup_field(name, row, desk)
        except ObjectDoesNotExist:
            return None
        return _at_venue(plain(value), desk, row)

    def said(row: Any) -> Value:
        return plain(getattr(row, f"get_{name}_display")()) if choices else read(row)

    return Column(name, called, heading, read, said)


def _field(model: type[models.Model], name: str) -> Any:
    return next((field for field in model._meta.fields if field.name == name), None)


def _at_venue(value: Value, desk: Any, row: Any) -> Value:
    """Convert a UTC datetime to the time zone of the row's summit. Other values are returned unchanged."""
    if isinstance(value, datetime) and value.tzinfo is UTC:
        return value.astimezone(zone_of(desk, row))
    return value


def zone_of(desk: Any, row: Any) -> tzinfo:
    """Return the time zone of the row's summit, or UTC if the row belongs to no summit."""
    summit = None if desk.summit_path is None else desk._summit(row)
    return UTC if summit is None else summit.zone


def plain(value: Any) -> Value:
    """Convert a value of a column to the value of a cell.

    Numbers, booleans and dates keep their type, datetimes become UTC. Everything else becomes text without HTML;
    an empty text becomes None.
    """
    if isinstance(value, Moment):
        return value.at
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    if value is None or isinstance(value, (bool, int, float, date)):
        return value
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, time):
        return f"{value:%H:%M}"
    text = _plain_text(value) if isinstance(value, SafeString) else str(value)
    text = _SIGNS.sub("", text)
    text = "\n".join(" ".join(line.split()) for line in text.strip().splitlines())
    return None if text in _EMPTY else text


class _TextExtractor(HTMLParser):
    """Collects the text of a piece of HTML.

    Line breaks and blocks become semicolons. The content of `<sup>` (footnote marks) is dropped.
    """

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.raised = 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        """Add a semicolon where a line or a block begins."""
        self.raised += tag == "sup"
        if tag in ("br", "li", "p", "div") and any(each.strip() for each in self.found):
            self.found.append("; ")

    def handle_endtag(self, tag: str) -> None:
        """Count the end of a `<sup>`."""
        self.raised -= tag == "sup"

    def handle_data(self, data: str) -> None:
        """Collect text outside `<sup>`."""
        if not self.raised:
            self.found.append(data)


def _plain_text(html: str) -> str:
    if "<" not in html and "&" not in html:
        return str(html)
    parser = _TextExtractor()
    parser.feed(html)
    parser.close()
    return "".join(parser.found)
