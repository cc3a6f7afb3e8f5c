"""Labels of the audit actions on speakers' lists and requests for the floor."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from sessions.draft.models.participants import FloorRequest, Slot
from sessions.draft.models.sessions import Session
from summit.audit.actions import Facts, describe_action, describe_model
from summit.core.punctuation import comma


def _arranged(facts: Facts) -> str:
    number = int(facts.detail.get("moved", 0))
    if number:
        message = ngettext(
            "moved %(number)d speech on the speakers’ list", "moved %(number)d speeches on the speakers’ list", number
        )
        return message % {"number": number}
    return _("gave speeches another time")


def _lined_up(facts: Facts) -> str:
    numbers = {name: int(facts.detail.get(name, 0)) for name in ("added", "moved")}
    parts = [
        ngettext("%(number)d added", "%(number)d added", numbers["added"]) % {"number": numbers["added"]},
        ngettext("%(number)d moved", "%(number)d moved", numbers["moved"]) % {"number": numbers["moved"]},
    ]
    rows = comma().join(part for part, number in zip(parts, numbers.values(), strict=True) if number)
    return _("made the speakers’ list from the protocol order (%(rows)s)") % {"rows": rows}


describe_action(
    "agenda.speakers.arrange", _arranged, fields_of=Slot, label=gettext_lazy("changed the speakers’ list")
)
describe_action(
    "agenda.speakers.line_up", _lined_up, label=gettext_lazy("made the speakers’ list from the protocol order")
)
describe_action("agenda.speakers.settle", gettext_lazy("changed the times of the speakers’ list"), fields_of=Session)
describe_action("agenda.speakers.add", gettext_lazy("put a speech on the speakers’ list"))
describe_action("agenda.speakers.change", gettext_lazy("changed a speech"), fields_of=Slot)
describe_action("agenda.speakers.drop", gettext_lazy("took a speech off the speakers’ list"))
describe_action("agenda.floor.open", gettext_lazy("let delegations ask for the floor"), fields_of=Session)
describe_action("agenda.floor.close", gettext_lazy("ended the requests for the floor"), fields_of=Session)
describe_action("agenda.floor.ask", gettext_lazy("asked for the floor"))
describe_action("agenda.floor.withdraw", gettext_lazy("withdrew the request for the floor"))
describe_action("agenda.floor.grant", gettext_lazy("put the request for the floor on the speakers’ list"))
describe_action("agenda.floor.decline", gettext_lazy("declined the request for the floor"))
describe_model(FloorRequest, related=("party", "session"), shown_on=lambda row: row.session)
