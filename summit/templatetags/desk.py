"""What the lists and forms of the admin show beyond Django's own tags."""

import json
import re
from typing import Any

from django import template
from django.contrib.admin.sites import site
from django.contrib.admin.views.main import ORDER_VAR, ChangeList
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.template import Context
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst

from summit.admin_base.navigation import navigation
from summit.admin_base.progress import grouped
from summit.admin_base.summit_pages import menu_of
from summit.admin_base.summit_scope import list_scope
from summit.permissions.rules import Actor, allows
from summit.summits.models import Summit
from summit.summits.outbound_pause import ARM
from summit.templatetags.components import Problem, form_errors

register = template.Library()
register.filter("grouped", grouped)
CELL = re.compile(r"(<t[dh][^>]*>)(.*)(</t[dh]>)", re.DOTALL)


@register.simple_tag(takes_context=True)
def desks(context: Context, summit: Summit | None) -> list[dict[str, Any]]:
    """Return the desks with their lists; whoever works for several summits gets the lists of the one shown."""
    request = context["request"]
    more = menu_of(request.user, summit) if summit else []

    def scope_of(model: dict[str, Any]) -> str:
        return list_scope(request, site._registry[model["model"]], summit)

    return navigation(context["available_apps"], request.path, scope_of, more)


def _hidden(cl: ChangeList) -> set[int]:
    """Return the places of the columns that a list's groups say already."""
    column = getattr(cl.model_admin, "group_column", "")
    if not column or cl.params.get(ORDER_VAR):
        return set()
    return {place for place, name in enumerate(cl.list_display) if name == column}


@register.filter
def shown_headers(headers: list[dict[str, Any]], cl: ChangeList) -> list[dict[str, Any]]:
    """Leave out the headers of columns that stand above groups of rows."""
    hidden = _hidden(cl)
    return [header for place, header in enumerate(headers) if place not in hidden]


@register.simple_tag(takes_context=True)
def list_rows(
    context: Context, cl: ChangeList, results: list[Any], headers: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return the rows of a list: cells that carry the name of their column for narrow screens, and above the
    first row of each group what the desk's `group_of` calls it."""
    hidden = _hidden(cl)
    desk: Any = cl.model_admin
    written = [holds_content(cl.model, desk, name) for name in cl.list_display]
    language = _language(context)
    rows, last = [], None
    for row, cells in zip(cl.result_list, results, strict=True):
        group = desk.group_of(row) if hidden else None
        named = [
            _labelled(_in_language(cell, language) if written[place] else cell, header)
            for place, (cell, header) in enumerate(zip(cells, headers, strict=True))
            if place not in hidden
        ]
        rows.append({"group": group if group != last else None, "cells": named})
        last = group
    return rows


def _language(context: Context) -> str:
    """Return the language of what people have written in the summit that a page is about, "" for no summit's."""
    summit = context.get("summit") or context.get("desk_summit")
    return summit.language if isinstance(summit, Summit) else ""


def holds_content(model: type[models.Model], desk: Any, name: Any) -> bool:
    """Return whether a column or a field shows what people have written: text that isn't chosen from a list, another
    row's name, or what a method of the desk says is `content`."""
    if callable(getattr(desk, str(name), None)):
        return bool(getattr(getattr(desk, str(name)), "content", False))
    try:
        field = model._meta.get_field(str(name))
    except FieldDoesNotExist:
        return str(name) == "__str__"
    plain = isinstance(field, (models.EmailField, models.SlugField)) or bool(getattr(field, "choices", None))
    return isinstance(field, (models.CharField, models.TextField, models.ForeignKey)) and not plain


def _in_language(cell: str, language: str) -> SafeString:
    """Return a cell of Django's that says in which language and direction its words are. The cell itself keeps the
    direction of the page: on phones its label stands before them."""
    start, words, end = CELL.fullmatch(cell).groups()  # type: ignore[union-attr]
    opened = format_html('<bdi lang="{}">', language)
    return mark_safe(f"{start}{opened}{words}</bdi>{end}")  # noqa: S308 - Django's own cell


@register.simple_tag(takes_context=True)
def shown_value(context: Context, field: Any) -> SafeString | str:
    """Return what a form of the admin shows to read."""
    said: SafeString | str = field.contents()
    name = field.field["name"]
    known = holds_content(field.form._meta.model, field.model_admin, name)
    return format_html('<bdi lang="{}">{}</bdi>', _language(context), said) if known and said else said


def _labelled(cell: str, header: dict[str, Any]) -> SafeString:
    """Return a cell of Django's with the name of its column."""
    if not cell.startswith("<td") or "action-checkbox" in cell[:40]:
        return mark_safe(cell)  # noqa: S308 - Django's own cell
    label = conditional_escape(capfirst(str(header["text"])))
    return format_html('<td data-label="{}"{}', label, mark_safe(cell[3:]))  # noqa: S308 - Django's own cell


@register.simple_tag
def active_filters(cl: ChangeList) -> list[tuple[str, str, str]]:
    """Return the filters that narrow a list: their names, what is chosen, and the address without them."""
    found = []
    for spec in cl.filter_specs:
        if not getattr(spec, "is_offered", True):
            continue
        choices = list(spec.choices(cl))
        chosen = next((choice for choice in choices[1:] if choice["selected"]), None)
        if chosen is not None:
            found.append((str(spec.title), str(chosen["display"]), str(choices[0]["query_string"])))
    return found


@register.filter
def offered(specs: list[Any]) -> list[Any]:
    """Return the filters among which a reader chooses."""
    return [spec for spec in specs if getattr(spec, "is_offered", True)]


@register.simple_tag
def desk_errors(adminform: Any, formsets: list[Any]) -> list[Problem]:
    """Return what stops a form of the admin and the rows on its page."""
    found = form_errors(adminform.form)
    for entry in formsets:
        found += [("", "", str(error)) for error in entry.formset.non_form_errors()]
        for form in entry.formset.forms:
            found += form_errors(form)
    return found


@register.filter
def formset_data(formset: Any) -> str:
    """Return what Django's script for rows needs; what they are called stands in the middle of its words."""
    data = json.loads(formset.inline_formset_data())
    name = str(formset.opts.verbose_name)
    data["options"]["addText"] = data["options"]["addText"].replace(capfirst(name), name)
    return json.dumps(data)


@register.filter
def may_arm(summit: Summit, user: Actor) -> bool:
    """Return whether somebody may let a summit send."""
    return allows(user, ARM, summit)


@register.filter
def inline_width(form: Any) -> int:
    """Return over how many columns a row's own errors stand."""
    return 2 + sum(1 for fieldset in form for line in fieldset for _field in line)
