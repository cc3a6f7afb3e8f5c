"""A template filter that shows a telephone number as a link."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from summit.core.phone_links import tel_uri

register = template.Library()


@register.filter
def phone_link(phone: str) -> SafeString:
    """Return a telephone number as a link that calls it, or only as text if it has no digits."""
    shown = format_html('<bdi dir="ltr" translate="no">{}</bdi>', phone)
    uri = tel_uri(phone)
    return format_html('<a href="{}">{}</a>', uri, shown) if uri else shown
