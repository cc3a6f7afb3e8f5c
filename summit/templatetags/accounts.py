"""What pages about accounts show."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from django import template
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from summit.accounts.devices import device as name_device
from summit.api_base.scopes import in_words
from summit.core.date_formats import long_day
from summit.permissions.rules import can_use_admin
from summit.summits.models import Summit
from summit.templatetags.moments import marked_day_clock

register = template.Library()
register.filter("can_use_admin", can_use_admin)


@register.filter
def as_json(value: Any) -> str:
    """Write a value as JSON, for an attribute that a script reads: pages hold no script of their own."""
    return json.dumps(value, cls=DjangoJSONEncoder)


@register.filter
def device(agent: str) -> str:
    """Name a browser and its device, from what it says of itself."""
    return name_device(agent)


@register.filter
def scopes_in_words(scopes: list[str]) -> list[str]:
    """Say what a token may do."""
    return in_words(scopes)


@register.filter
def day_of(moment: datetime) -> str:
    """Return the day of a moment, in the reader's language."""
    return long_day(moment.astimezone(UTC).date())


@register.filter
def since(moment: datetime, summit: Summit | None = None) -> str:
    """Say since when a browser is signed in: in a summit's zone, or in UTC, since accounts know no summit."""
    return SafeString(conditional_escape(_("since %(moment)s")) % {"moment": _at(moment, summit)})


@register.filter
def seen(moment: datetime, summit: Summit | None = None) -> str:
    """Say when a browser was last seen: it is noted every five minutes. Zones are as those of `since`."""
    if timezone.now() - moment < timedelta(minutes=6):
        return _("seen just now")
    return SafeString(conditional_escape(_("last seen %(moment)s")) % {"moment": _at(moment, summit)})


def _at(moment: datetime, summit: Summit | None) -> str:
    if summit is not None:
        return marked_day_clock(moment, summit)
    at = moment.astimezone(UTC)
    return _("%(day)s, %(time)s UTC") % {"day": long_day(at.date()), "time": at.strftime("%H:%M")}
