"""Template tags for components that need more than an include. Most render a template of templates/components/."""

from typing import Any

from django import template
from django.contrib.admin.views.main import PAGE_VAR, ChangeList
from django.core.paginator import Page
from django.forms import BaseForm
from django.http import HttpRequest
from django.template import Context

from summit.admin_base.progress_bar import grouped

register = template.Library()

# A field's id or "", its label or "", and the error.
Problem = tuple[str, str, str]


@register.inclusion_tag("components/breadcrumb.html", takes_context=True)
def breadcrumb(context: Context, *parts: Any, home: Any = None) -> dict[str, Any]:
    """Render the breadcrumb of a page. `parts` are the names and URLs of the pages above, and the page's own name.

    Names and URLs alternate; the page's own name comes last and may be left out. Pages of the settings are below the
    page of all settings (`menu_places`). Without a page above, nothing is rendered. If `home` is a summit, the
    breadcrumb begins with the summit's public home, under the summit's short name.
    """
    above = getattr(context.get("request"), "above", [])
    entries = [{"name": name, "url": url} for name, url in above] + [
        {"name": parts[number], "url": parts[number + 1] if number + 1 < len(parts) else ""}
        for number in range(0, len(parts), 2)
    ]
    return {"entries": entries, "home": home, "lang_query": context.get("lang_query", "")}


@register.inclusion_tag("components/pagination.html", takes_context=True)
def page_links(context: Context, page: Page[Any], name: str = "page") -> dict[str, Any]:
    """Render the links to a list's pages. `name` is the query parameter with the page's number."""
    request: HttpRequest = context["request"]

    def address(number: int) -> str:
        query = request.GET.copy()
        query[name] = str(number)
        return f"?{query.urlencode()}"

    return _pages(page, address)


@register.inclusion_tag("components/pagination.html")
def list_pagination(cl: ChangeList) -> dict[str, Any]:
    """Render the links to the pages of an admin list."""
    if cl.show_all or not cl.multi_page:
        return {"several": False}
    return _pages(cl.paginator.page(cl.page_num), lambda number: str(cl.get_query_string({PAGE_VAR: number})))


def _pages(page: Page[Any], address: Any) -> dict[str, Any]:
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    return {
        "several": page.has_other_pages(),
        "first": grouped(page.start_index()),
        "last": grouped(page.end_index()),
        "total": grouped(page.paginator.count),
        "previous": address(page.previous_page_number()) if page.has_previous() else "",
        "next": address(page.next_page_number()) if page.has_next() else "",
        "numbers": [(number, address(number) if isinstance(number, int) else "") for number in numbers],
        "number": page.number,
    }


@register.simple_tag
def form_errors(form: BaseForm) -> list[Problem]:
    """Return the errors of a form: first those of the whole form, then those of the fields in their order."""
    found: list[Problem] = [("", "", str(error)) for error in form.non_field_errors()]
    for field in form:
        # The error of a field with several controls leads to the first control.
        first = f"{field.auto_id}_0" if field.use_fieldset and not field.id_for_label else field.id_for_label
        found += [(first, str(field.label), str(error)) for error in field.errors]
    return found
