"""The house's components that need more than an include: each renders one template of templates/components/."""

from typing import Any

from django import template
from django.contrib.admin.views.main import PAGE_VAR, ChangeList
from django.core.paginator import Page
from django.forms import BaseForm
from django.http import HttpRequest
from django.template import Context

from summit.admin_base.progress import grouped

register = template.Library()

# A field's id or "", its label or "", what is said of it.
Problem = tuple[str, str, str]


@register.inclusion_tag("components/breadcrumb.html", takes_context=True)
def breadcrumb(context: Context, *parts: Any, home: Any = None) -> dict[str, Any]:
    """Render where a page is: name, address, name, address ..., and last the page's own name, if it is to be there.

    `home` is a summit whose public home comes first, by its short name.
    """
    entries = [
        {"name": parts[number], "url": parts[number + 1] if number + 1 < len(parts) else ""}
        for number in range(0, len(parts), 2)
    ]
    return {"entries": entries, "home": home, "lang_query": context.get("lang_query", "")}


@register.inclusion_tag("components/pagination.html", takes_context=True)
def page_links(context: Context, page: Page[Any], name: str = "page") -> dict[str, Any]:
    """Render the way through a list's pages; `name` is the address's parameter."""
    request: HttpRequest = context["request"]

    def address(number: int) -> str:
        query = request.GET.copy()
        query[name] = str(number)
        return f"?{query.urlencode()}"

    return _pages(page, address)


@register.inclusion_tag("components/pagination.html")
def list_pagination(cl: ChangeList) -> dict[str, Any]:
    """Render the way through the pages of a list in the admin."""
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
    """Return what stops a form, in the order of its fields."""
    found: list[Problem] = [("", "", str(error)) for error in form.non_field_errors()]
    for field in form:
        # Of a field with several controls the first one is where one starts.
        first = f"{field.auto_id}_0" if field.use_fieldset and not field.id_for_label else field.id_for_label
        found += [(first, str(field.label), str(error)) for error in field.errors]
    return found
