"""Template tags for the lists and forms of the admin, in addition to Django's own."""

import json
import re
from typing import Any

from django import template
from django.contrib.admin.views.main import ORDER_VAR, SEARCH_VAR, ChangeList
from django.contrib.messages.storage.base import Message
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.template import Context
from django.urls import reverse
from django.utils.html import conditional_escape, format_html, strip_tags
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import pgettext

from summit.admin_base.menu_places import Link, MenuPlace, Place, navigation
from summit.admin_base.messages import UNDO_TAG
from summit.admin_base.progress_bar import grouped
from summit.admin_base.visible_menu_entries import entries_of
from summit.permissions.rules import Actor, allows
from summit.summits.models import Summit
from summit.summits.outbound_pause import RESUME
from summit.templatetags.components import Problem, form_errors

register = template.Library()
register.filter("grouped", grouped)
CELL = re.compile(r"(<t[dh][^>]*>)(.*)(</t[dh]>)", re.DOTALL)


@register.simple_tag(takes_context=True)
def menu_places(context: Context, summit: Summit | None) -> list[Place]:
    """Return the places of the menu with their lists. With a summit, the lists have only its rows."""
    request = context["request"]
    places = navigation(entries_of(request, context["available_apps"], summit), request.path)
    if any(place.within for place in places if place.value == MenuPlace.SETTINGS):
        scope = f"?{urlencode({'summit': summit.slug})}" if summit else ""
        request.__dict__["above"] = [(MenuPlace.SETTINGS.label, f"{reverse('admin:settings')}{scope}")]
    # The list that the page shows needs the links of its place once more.
    request.__dict__["desk_places"] = places
    return places


@register.simple_tag(takes_context=True)
def place_links(context: Context) -> list[Link]:
    """Return the links that the menu shows beside the link to this page: those of its place, without submenus.

    They are those of the menu, which is rendered before.
    """
    places: list[Place] = context["request"].__dict__.get("desk_places", [])
    return next((place.links for place in places if any(link.within for link in place.links)), [])


@register.filter
def undo_of(message: Message) -> str:
    """Return the public id of the act that a message's button undoes, or "" if it has none."""
    tags = (message.extra_tags or "").split()
    return next((tag.removeprefix(UNDO_TAG) for tag in tags if tag.startswith(UNDO_TAG)), "")


def _hidden(cl: ChangeList) -> set[int]:
    """Return the indexes of the columns that are left out because the headings of groups show their values."""
    column = getattr(cl.model_admin, "group_column", "")
    if not column or cl.params.get(ORDER_VAR):
        return set()
    return {place for place, name in enumerate(cl.list_display) if name == column}


@register.filter
def shown_headers(headers: list[dict[str, Any]], cl: ChangeList) -> list[dict[str, Any]]:
    """Return the headers of a list, without the header of the column by which the rows are grouped.

    `on_phones` of a header says whether phones show the column.
    """
    hidden, on_phones = _hidden(cl), _columns_on_phones(cl)
    first = _first_column(cl)
    return [
        {**header, "on_phones": place <= first or place in on_phones}
        for place, header in enumerate(headers)
        if place not in hidden
    ]


def _first_column(cl: ChangeList) -> int:
    """Return the index of the column that names a row and leads to it. Only the checkbox is before it."""
    return int("action_checkbox" in cl.list_display)


def _columns_on_phones(cl: ChangeList) -> set[int]:
    """Return the indexes of the columns that a phone shows below a row's name (`phone_columns` of the ModelAdmin).

    By default they are the first two.
    """
    declared = getattr(cl.model_admin, "phone_columns", ())
    if declared:
        return {place for place, name in enumerate(cl.list_display) if name in declared}
    columns = [place for place in range(_first_column(cl) + 1, len(cl.list_display)) if place not in _hidden(cl)]
    return set(columns[:2])


@register.simple_tag(takes_context=True)
def list_rows(
    context: Context, cl: ChangeList, results: list[Any], headers: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return the rows of an admin list, each with its cells, and with the group's name if it begins a group.

    Each cell has the name of its column, for narrow screens. The ModelAdmin's `group_of` returns a row's group.
    """
    hidden = _hidden(cl)
    desk: Any = cl.model_admin
    is_content = [holds_content(cl.model, desk, name) for name in cl.list_display]
    on_phones = _columns_on_phones(cl)
    language = _language(context)
    rows, last = [], None
    for row, cells in zip(cl.result_list, results, strict=True):
        group = desk.group_of(row) if hidden else None
        labelled_cells = [
            _labelled(_in_language(cell, language) if is_content[place] else cell, header, place in on_phones)
            for place, (cell, header) in enumerate(zip(cells, headers, strict=True))
            if place not in hidden
        ]
        rows.append({"group": group if group != last else None, "cells": labelled_cells})
        last = group
    return rows


def _language(context: Context) -> str:
    """Return the language of the summit that a page is about, or "" if the page is about none."""
    summit = context.get("summit") or context.get("desk_summit")
    return summit.language if isinstance(summit, Summit) else ""


def holds_content(model: type[models.Model], desk: Any, name: Any) -> bool:
    """Return whether a column or a field shows text that people have written.

    It does if it is free text, another row's name, or a method of the ModelAdmin with the attribute `content`.
    """
    if callable(getattr(desk, str(name), None)):
        return bool(getattr(getattr(desk, str(name)), "content", False))
    try:
        field = model._meta.get_field(str(name))
    except FieldDoesNotExist:
        return str(name) == "__str__"
    plain = isinstance(field, (models.EmailField, models.SlugField)) or bool(getattr(field, "choices", None))
    return isinstance(field, (models.CharField, models.TextField, models.ForeignKey)) and not plain


def _in_language(cell: str, language: str) -> SafeString:
    """Return a cell's HTML with its text in a `bdi` element, marked with `language`.

    The cell itself keeps the page's direction, because on phones it begins with a label.
    """
    start, text, end = CELL.fullmatch(cell).groups()  # type: ignore[union-attr]
    start_tag = format_html('<bdi lang="{}">', language)
    return mark_safe(f"{start}{start_tag}{text}</bdi>{end}")  # noqa: S308 - Django's own cell


@register.simple_tag(takes_context=True)
def shown_value(context: Context, field: Any) -> SafeString | str:
    """Return the value of a read-only field in an admin form, marked with its language if people have written it."""
    value: SafeString | str = field.contents()
    name = field.field["name"]
    is_content = holds_content(field.form._meta.model, field.model_admin, name)
    return format_html('<bdi lang="{}">{}</bdi>', _language(context), value) if is_content and value else value


def _labelled(cell: str, header: dict[str, Any], on_phones: bool) -> SafeString:
    """Return a cell's HTML with its role, and with the name of its column as `data-label`.

    Roles are explicit, because a table that is laid out as lines on a phone would lose them in some browsers. Cells
    that a phone shows have `data-phone`: "number" if the value says nothing without its label.
    """
    if cell.startswith("<th"):
        return mark_safe(f'<th scope="row" role="rowheader"{cell[3:]}')  # noqa: S308 - Django's own cell
    if "action-checkbox" in cell[:40]:
        return mark_safe(f'<td role="cell"{cell[3:]}')  # noqa: S308 - Django's own cell
    label = conditional_escape(capfirst(str(header["text"])))
    text = strip_tags(cell).strip()
    phone = "" if not on_phones or text in ("", "–") else "number" if text.isdigit() else "text"
    attribute = format_html(' data-phone="{}"', phone) if phone else ""
    rest = mark_safe(cell[3:])  # noqa: S308 - Django's own cell
    return format_html('<td data-label="{}" role="cell"{}{}', label, attribute, rest)


@register.simple_tag
def active_filters(cl: ChangeList) -> list[tuple[str, str, str]]:
    """Return what narrows a list, each as its title, the value, and the query string without it.

    These are the active filters and the searched text.
    """
    found = (
        [(pgettext("what is shown", "Search"), cl.query, cl.get_query_string(remove=[SEARCH_VAR]))]
        if cl.query
        else []
    )
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
    """Return those of a list's filters that are offered to the user."""
    return [spec for spec in specs if getattr(spec, "is_offered", True)]


@register.simple_tag
def desk_errors(adminform: Any, formsets: list[Any]) -> list[Problem]:
    """Return the errors of an admin form and of the inline forms on its page."""
    found = form_errors(adminform.form)
    for entry in formsets:
        found += [("", "", str(error)) for error in entry.formset.non_form_errors()]
        for form in entry.formset.forms:
            found += form_errors(form)
    return found


@register.filter
def formset_data(formset: Any) -> str:
    """Return the JSON that Django's script for inline forms reads.

    In "Add another …" the name of the rows is in lower case.
    """
    data = json.loads(formset.inline_formset_data())
    name = str(formset.opts.verbose_name)
    data["options"]["addText"] = data["options"]["addText"].replace(capfirst(name), name)
    return json.dumps(data)


@register.filter
def may_resume(summit: Summit, user: Actor) -> bool:
    """Return whether a user may resume a paused summit."""
    return allows(user, RESUME, summit)


@register.filter
def inline_width(form: Any) -> int:
    """Return the number of table columns that the errors of an inline form span."""
    return 2 + sum(1 for fieldset in form for line in fieldset for _field in line)
