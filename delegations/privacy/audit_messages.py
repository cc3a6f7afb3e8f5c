"""What the audit calls what happens to data that are kept, and to requests about them."""

from django.utils.translation import gettext_lazy, ngettext

from summit.audit.actions import Facts, deed, deeds_of


def _purged(facts: Facts) -> str:
    number = sum(int(each) for each in dict(facts.detail.get("numbers", {})).values())
    said = ngettext(
        "purged %(number)d row of what the summit keeps no longer",
        "purged %(number)d rows of what the summit keeps no longer",
        number,
    )
    return said % {"number": number}


deed("delegations.purge", _purged, called=gettext_lazy("purged what the summit keeps no longer"))
deeds_of(
    "delegations.retention",
    add=gettext_lazy("gave a time for which data are kept"),
    change=gettext_lazy("changed a time for which data are kept"),
    remove=gettext_lazy("took a time for which data are kept away"),
)
deed("delegations.ask_own_data", gettext_lazy("asked protocol to correct or erase what is held of them"))
