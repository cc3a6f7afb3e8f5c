"""Labels of the audit actions on releases."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from sessions.agenda.models.releases import Release
from summit.audit.actions import Facts, describe_action, describe_model


def _released(facts: Facts) -> str:
    number = int(facts.detail.get("messages", 0))
    message = ngettext(
        "released agenda %(release)s and had %(number)d message sent",
        "released agenda %(release)s and had %(number)d messages sent",
        number,
    )
    return message % {"release": facts.detail.get("number", ""), "number": number}


def _restored(facts: Facts) -> str:
    return _("took the session back to release %(number)s") % {"number": facts.detail.get("number", "")}


def _restored_agenda(facts: Facts) -> str:
    number = int(facts.detail.get("sessions", 0))
    message = ngettext(
        "took the draft back to this release (%(number)d session)",
        "took the draft back to this release (%(number)d sessions)",
        number,
    )
    return message % {"number": number}


describe_action("agenda.restore", _restored, label=gettext_lazy("took a session back to an earlier release"))
describe_action(
    "agenda.restore_agenda", _restored_agenda, label=gettext_lazy("took the draft back to an earlier release")
)
describe_action("agenda.release", _released, label=gettext_lazy("released an agenda"))
describe_model(Release, name=lambda row: _("agenda %(number)d") % {"number": row.number})
