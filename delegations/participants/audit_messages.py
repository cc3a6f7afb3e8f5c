"""Names of the audited actions on lists of participants."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from summit.audit.actions import Facts, describe_action


def _listed(facts: Facts) -> str:
    numbers = {"number": int(facts.detail.get("number", 0))}
    if facts.detail.get("final"):
        return _("made revision %(number)d of the list of participants, a final one") % numbers
    return _("made revision %(number)d of the list of participants, a provisional one") % numbers


describe_action("delegations.freeze_list", _listed, label=gettext_lazy("made a list of participants"))
