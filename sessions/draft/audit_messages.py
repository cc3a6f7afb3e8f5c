"""Labels of the audit actions on draft sessions."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from sessions.draft.models.kinds import CustomKind
from sessions.draft.models.participants import Participant, Slot
from sessions.draft.models.sessions import Interpretation, Session, SessionText
from summit.audit.actions import Facts, describe_action, describe_actions, describe_model
from summit.core.punctuation import comma
from summit.templatetags.moments import clock_zone, day_clock, local

describe_actions(
    "agenda.session",
    add=gettext_lazy("entered the session"),
    change=gettext_lazy("changed the session"),
    remove=gettext_lazy("deleted the session"),
)


def _moved(facts: Facts) -> str:
    before, after = facts.detail.get("values", {}).get("starts_at", ("", ""))
    if not before or not after or facts.summit is None:
        return _("moved the session")
    old, new = (datetime.fromisoformat(moment) for moment in (before, after))
    same_day = local(old, facts.summit).date() == local(new, facts.summit).date()
    times = {
        "before": day_clock(old, facts.summit),
        "after": (clock_zone if same_day else day_clock)(new, facts.summit),
    }
    return _("moved the session from %(before)s to %(after)s") % times


def _rows(facts: Facts) -> str:
    numbers = {name: int(facts.detail.get(name, 0)) for name in ("added", "changed", "removed")}
    parts = [
        ngettext("%(number)d added", "%(number)d added", numbers["added"]) % {"number": numbers["added"]},
        ngettext("%(number)d changed", "%(number)d changed", numbers["changed"]) % {"number": numbers["changed"]},
        ngettext("%(number)d taken off", "%(number)d taken off", numbers["removed"]) % {"number": numbers["removed"]},
    ]
    return comma().join(part for part, number in zip(parts, numbers.values(), strict=True) if number)


def _participants(facts: Facts) -> str:
    return _("changed who takes part (%(rows)s)") % {"rows": _rows(facts)}


def _slots(facts: Facts) -> str:
    return _("changed the speeches (%(rows)s)") % {"rows": _rows(facts)}


def _texts(facts: Facts) -> str:
    return _("changed the session in other languages (%(rows)s)") % {"rows": _rows(facts)}


def _interpretation(facts: Facts) -> str:
    return _("changed the interpretation (%(rows)s)") % {"rows": _rows(facts)}


describe_action("agenda.move", _moved)
describe_action("agenda.cancel", gettext_lazy("cancelled the session"))
describe_action("agenda.reinstate", gettext_lazy("took the session’s cancellation back"))
describe_action(
    "agenda.participants", _participants, fields_of=Participant, label=gettext_lazy("changed who takes part")
)
describe_action("agenda.slots", _slots, fields_of=Slot, label=gettext_lazy("changed the speeches"))
describe_action(
    "agenda.texts",
    _texts,
    fields_of=SessionText,
    label=gettext_lazy("changed the session in other languages"),
)
describe_action(
    "agenda.interpretation",
    _interpretation,
    fields_of=Interpretation,
    label=gettext_lazy("changed the interpretation"),
)
describe_actions(
    "agenda.customkind",
    add=gettext_lazy("added a kind of session"),
    change=gettext_lazy("changed a kind of session"),
    remove=gettext_lazy("deleted a kind of session"),
)
describe_model(Slot, related=("speaker", "session"), shown_on=lambda row: row.session)
describe_model(Session)
describe_model(CustomKind)
