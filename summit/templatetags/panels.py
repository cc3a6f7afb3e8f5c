"""The template tag for pages composed of panels. Each app contributes a panel's template and its variables."""

from typing import Any

from django import template
from django.template import Context
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.simple_tag(takes_context=True)
def render_panel(context: Context, name: str, values: dict[str, Any]) -> SafeString:
    """Render a panel's template `name` in the page's context.

    Each of `values` is a variable of its own, and the whole dict is the variable `panel`.
    """
    assert context.template is not None  # noqa: S101 - a tag runs inside a template
    panel_template = context.template.engine.get_template(name)
    with context.push(panel=values, **values):
        return mark_safe(panel_template.render(context))  # noqa: S308 - a template's own output
