"""How the desk says where a text stands and who must do what next."""

from typing import Any

from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from press.models import LiftMode, Text

# The word and the colour's name of each standing that the predicate derives.
STANDINGS = {
    "draft": (_("draft"), "off"),
    "in_review": (_("in review"), "wait"),
    "changes_asked": (_("changes asked"), "warn"),
    "held": (_("held"), "bad"),
    "unscheduled": (_("approved, no moment"), "warn"),
    "undelivered": (_("approved, waits for the speech"), "wait"),
    "under_embargo": (_("under embargo"), "wait"),
    "waits_for_others": (_("waits for what goes out with it"), "warn"),
    "published": (_("published"), "good"),
    "replaced": (_("replaced"), "off"),
    "withdrawn": (_("withdrawn"), "bad"),
    "removed": (_("removed"), "bad"),
}
# What stands in red beside it, whatever its standing.
RED = {"alarms": _("alarm: not marked as given"), "approved_alone": _("approved without a second person")}
NEXT = {
    "submit": _("A press officer submits it for review."),
    "change": _("A press officer changes it as asked, and submits it again."),
    "approve": _("A press approver other than the writer reads it, and approves it or asks for changes."),
    "set_moment": _("A press officer sets the moment."),
    "deliver": _("A press officer says when the speech has been given."),
    "alarm": _("A press officer says whether the speech has been given, or sets another time."),
    "afterwards": _("A press approver who neither wrote nor approved it reviews it."),
    "unhold": _("Somebody at the press desk releases the hold."),
    "others": _("What goes out with it has to be approved, in every language."),
    "": "",
}
# What to do about what should be out and isn't.
LATE = {
    "unhold": _("Release the hold, or withdraw it."),
    "approve": _("A press approver has to approve it: it goes out at once."),
    "submit": _("Submit it, or set another moment."),
    "others": _("Approve what goes out with it, in every language: all goes out at once."),
    "open": _("It is approved, and the summit isn’t public. An organiser opens the summit to everybody."),
    "deliver": _("Ask at the venue whether the speech has been given, and say so here. Nothing goes out by itself."),
}
TASKS = {
    "alarm": RED["alarms"],
    "overdue": _("should be out"),
    "afterwards": RED["approved_alone"],
    "review": _("waits for my review"),
    "change": _("changes asked"),
    "schedule": _("approved, no moment"),
    "held": _("held"),
    "deliver": _("goes out when delivered"),
    "submit": _("draft"),
}


def stands_as(row: Text) -> tuple[Any, str]:
    """Return the word and the colour's name for where an annotated text stands."""
    stand = str(getattr(row, "standing", "draft"))
    waits = stand == "unscheduled" and row.lift.mode == LiftMode.DELIVERED
    return STANDINGS["undelivered" if waits else stand]


def in_red(row: Text) -> SafeString:
    """Return what stands in red beside where an annotated text stands, each in its shape."""
    said = ((words,) for name, words in RED.items() if getattr(row, name, False))
    return format_html_join("", ' <span class="state" data-state="bad">{}</span>', said)
