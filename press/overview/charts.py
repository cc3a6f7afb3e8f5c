"""The dashboard's chart of the time from the publication of each text to the last mail about it."""

from typing import Any

from django.db.models import Count, F, Max, OuterRef, Q, Subquery, Value
from django.db.models.functions import Concat
from django.http import HttpRequest
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from press.overview.dashboard import HOLD
from press.texts.models.visibility import published_editions
from summit.admin_base import svg_charts
from summit.admin_base.dashboard import desk_chart, lately
from summit.admin_base.svg_charts import BarRow, Chart
from summit.outbox.dashboard import duration
from summit.outbox.models import Message, MessageState
from summit.permissions.rules import allows
from summit.summits.models import Summit
from summit.templatetags.moments import day_clock

LAST = 8


def announced(summit: Summit) -> list[dict[str, Any]]:
    """Return a dict for each of the last announced editions about which a mail was sent, newest first.

    The keys are `title`, `at` (the time of publication), `mails` (their number), `waiting` (the number not sent yet),
    `last` (when the last mail was sent) and `lag` (from publication to the last mail). Makes one query.
    """
    mails = Message.objects.filter(kind="publication", subject_key=OuterRef("key")).order_by().values("subject_key")
    counts = {
        "mails": Count("pk"),
        "last": Max("sent_at"),
        "waiting": Count("pk", filter=Q(state=MessageState.PENDING)),
    }
    editions = published_editions().filter(version__text__summit=summit, announcement__isnull=False)
    rows = editions.annotate(key=Concat(Value("press.edition:"), "public_id")).annotate(
        at=F("published_at"), **{name: Subquery(mails.annotate(n=what).values("n")) for name, what in counts.items()}
    )
    announced_rows = rows.filter(last__isnull=False).order_by("-announcement__at").values("title", "at", *counts)
    return [{**row, "lag": row["last"] - row["at"]} for row in announced_rows[:LAST]]


@desk_chart.register(90)
def publication_lag(request: HttpRequest, summit: Summit) -> Chart | None:
    """Return the chart of the time from the publication of each text to the last mail about it.

    Returns None if the user may not hold texts, or if no mail has been sent.
    """
    if not allows(request.user, HOLD, summit):
        return None
    announcements = lately(request, ("announced", summit.pk), lambda: announced(summit))
    if not announcements:
        return None
    slowest = duration(max(row["lag"] for row in announcements))
    message = ngettext(
        "%(n)d text was announced to all subscribers within %(slowest)s",
        "The last %(n)d texts were announced to all subscribers, each within %(slowest)s",
        len(announcements),
    )
    title = message % {"n": len(announcements), "slowest": slowest}
    about = _("One bar for each text: from publication to the last email about it.")
    bars = [
        BarRow(row["title"], [max(row["lag"].total_seconds(), 0.5)], duration(row["lag"])) for row in announcements
    ]
    return Chart(
        name="chart-publication",
        title=title,
        drawing=svg_charts.bars(name="chart-publication", title=title, about=about, rows=bars),
        head=[_("Text"), _("Published on"), _("Emails"), _("Last email after"), _("Waiting")],
        rows=[
            [
                row["title"],
                day_clock(row["at"], summit),
                formats.localize(row["mails"]),
                duration(row["lag"]),
                formats.localize(row["waiting"]),
            ]
            for row in announcements
        ],
        note=_("Texts themselves are published without delay, at the second they are scheduled."),
    )
