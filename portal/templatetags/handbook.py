"""Template tags for the handbook."""

from django import template
from django.template import Context
from django.urls import reverse

from portal.handbook.selectors import by_route

register = template.Library()


@register.simple_tag(takes_context=True)
def help_url(context: Context) -> str:
    """Return the address of the handbook's page about the page that is shown, or of its list of tasks."""
    match = getattr(context.get("request"), "resolver_match", None)
    task = by_route().get(match.view_name) if match else None
    address = reverse("handbook:task", args=[task.slug]) if task else reverse("handbook:index")
    return f"{address}{context.get('lang_query', '')}"
