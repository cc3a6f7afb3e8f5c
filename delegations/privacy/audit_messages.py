"""Names of the audited actions on retention times, purges and data requests."""

from django.utils.translation import gettext_lazy, ngettext

from summit.audit.actions import Facts, describe_action, describe_actions


def _purged(facts: Facts) -> str:
    number = sum(int(each) for each in dict(facts.detail.get("numbers", {})).values())
    message = ngettext(
        "purged %(number)d row of what the summit keeps no longer",
        "purged %(number)d rows of what the summit keeps no longer",
        number,
    )
    return message % {"number": number}


describe_action("delegations.purge", _purged, label=gettext_lazy("purged what the summit keeps no longer"))
describe_actions(
    "delegations.retention",
    add=gettext_lazy("gave a time for which data are kept"),
    change=gettext_lazy("changed a time for which data are kept"),
    remove=gettext_lazy("took a time for which data are kept away"),
)
describe_action("delegations.ask_own_data", gettext_lazy("asked protocol to correct or erase what is held of them"))
