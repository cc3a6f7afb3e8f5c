"""The form that sets when a text is published."""

import math
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from press.embargoes.services import bulk_decisions
from press.texts.models.embargoes import GRID, Embargo, EmbargoMode
from summit.admin_base.widgets import MomentPair, name_parts
from summit.core.database_clock import db_now
from summit.core.local_time import local_moment
from summit.summits.models import Summit


class When:
    """The values of the field `when` of MomentForm: how the moment of publication is set."""

    NOW, SOON, AT, DELIVERED, NEVER = "now", "soon", "at", "delivered", "never"


SOON = timedelta(minutes=2)


class MomentForm(forms.Form):
    """The form that sets when a text is published. Users enter times in the venue's time zone."""

    when = forms.ChoiceField(
        label=gettext_lazy("Publication"),
        widget=forms.RadioSelect,
        choices=[
            (When.AT, gettext_lazy("at a set time")),
            (When.SOON, gettext_lazy("in 2 minutes")),
            (When.NOW, gettext_lazy("now")),
            (When.DELIVERED, gettext_lazy("when the speech is delivered")),
            (When.NEVER, gettext_lazy("unscheduled")),
        ],
        initial=When.AT,
    )
    moment = forms.CharField(
        label=gettext_lazy("Time"),
        required=False,
        widget=MomentPair,
    )
    alarm = forms.CharField(
        label=gettext_lazy("Alert if not delivered by"),
        required=False,
        help_text=gettext_lazy("For texts published after their speech. The alert doesn’t publish anything."),
        widget=MomentPair,
    )

    def __init__(self, *args: Any, summit: Summit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = summit.zone
        self.fields["moment"].label = _("Publication time (%(place)s time)") % {"place": summit.said_place}
        # Neither optional nor required: it depends on the choice above it.
        self.fields["moment"].depends = True  # type: ignore[attr-defined]
        for name in ("moment", "alarm"):
            name_parts(self.fields[name])

    def clean(self) -> dict[str, Any]:
        """Add the entered times as aware datetimes: `at` is the moment, and `alarm_at` the time of the alarm.

        "In 2 minutes" is counted from the time of the database's clock.
        """
        cleaned = super().clean() or {}
        if cleaned.get("when") == When.AT:
            try:
                cleaned["at"] = on_grid(local_moment(str(cleaned.get("moment") or ""), self.zone))
            except ValueError as problem:
                self.add_error("moment", str(problem))
        elif cleaned.get("when") == When.DELIVERED and cleaned.get("alarm"):
            try:
                cleaned["alarm_at"] = local_moment(str(cleaned["alarm"]), self.zone)
            except ValueError as problem:
                self.add_error("alarm", str(problem))
        elif cleaned.get("when") == When.SOON:
            cleaned["at"] = soon(db_now())
        return cleaned


class MomentOfManyForm(MomentForm):
    """The form that sets the same moment for many texts, without an alarm."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        when_field: Any = self.fields["when"]
        # With "now" and "in 2 minutes" one wrong click would publish many texts. The alarm is left out because each
        # speech has its own time for it.
        when_field.choices = [row for row in when_field.choices if row[0] not in (When.NOW, When.SOON)]
        del self.fields["alarm"]

    @property
    def decided(self) -> datetime | str | None:
        """The argument `moment` of `bulk_decisions.decide`: a datetime, DELIVERED, or None to remove the moment."""
        delivered = self.cleaned_data["when"] == When.DELIVERED
        return bulk_decisions.DELIVERED if delivered else self.cleaned_data.get("at")


def initial_of(embargo: Embargo, zone: ZoneInfo) -> dict[str, str]:
    """Return the initial data of MomentForm for an embargo, with times in `zone`.

    So users who change one value keep the others.
    """
    return {
        "when": When.DELIVERED if embargo.mode == EmbargoMode.DELIVERED and embargo.moment is None else When.AT,
        "moment": _local(embargo.moment, zone),
        "alarm": _local(embargo.fallback_at, zone),
    }


def _local(moment: datetime | None, zone: ZoneInfo) -> str:
    """Return a moment as local time in ISO format, with seconds only if there are some; "" for None."""
    return moment.astimezone(zone).strftime("%Y-%m-%dT%H:%M:%S").removesuffix(":00") if moment else ""


def on_grid(moment: datetime) -> datetime:
    """Return the moment unchanged if it is a multiple of five seconds, the interval that caches use.

    Raises ValueError, with a message for the user, if it isn't.
    """
    if moment.timestamp() % GRID:
        raise ValueError(_("Enter a time in steps of five seconds, such as 09:30:00 or 09:30:05."))
    return moment


def soon(now: datetime) -> datetime:
    """Return the moment two minutes after `now`, rounded down to a multiple of five seconds, as caches need it."""
    return datetime.fromtimestamp(math.floor((now + SOON).timestamp() / GRID) * GRID, tz=UTC)
