"""The admin's labels for a text's state and its open tasks."""

from typing import Any

from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from press.texts.models.embargoes import EmbargoMode
from press.texts.models.texts import Text

# The label and the colour name of each state that `visibility.standing` derives.
STANDINGS = {
    "draft": (_("draft"), "off"),
    "in_review": (_("in review"), "wait"),
    "changes_asked": (_("changes requested"), "warn"),
    "held": (_("on hold"), "bad"),
    "unscheduled": (_("approved, unscheduled"), "warn"),
    "undelivered": (_("approved, awaiting speech"), "wait"),
    "under_embargo": (_("under embargo"), "wait"),
    "waits_for_others": (_("awaiting joint publication"), "warn"),
    "published": (_("published"), "good"),
    "replaced": (_("replaced"), "off"),
    "withdrawn": (_("withdrawn"), "bad"),
    "removed": (_("removed"), "bad"),
}
# The labels that are shown in red beside any state.
RED = {
    "alarms": _("overdue: speech not marked as delivered"),
    "approved_alone": _("approved without a second person"),
}
TASKS = {
    "alarm": RED["alarms"],
    "overdue": _("overdue"),
    "afterwards": RED["approved_alone"],
    "review": _("awaiting my review"),
    "change": _("changes requested"),
    "schedule": _("approved, unscheduled"),
    "held": _("on hold"),
    "deliver": _("publication on delivery"),
    "submit": _("draft"),
}


def state_label(row: Text) -> tuple[Any, str]:
    """Return the label and the colour name for the state of a text that has the annotation `standing`."""
    state = str(getattr(row, "standing", "draft"))
    waits = state == "unscheduled" and row.embargo.mode == EmbargoMode.DELIVERED
    return STANDINGS["undelivered" if waits else state]


def in_red(row: Text) -> SafeString:
    """Return the labels in RED that apply to an annotated text, as HTML. They are shown beside its state."""
    labels = ((label,) for name, label in RED.items() if getattr(row, name, False))
    return format_html_join("", ' <span class="state" data-state="bad">{}</span>', labels)
