"""Sentences for the next steps of texts, by the keys that `press.texts.selectors.workflow_queries` returns."""

from django.utils.translation import gettext_lazy as _

NEXT = {
    "submit": _("A press officer submits it for review."),
    "change": _("A press officer makes the requested changes and submits it again."),
    "approve": _("A press approver other than the writer reviews it and approves it or requests changes."),
    "set_moment": _("The press desk schedules it."),
    "deliver": _("The press desk marks the speech as delivered."),
    "alarm": _("The press desk marks the speech as delivered or sets another time."),
    "afterwards": _("A press approver who did not write or approve it reviews it."),
    "unhold": _("The press desk releases the hold."),
    "others": _("All texts published with it must be approved, in every language."),
    "": "",
}
# What to do about a text that should have been published.
LATE = {
    "unhold": _("Release the hold, or withdraw it."),
    "approve": _("A press approver must approve it. It is then published at once."),
    "submit": _("Submit it, or schedule it for another time."),
    "others": _("Approve all texts published with it, in every language. They are then published at once."),
    "open": _("It is approved, but the summit is not public. Ask an organiser to open the summit to everyone."),
    "deliver": _(
        "Ask at the venue whether the speech was delivered, and record it here. Until then nothing is published."
    ),
}
