"""Where the desk's search looks for sessions: in the working draft."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sessions.models import Session
from summit.desk.search import Hit, Source, register
from summit.templatetags.moments import day_clock


def _session(row: Session) -> Hit:
    parts = [
        day_clock(row.starts_at, row.summit),
        row.room.name if row.room else "",
        _("cancelled") if row.cancelled_at else "",
    ]
    return Hit(
        row.title,
        " · ".join(part for part in parts if part),
        reverse("admin:programme_session_change", args=[row.pk]),
    )


register(
    30,
    Source(
        model=Session,
        title=gettext_lazy("Sessions"),
        rule="sessions.session.view",
        rows=lambda: Session.objects.select_related("summit", "room"),
        head="title",
        text=("title", "summary", "room__name"),
        hit=_session,
    ),
)
