"""What pages about accounts show."""

import json
from typing import Any

from django import template
from django.core.serializers.json import DjangoJSONEncoder

from summit.accounts.devices import device as name_device

register = template.Library()


@register.filter
def as_json(value: Any) -> str:
    """Write a value as JSON, for an attribute that a script reads: pages hold no script of their own."""
    return json.dumps(value, cls=DjangoJSONEncoder)


@register.filter
def device(agent: str) -> str:
    """Name a browser and its device, from what it says of itself."""
    return name_device(agent)
