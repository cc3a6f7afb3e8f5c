"""What pages about accounts show."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from django import template
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone
from django.utils.translation import gettext as _

from summit.accounts.devices import device as name_device
from summit.dates import long_day

register = template.Library()


@register.filter
def as_json(value: Any) -> str:
    """Write a value as JSON, for an attribute that a script reads: pages hold no script of their own."""
    return json.dumps(value, cls=DjangoJSONEncoder)


@register.filter
def device(agent: str) -> str:
    """Name a browser and its device, from what it says of itself."""
    return name_device(agent)


@register.filter
def day_of(moment: datetime) -> str:
    """Return the day of a moment, in the reader's language."""
    return long_day(moment.astimezone(UTC).date())


@register.filter
def since(moment: datetime) -> str:
    """Say since when a browser is signed in. Accounts know no summit, so that the zone is UTC."""
    return _("since %(moment)s") % {"moment": _utc(moment)}


@register.filter
def seen(moment: datetime) -> str:
    """Say when a browser was last seen: it is noted every five minutes."""
    if timezone.now() - moment < timedelta(minutes=6):
        return _("seen just now")
    return _("last seen %(moment)s") % {"moment": _utc(moment)}


def _utc(moment: datetime) -> str:
    at = moment.astimezone(UTC)
    return _("%(day)s, %(time)s UTC") % {"day": long_day(at.date()), "time": at.strftime("%H:%M")}
