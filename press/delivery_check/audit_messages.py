"""The audit message of marks of passages, which users make while a speech is given."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from summit.audit.actions import describe_action

describe_action(
    "press.mark",
    lambda facts: _("marked what was spoken (%(anchor)s)") % {"anchor": facts.detail.get("anchor", "")},
    label=gettext_lazy("marked what was spoken"),
)
