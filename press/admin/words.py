"""How the desk says where a text stands and who must do what next."""

from django.utils.translation import gettext_lazy as _

# The word and the colour's name of each standing that the predicate derives.
STANDINGS = {
    "draft": (_("draft"), "off"),
    "in_review": (_("in review"), "wait"),
    "changes_asked": (_("changes asked"), "warn"),
    "held": (_("held"), "bad"),
    "unscheduled": (_("approved, no moment"), "warn"),
    "under_embargo": (_("under embargo"), "wait"),
    "waits_for_others": (_("waits for what goes out with it"), "warn"),
    "published": (_("published"), "good"),
    "replaced": (_("replaced"), "off"),
    "withdrawn": (_("withdrawn"), "bad"),
    "removed": (_("removed"), "bad"),
}
NEXT = {
    "submit": _("A press officer submits it for review."),
    "change": _("A press officer changes it as asked, and submits it again."),
    "approve": _("A press approver other than the writer reads it, and approves it or asks for changes."),
    "set_moment": _("A press officer sets the moment."),
    "deliver": _("A press officer says when the speech has been given."),
    "unhold": _("Somebody at the press desk releases the hold."),
    "": "",
}
TASKS = {
    "overdue": _("should be out"),
    "review": _("waits for my review"),
    "change": _("changes asked"),
    "schedule": _("approved, no moment"),
    "held": _("held"),
    "deliver": _("goes out when delivered"),
    "submit": _("draft"),
}
