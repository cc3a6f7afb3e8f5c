"""Template filters for the pages about accounts."""

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
from summit.api_base.scopes import describe_scopes
from summit.core.date_formats import long_day
from summit.permissions.rules import can_use_admin
from summit.summits.models import Summit
from summit.templatetags.moments import marked_day_clock

register = template.Library()
register.filter("can_use_admin", can_use_admin)


@register.filter
def as_json(value: Any) -> str:
    """Return a value as JSON, for an HTML attribute from which a script reads it. Pages have no inline scripts."""
    return json.dumps(value, cls=DjangoJSONEncoder)


@register.filter
def device(agent: str) -> str:
    """Return the name of a browser and its device, from its User-Agent header."""
    return name_device(agent)


@register.filter
def scopes_in_words(scopes: list[str]) -> list[str]:
    """Return the scopes of a token in words."""
    return describe_scopes(scopes)


@register.filter
def day_of(moment: datetime) -> str:
    """Return the UTC day of a moment in words, in the active language."""
    return long_day(moment.astimezone(UTC).date())


@register.filter
def since(moment: datetime, summit: Summit | None = None) -> str:
    """Return "since …" with the moment of a sign-in, in the summit's zone, or in UTC without a summit."""
    return SafeString(conditional_escape(_("since %(moment)s")) % {"moment": _at(moment, summit)})


@register.filter
def seen(moment: datetime, summit: Summit | None = None) -> str:
    """Return when a browser was last seen, in words, in the summit's zone, or in UTC without a summit.

    Within six minutes the words are "seen just now", because the moment is recorded only every five minutes.
    """
    if timezone.now() - moment < timedelta(minutes=6):
        return _("active just now")
    return SafeString(conditional_escape(_("last active %(moment)s")) % {"moment": _at(moment, summit)})


def _at(moment: datetime, summit: Summit | None) -> str:
    if summit is not None:
        return marked_day_clock(moment, summit)
    at = moment.astimezone(UTC)
    return _("%(day)s, %(time)s UTC") % {"day": long_day(at.date()), "time": at.strftime("%H:%M")}
