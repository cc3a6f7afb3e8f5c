"""The page of a row that one reads, with sections that are edited one at a time.

A ModelAdmin with `DetailPageMixin` has two pages for a row besides Django's change page, which keeps all fields:

- `<pk>/` shows the row. Lists and links lead there.
- `<pk>/edit/<section>/` is the change page with the fields of one `Section` alone. With JavaScript the form appears
  in the place of the section; without, or if it has rows that need the admin's own scripts, it is a page of its own.

Apps above the row's own show what they know about it by a `DetailPanel`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, ClassVar
from urllib.parse import urlsplit

from django.contrib.admin.utils import label_for_field, lookup_field
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect, HttpResponseClientRefresh

from summit.admin_base.history import of_row, readable
from summit.admin_base.model_pages import model_page
from summit.audit import access_log
from summit.audit.access_log import SEEN
from summit.audit.rendering import render
from summit.permissions.route_access import Access
from summit.undo import selectors as undo_selectors
from summit.users.models import User

# How many entries of the audit stand beside a row.
LATEST = 8
# The request attribute with the section whose form is shown.
EDITED = "desk_section"


@dataclass(frozen=True)
class Section:
    """A part of a row's page: `name` in its address, its heading, and what its form has.

    `fields` are fields of the form or read-only methods, and `inlines` the inline classes. Only fields with a value
    are shown. An inline class with `in_place` works without the admin's scripts, so that its form can appear in the
    place of the section.
    """

    name: str
    title: Any
    fields: tuple[str, ...] = ()
    inlines: tuple[type, ...] = ()


@dataclass(frozen=True)
class Fact:
    """A field of a row as its page shows it.

    `kind` is "email" or "tel" for a link, and "text" for several lines.
    """

    label: str
    value: Any
    kind: str = ""


@dataclass(frozen=True)
class DetailPanel:
    """What another app shows on a row's page: `context` returns the variables of `template`, or None for nothing."""

    template: str
    context: Callable[[HttpRequest, Any], dict[str, Any] | None]


_panels: dict[str, list[tuple[int, DetailPanel]]] = {}


def register_panel(label: str, place: int, panel: DetailPanel) -> None:
    """Add a panel to the pages of a model's rows, such as "delegations.party". The lower place comes first."""
    _panels.setdefault(label, []).append((place, panel))


def panels_of(request: HttpRequest, row: models.Model) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the template and the variables of each panel that has something to show."""
    for _place, panel in sorted(_panels.get(row._meta.label_lower, ()), key=lambda entry: entry[0]):
        variables = panel.context(request, row)
        if variables is not None:
            yield panel.template, variables


def edited_section(request: HttpRequest) -> Section | None:
    """Return the section whose form is shown, or None on any other page."""
    section: Section | None = request.__dict__.get(EDITED)
    return section


class DetailPageMixin:
    """Adds the page that shows a row, and the forms of its sections, to a ModelAdmin."""

    sections: ClassVar[tuple[Section, ...]] = ()
    detail_template: str
    section_template = "admin/detail/section_form.html"
    model: type[models.Model]
    opts: Any
    admin_site: Any
    page_shows: tuple[str, ...] = ()

    def get_urls(self) -> list[Any]:
        """Return the URL patterns without Django's old address of a row, at which this page is.

        The page that edits a section is only there if there are sections.
        """
        entries: list[Any] = super().get_urls()  # type: ignore[misc]
        return [entry for entry in entries if entry.name and (self.sections or not entry.name.endswith("_edit"))]

    def detail_context(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """Return further variables of the page's template."""
        return {}

    def fields_on_detail(self, request: HttpRequest, row: Any) -> tuple[str, ...]:
        """Return the names of the fields with personal data that the page shows to the user, for the access log."""
        return self.page_shows

    @model_page("<int:pk>/", "detail", "GET")
    def detail_view(self, request: HttpRequest, row: Any) -> HttpResponse:
        """Show a row: where things stand, its sections, what other apps know about it, and its latest history."""
        admin: Any = self
        may_change = admin.has_change_permission(request, row)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": str(row),
            "original": row,
            "summit": admin._summit(row),
            "listed": reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"),
            "change_url": reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[row.pk]),
            "may_change": may_change,
            "sections": {
                section.name.replace("-", "_"): {
                    "name": section.name,
                    "title": section.title,
                    "facts": list(self.facts(request, row, section)),
                    "edit_url": self.section_url(row, section.name) if may_change else "",
                    "in_place": all(getattr(inline, "in_place", False) for inline in section.inlines),
                }
                for section in self.sections
            },
            "panels": list(panels_of(request, row)),
            "history": self._latest(request, row),
            "views_url": self._views_url(request, row),
            **self.detail_context(request, row),
        }
        if self.page_shows and isinstance(request.user, User):
            access_log.record_page(
                by=request.user,
                target=row,
                summit=admin._summit(row),
                fields=self.fields_on_detail(request, row),
                people=lambda: admin.people_on_page(row),
            )
        return TemplateResponse(request, self.detail_template, context)

    def _latest(self, request: HttpRequest, row: models.Model) -> list[Any]:
        admin: Any = self
        if not admin._may_see_history(request, row):
            return []
        entries = readable(of_row(row), request).exclude(action=SEEN).select_related("by", "summit")
        lines = render(list(entries.order_by("-pk")[:LATEST]), request.user)
        undo_selectors.mark(lines, request.user)
        return lines

    def _views_url(self, request: HttpRequest, row: models.Model) -> str:
        """Return the URL of the page that says who saw the row's personal data, or "" if there is none to see."""
        admin: Any = self
        if not self.page_shows or not admin._may_see_history(request, row):
            return ""
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_history"
        return f"{reverse(name, args=[row.pk])}?show=seen"

    def facts(self, request: HttpRequest, row: models.Model, section: Section) -> Iterator[Fact]:
        """Yield the fields of a section that have a value, as the user may see them."""
        admin: Any = self
        for name in section.fields:
            column, _attribute, value = lookup_field(name, row, admin)
            label = capfirst(str(label_for_field(name, self.model, admin)))
            if value in (None, "", "–") or (isinstance(column, models.BooleanField) and not value):
                continue
            if isinstance(column, models.BooleanField):
                yield Fact(label, _("yes"))
            elif column is not None and column.choices:
                yield Fact(label, getattr(row, f"get_{name}_display")())
            else:
                yield Fact(label, value, _kind(column, name))

    def section_url(self, row: models.Model, section: str) -> str:
        """Return the URL of the form of a section."""
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_edit", args=[row.pk, section])

    @model_page("<int:pk>/edit/<slug:part>/", "edit")
    def edit_view(self, request: HttpRequest, row: Any, part: str) -> HttpResponse:
        """Show the form of a section. On POST, save it and redirect to the row's page.

        Raises Http404 if there is no such section.
        """
        found = next((each for each in self.sections if each.name == part), None)
        if found is None:
            raise Http404
        request.__dict__[EDITED] = found
        context = {
            "section": found,
            "subtitle": str(found.title),
            "back": f"{detail_url(row)}#{found.name}",
            "row_url": detail_url(row),
            "in_place": _is_in_place(request, detail_url(row)),
        }
        admin: Any = self
        response: HttpResponse = admin.change_view(request, str(row.pk), request.path, context)
        return response

    def _access_of(self, page: Any) -> Access:
        admin: Any = self
        access: Access = super()._access_of(page)  # type: ignore[misc]
        return access if page.name != "edit" else replace(access, do=admin.permission_for("change"))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return the fieldset of the section that is edited, or all fieldsets on the change page."""
        section = edited_section(request)
        if section is None:
            return super().get_fieldsets(request, obj)  # type: ignore[misc]
        return [(None, {"fields": list(section.fields)})] if section.fields else []

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return the inlines of the section that is edited, or all inlines on the change page."""
        section = edited_section(request)
        return super().get_inlines(request, obj) if section is None else list(section.inlines)  # type: ignore[misc]

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """Show the change page, or the form of a section with one button."""
        if edited_section(request) is None:
            row = kwargs.get("obj")
            if row is not None and row.pk:
                context["row_url"] = detail_url(row)
            return super().render_change_form(request, context, *args, **kwargs)  # type: ignore[misc]
        response = super().render_change_form(request, context, *args, **kwargs)  # type: ignore[misc]
        response.template_name = self.section_template
        return response

    def response_post_save_change(self, request: HttpRequest, obj: Any) -> Any:
        """Redirect to the row's page, or to the section of it that was edited.

        A form in the place of the section is on the row's page: that is loaded again.
        """
        section = edited_section(request)
        url = detail_url(obj) + (f"#{section.name}" if section else "")
        if not request.headers.get("HX-Request"):
            return redirect(url)
        # A redirect to another part of the page that is open would load nothing.
        is_open = urlsplit(request.headers.get("HX-Current-URL", "")).path == detail_url(obj)
        return HttpResponseClientRefresh() if is_open else HttpResponseClientRedirect(url)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> Any:
        """Return the class of the list. Its rows lead to their pages."""
        changelist = super().get_changelist(request, **kwargs)  # type: ignore[misc]
        return type("DetailChangeList", (_DetailLinks, changelist), {})


class _DetailLinks:
    """Makes the rows of a list lead to their pages instead of their forms."""

    def url_for_result(self, result: models.Model) -> str:
        return detail_url(result)


def detail_url(row: models.Model) -> str:
    """Return the URL of the page of a row whose admin has the `DetailPageMixin`."""
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_detail", args=[row.pk])


def _kind(column: Any, name: str) -> str:
    if isinstance(column, models.EmailField):
        return "email"
    if name.endswith("phone"):
        return "tel"
    return "text" if isinstance(column, models.TextField) else ""


def _is_in_place(request: HttpRequest, row_url: str) -> bool:
    """Return whether htmx puts the form of a section into the row's own page, in the place of the section."""
    is_htmx = request.headers.get("HX-Request") == "true"
    return is_htmx and urlsplit(request.headers.get("HX-Current-URL", "")).path == row_url
