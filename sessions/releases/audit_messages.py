"""What the audit calls what happens to releases."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from sessions.agenda.models.releases import Release
from summit.audit.actions import Facts, deed, thing


def _released(facts: Facts) -> str:
    number = int(facts.detail.get("messages", 0))
    said = ngettext(
        "released agenda %(release)s and had %(number)d message sent",
        "released agenda %(release)s and had %(number)d messages sent",
        number,
    )
    return said % {"release": facts.detail.get("number", ""), "number": number}


def _restored(facts: Facts) -> str:
    return _("took the session back to release %(number)s") % {"number": facts.detail.get("number", "")}


def _restored_agenda(facts: Facts) -> str:
    number = int(facts.detail.get("sessions", 0))
    said = ngettext(
        "took the draft back to this release (%(number)d session)",
        "took the draft back to this release (%(number)d sessions)",
        number,
    )
    return said % {"number": number}


deed("agenda.restore", _restored, called=gettext_lazy("took a session back to an earlier release"))
deed("agenda.restore_agenda", _restored_agenda, called=gettext_lazy("took the draft back to an earlier release"))
deed("agenda.release", _released, called=gettext_lazy("released an agenda"))
thing(Release, name=lambda row: _("agenda %(number)d") % {"number": row.number})
