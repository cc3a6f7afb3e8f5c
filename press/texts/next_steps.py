"""Sentences for the next steps of texts, by the keys that `press.texts.selectors.workflow_queries` returns."""

from django.utils.translation import gettext_lazy as _

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
# What to do about a text that should have been published.
LATE = {
    "unhold": _("Release the hold, or withdraw it."),
    "approve": _("A press approver has to approve it: it goes out at once."),
    "submit": _("Submit it, or set another moment."),
    "others": _("Approve what goes out with it, in every language: all goes out at once."),
    "open": _("It is approved, and the summit isn’t public. An organiser opens the summit to everybody."),
    "deliver": _("Ask at the venue whether the speech has been given, and say so here. Nothing goes out by itself."),
}
