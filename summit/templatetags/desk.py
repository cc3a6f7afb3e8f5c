"""What the lists and forms of the admin show beyond Django's own tags."""

from typing import Any

from django import template
from django.contrib.admin.sites import site
from django.contrib.admin.views.main import ORDER_VAR, ChangeList
from django.template import Context
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst

from summit.desk.header import navigation
from summit.models import Summit
from summit.templatetags.components import Problem, form_errors

register = template.Library()


@register.simple_tag(takes_context=True)
def desks(context: Context, summit: Summit | None) -> list[dict[str, Any]]:
    """Return the desks with their lists; whoever works for several summits gets the lists of the one shown."""
    scope = summit if len(context["desk_summits"]) > 1 else None
    return navigation(context["available_apps"], context["request"].path, site._registry, scope)


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


@register.simple_tag
def list_rows(cl: ChangeList, results: list[Any], headers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows of a list: cells that carry the name of their column for narrow screens, and above the
    first row of each group what the desk's `group_of` calls it."""
    hidden = _hidden(cl)
    desk: Any = cl.model_admin
    rows, last = [], None
    for row, cells in zip(cl.result_list, results, strict=True):
        group = desk.group_of(row) if hidden else None
        named = [
            _labelled(cell, header)
            for place, (cell, header) in enumerate(zip(cells, headers, strict=True))
            if place not in hidden
        ]
        rows.append({"group": group if group != last else None, "cells": named})
        last = group
    return rows


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
        choices = list(spec.choices(cl))
        chosen = next((choice for choice in choices[1:] if choice["selected"]), None)
        if chosen is not None:
            found.append((str(spec.title), str(chosen["display"]), str(choices[0]["query_string"])))
    return found


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
def inline_width(form: Any) -> int:
    """Return over how many columns a row's own errors stand."""
    return 2 + sum(1 for fieldset in form for line in fieldset for _field in line)
