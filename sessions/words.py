"""The words for what is recorded of the agenda."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from sessions.models import (
    Document,
    FloorRequest,
    Interpretation,
    OwnKind,
    Participant,
    Release,
    ScheduleFile,
    Session,
    SessionText,
    SignUp,
    SignUpState,
    Slot,
)
from summit.audit.actions import Facts, deed, deeds_of, personal, thing
from summit.templatetags.marks import comma
from summit.templatetags.moments import clock_zone, day_clock, local, short_clock

deeds_of(
    "sessions.session",
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
    said = {
        "before": day_clock(old, facts.summit),
        "after": (clock_zone if same_day else day_clock)(new, facts.summit),
    }
    return _("moved the session from %(before)s to %(after)s") % said


def _rows(facts: Facts) -> str:
    numbers = {name: int(facts.detail.get(name, 0)) for name in ("added", "changed", "removed")}
    said = [
        ngettext("%(number)d added", "%(number)d added", numbers["added"]) % {"number": numbers["added"]},
        ngettext("%(number)d changed", "%(number)d changed", numbers["changed"]) % {"number": numbers["changed"]},
        ngettext("%(number)d taken off", "%(number)d taken off", numbers["removed"]) % {"number": numbers["removed"]},
    ]
    return comma().join(part for part, number in zip(said, numbers.values(), strict=True) if number)


def _participants(facts: Facts) -> str:
    return _("changed who takes part (%(rows)s)") % {"rows": _rows(facts)}


def _slots(facts: Facts) -> str:
    return _("changed the speeches (%(rows)s)") % {"rows": _rows(facts)}


def _texts(facts: Facts) -> str:
    return _("changed the session in other languages (%(rows)s)") % {"rows": _rows(facts)}


def _interpretation(facts: Facts) -> str:
    return _("changed the interpretation (%(rows)s)") % {"rows": _rows(facts)}


def _released(facts: Facts) -> str:
    number = int(facts.detail.get("messages", 0))
    said = ngettext(
        "released agenda %(release)s and had %(number)d message sent",
        "released agenda %(release)s and had %(number)d messages sent",
        number,
    )
    return said % {"release": facts.detail.get("number", ""), "number": number}


def _signed_up(facts: Facts) -> str:
    if facts.detail.get("state") == SignUpState.WAITING:
        return _("signed the person up for a session: all places were taken, so they wait")
    return _("signed the person up for a session")


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


def _read_in(facts: Facts) -> str:
    number = int(facts.detail.get("new", 0)) + int(facts.detail.get("changed", 0))
    said = ngettext(
        "read a schedule into the agenda (%(number)d session)",
        "read a schedule into the agenda (%(number)d sessions)",
        number,
    )
    return said % {"number": number}


deed("sessions.schedule_file.add", gettext_lazy("uploaded a schedule of another conference"))
deed("sessions.schedule_file.remove", gettext_lazy("deleted an uploaded schedule"))
deed("sessions.read_in", _read_in, called=gettext_lazy("read a schedule into the agenda"))


def _arranged(facts: Facts) -> str:
    number = int(facts.detail.get("moved", 0))
    if number:
        said = ngettext(
            "moved %(number)d speech on the speakers’ list", "moved %(number)d speeches on the speakers’ list", number
        )
        return said % {"number": number}
    return _("gave speeches another time")


def _lined_up(facts: Facts) -> str:
    numbers = {name: int(facts.detail.get(name, 0)) for name in ("added", "moved")}
    said = [
        ngettext("%(number)d added", "%(number)d added", numbers["added"]) % {"number": numbers["added"]},
        ngettext("%(number)d moved", "%(number)d moved", numbers["moved"]) % {"number": numbers["moved"]},
    ]
    rows = comma().join(part for part, number in zip(said, numbers.values(), strict=True) if number)
    return _("made the speakers’ list from the protocol order (%(rows)s)") % {"rows": rows}


deed("sessions.move", _moved)
deed("sessions.restore", _restored, called=gettext_lazy("took a session back to an earlier release"))
deed("sessions.restore_agenda", _restored_agenda, called=gettext_lazy("took the draft back to an earlier release"))
deed("sessions.cancel", gettext_lazy("cancelled the session"))
deed("sessions.reinstate", gettext_lazy("took the session’s cancellation back"))
deed("sessions.pass_on", gettext_lazy("let another take a person’s place, as protocol decided"))
deed("sessions.drop", gettext_lazy("took a person’s place off, as protocol decided"))
deed("sessions.participants", _participants, fields_of=Participant, called=gettext_lazy("changed who takes part"))
deed("sessions.slots", _slots, fields_of=Slot, called=gettext_lazy("changed the speeches"))
deed(
    "sessions.texts",
    _texts,
    fields_of=SessionText,
    called=gettext_lazy("changed the session in other languages"),
)
deed(
    "sessions.interpretation",
    _interpretation,
    fields_of=Interpretation,
    called=gettext_lazy("changed the interpretation"),
)
deed("sessions.speakers.arrange", _arranged, fields_of=Slot, called=gettext_lazy("changed the speakers’ list"))
deed("sessions.speakers.line_up", _lined_up, called=gettext_lazy("made the speakers’ list from the protocol order"))
deed("sessions.speakers.settle", gettext_lazy("changed the times of the speakers’ list"), fields_of=Session)
deed("sessions.speakers.add", gettext_lazy("put a speech on the speakers’ list"))
deed("sessions.speakers.change", gettext_lazy("changed a speech"), fields_of=Slot)
deed("sessions.speakers.drop", gettext_lazy("took a speech off the speakers’ list"))
deed("sessions.floor.open", gettext_lazy("let delegations ask for the floor"), fields_of=Session)
deed("sessions.floor.close", gettext_lazy("ended the requests for the floor"), fields_of=Session)
deed("sessions.floor.ask", gettext_lazy("asked for the floor"))
deed("sessions.floor.withdraw", gettext_lazy("withdrew the request for the floor"))
deed("sessions.floor.grant", gettext_lazy("put the request for the floor on the speakers’ list"))
deed("sessions.floor.decline", gettext_lazy("declined the request for the floor"))
deed("sessions.document.add", gettext_lazy("put a document on the session’s table"))
deed("sessions.document.replace", gettext_lazy("replaced a document by a new version"))
deed("sessions.document.remove", gettext_lazy("took a document off the session’s table"))
deed("sessions.documents.order", gettext_lazy("put the session’s documents in another order"))
deeds_of(
    "sessions.ownkind",
    add=gettext_lazy("added a kind of session"),
    change=gettext_lazy("changed a kind of session"),
    remove=gettext_lazy("deleted a kind of session"),
)
deed("sessions.open_feed", gettext_lazy("made a private calendar address"))
deed("sessions.end_feed", gettext_lazy("ended a private calendar address"))
deed("sessions.release", _released, called=gettext_lazy("released an agenda"))
deed("sessions.signup.add", _signed_up, called=gettext_lazy("signed somebody up for a session"))
deed("sessions.signup.remove", gettext_lazy("gave the place in a session back"))
deed("sessions.signup.move_up", gettext_lazy("gave the place that became free to who waited for it"))
thing(SignUp, related=("person", "session"), shown_on=lambda row: row.person)
thing(FloorRequest, related=("party", "session"), shown_on=lambda row: row.session)
thing(Slot, related=("speaker", "session"), shown_on=lambda row: row.session)
thing(Session)
thing(OwnKind)
# By its moment: a file's name may be a person's.
thing(ScheduleFile, related=("summit",), name=lambda row: short_clock(row.uploaded_at, row.summit))
personal(ScheduleFile, "content", "filename", "report")
thing(Document, related=("session",), shown_on=lambda row: row.session)
thing(Release, name=lambda row: _("agenda %(number)d") % {"number": row.number})
