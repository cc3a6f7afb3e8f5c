"""Schedules of other conferences become sessions of the draft, and the same file twice changes nothing."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from sessions.draft.models.kinds import CustomKind
from sessions.draft.models.participants import Slot
from sessions.draft.models.sessions import Session
from sessions.exchange.definitions import ScheduleImport
from sessions.exchange.selectors import planner
from sessions.exchange.selectors.parsers import read
from sessions.visibility.models import Visibility
from summit.audit.models import AuditEntry
from summit.audit.services import SYSTEM, By
from summit.imports.definitions import DEFINITIONS, ImportProblem, Upload
from summit.imports.report import ImportReport
from summit.people.models import Person
from summit.permissions.models import Role
from summit.summits.models import Room, Summit
from tests import factories as f
from tests.delegations.helpers import queries, refuses
from tests.plan_apply_undo import check, few_examples, rolled_back, whole_database
from tests.sessions.conftest import fill, release

pytestmark = pytest.mark.django_db

GUID = "6c3ca2ee-9a42-4c8a-8e8a-00000000000"


def event(number: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "guid": f"{GUID}{number}",
        "id": number,
        "date": "2025-03-31T09:30:00+01:00",
        "start": "09:30",
        "duration": "00:45",
        "room": "Hall A",
        "title": f"Event {number}",
        "type": "keynote",
        "language": "en",
        "abstract": "What it is about.",
        "persons": [{"name": "A. Speaker"}],
        **more,
    }


def as_json(*events: dict[str, Any], zone: str = "Europe/London") -> bytes:
    rooms: dict[str, list[Any]] = {}
    for each in events:
        rooms.setdefault(each["room"], []).append(each)
    conference = {
        "title": "A conference",
        "time_zone_name": zone,
        "days": [{"index": 1, "date": "2025-03-31", "rooms": rooms}],
    }
    return json.dumps({"schedule": {"version": "1", "conference": conference}}).encode()


XML = b"""<?xml version="1.0" encoding="UTF-8"?>
<schedule><version>1</version><conference><title>A conference</title><time_zone_name>Europe/London</time_zone_name>
</conference><day index="1" date="2025-03-31" start="2025-03-31T00:00:00+01:00" end="2025-04-01T00:00:00+01:00">
<room name="Hall A"><event id="1" guid="6c3ca2ee-9a42-4c8a-8e8a-000000000001"><room>Hall A</room>
<title>Event 1</title>
<type>keynote</type><date>2025-03-31T09:30:00+01:00</date><start>09:30</start><duration>00:45</duration>
<abstract>What it is about.</abstract><track/><language>en</language>
<persons><person id="1">A. Speaker</person></persons>
</event></room></day></schedule>"""


def outcomes(report: ImportReport) -> list[str]:
    return [line.outcome for line in report.lines]


def take(summit: Summit, content: bytes, **more: Any) -> ImportReport:
    return read_in(summit=summit, content=content, **more)


def test_an_event_becomes_a_session_of_the_draft(summit: Summit) -> None:
    words = "<p>What it is &amp; was</p><script>x()</script><p>about.</p>"
    report = take(summit, as_json(event(abstract=words)))
    assert (outcomes(report), report.facts["rooms"], report.facts["people"]) == (["new"], ["Hall A"], 1)
    row = Session.objects.get(summit=summit)
    said = (row.title, row.summary, row.kind, row.visibility)
    assert said == ("Event 1", "What it is & was\nabout.", "plenary", "participants")
    assert (f"{row.starts_at:%d %H:%M}", f"{row.ends_at:%d %H:%M}") == ("31 08:30", "31 09:15")
    assert row.room is not None
    assert (row.room.name, row.room.venue.summit) == ("Hall A", summit)
    assert [(slot.speaker.name, slot.minutes) for slot in row.slots.all()] == [("A. Speaker", 45)]


def test_the_same_twice_changes_nothing(summit: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
    take(summit, as_json(event()))
    before, told = list(Session.objects.values()), AuditEntry.objects.count()
    assert [outcomes(take(summit, second)) for second in (as_json(event()), XML)] == [["same"]] * 2
    assert (list(Session.objects.values()), AuditEntry.objects.count()) == (before, told)
    assert [model.objects.count() for model in (Session, Slot, Person, Room)] == [1] * 4
    # Two summits may read one file.
    assert outcomes(take(f.SummitFactory(), XML)) == ["new"]
    # The control: without its identity it would be there twice.
    monkeypatch.setattr(planner, "identity", lambda summit, key: f"{'7':>016}")
    assert outcomes(take(summit, as_json(event()))) == ["new"]


def test_a_changed_one_changes_what_changed(summit: Summit) -> None:
    take(summit, as_json(event(persons=[{"name": "A. Speaker"}, {"public_name": "B. Speaker"}])))
    row = Session.objects.get()
    Session.objects.update(visibility=Visibility.PUBLIC, capacity=40)
    kept = row.slots.get(speaker__name="B. Speaker").public_id
    later = event(date="2025-03-31T10:00:00+01:00", persons=[{"name": "B. Speaker"}, {"name": "C. Speaker"}])
    report = take(summit, as_json(later))
    assert [(line.outcome, line.fields) for line in report.lines] == [("changed", ["starts", "ends", "speakers"])]
    assert [value[1:] for value in report.lines[0].changes] == [
        ["Mon 31 Mar 2025, 09:30", "Mon 31 Mar 2025, 10:00"],
        ["Mon 31 Mar 2025, 10:15", "Mon 31 Mar 2025, 10:45"],
    ]
    row.refresh_from_db()
    assert (row.visibility, row.capacity, row.revision) == ("public", 40, 1)
    assert [slot.speaker.name for slot in row.slots.all()] == ["B. Speaker", "C. Speaker"]
    assert row.slots.get(speaker__name="B. Speaker").public_id == kept
    assert outcomes(take(summit, as_json(later))) == ["same"]


def test_what_cant_be_read_is_refused_with_the_reason_and_the_rest_is_read(summit: Summit) -> None:
    rows = [
        event(1),
        event(1, title="Again"),
        event(2, title=" "),
        event(3, date="tomorrow", start="soon"),
        event(4, duration="long"),
        event(5, end="2025-03-31T08:00:00+01:00"),
        event(6, guid="", id=None),
        event(7, title="\u202eTurned"),
    ]
    report = take(summit, as_json(*rows))
    assert outcomes(report) == ["new", *["refused"] * 7]
    assert [line.notes[0] for line in report.lines[1:7]] == [
        "Event 1 in the file has the same guid. Give each event its own.",
        "Enter a title.",
        "The start can’t be read. Write it as 2025-03-31T09:30:00+01:00.",
        "The duration can’t be read. Write it as 01:30.",
        "It would end before it starts. Correct the duration.",
        "It has no guid or id, so it can’t be matched later. Add a guid.",
    ]
    assert Session.objects.count() == 1


def test_kinds_are_known_by_many_names(summit: Summit) -> None:
    own = CustomKind.objects.create(summit=summit, name="Fireside chat", like="roundtable")
    said = ["keynote", "Coffee Break", "press_conference", "fireside chat", "hands-on", ""]
    report = take(summit, as_json(*[event(number, type=kind) for number, kind in enumerate(said, 1)]))
    rows = [Session.objects.get(title=f"Event {number}") for number in range(1, 7)]
    assert [row.kind for row in rows] == [
        *("plenary", "break", "press_conference", "roundtable", "working_session", "working_session")
    ]
    assert rows[3].custom_kind == own
    assert [len(line.notes) for line in report.lines] == [0, 0, 0, 0, 1, 0]


def test_times_without_an_offset_are_the_conferences(summit: Summit) -> None:
    take(summit, as_json(event(date="2025-03-31T09:30:00"), zone="Europe/Berlin"))
    take(summit, as_json(event(2, date="2025-03-31", start="09:30"), zone=""))
    assert [row.starts_at.hour for row in Session.objects.order_by("title")] == [7, 8]
    # A zone that isn't known is no other's.
    report = take(summit, as_json(event(3, date="2025-03-31", start="09:30"), event(4), zone="Mars/Olympus"))
    assert outcomes(report) == ["refused", "new"]
    assert report.lines[0].notes == ["The time has no offset and the file has no time zone. Correct time_zone_name."]


def test_rooms_and_people_that_are_there_are_taken(summit: Summit) -> None:
    room = f.RoomFactory(venue=f.VenueFactory(summit=summit), name="HALL A")
    person = f.PersonFactory(summit=summit, name="Á. Speaker")
    f.PersonFactory.create_batch(2, summit=summit, name="B. Twice")
    report = take(summit, as_json(event(persons=[{"name": "A. Speaker"}, {"name": "B. Twice"}])))
    row = Session.objects.get()
    assert (row.room, [slot.speaker for slot in row.slots.all()]) == (room, [person])
    assert report.lines[0].notes == ["Several people are called B. Twice. Add the speech by hand."]


def test_what_a_public_file_cant_know_is_left_as_it_is(summit: Summit) -> None:
    take(summit, as_json(*[event(number) for number in (1, 2, 3)]))
    one, two, three = Session.objects.order_by("title")
    Session.objects.filter(pk=one.pk).update(title_to=Visibility.ORGANISERS)
    Session.objects.filter(pk=two.pk).update(cancelled_at=two.starts_at)
    Session.objects.filter(pk=three.pk).update(pinned=True)
    before = list(Session.objects.order_by("pk").values())
    report = take(summit, as_json(*[event(number, date="2025-03-31T12:00:00+01:00") for number in (1, 2, 3)]))
    assert outcomes(report) == ["refused"] * 3
    assert list(Session.objects.order_by("pk").values()) == before


def test_a_file_that_does_not_know_the_room_leaves_it(summit: Summit) -> None:
    take(summit, as_json(event(), event(2)))
    room = Room.objects.get()
    Session.objects.filter(title="Event 2").update(room=None)
    for said in ("room to be announced", "salle communiquée ultérieurement", ""):
        assert outcomes(take(summit, as_json(event(room=said), event(2, room=said)))) == ["same", "same"]
    assert [row.room for row in Session.objects.order_by("title")] == [room, None]
    report = take(summit, as_json(event(room="Hall B")))
    assert report.lines[0].changes == [["room", "Hall A", "Hall B"]]


def test_what_an_event_says_twice_and_differently_is_odd(summit: Summit) -> None:
    end = "2025-03-31T10:00:00+01:00"
    rows = [
        event(1, end=end, duration="banana"),
        event(2, start="11:15"),
        event(3, start="soon"),
        # The offset is not the venue's, and the clock is.
        event(4, date="2025-03-31T08:30:00Z", end=end),
        event(5, type="banana"),
    ]
    report = take(summit, as_json(*rows))
    assert [line.notes for line in report.lines] == [
        ["The duration “banana” can’t be read, so the end is used."],
        ["The start is 11:15 but the date says 09:30. The date is used."],
        ["The start “soon” can’t be read, so the time in the date is used."],
        [],
        ["“banana” is not a known session type, so this becomes a working session. To keep it, add the type first."],
    ]
    assert report.counts["odd"] == 4


BILLION = (
    b'<!DOCTYPE schedule [<!ENTITY a "ha">%b]><schedule><conference><title>&z;</title></conference></schedule>'
    % b"".join(b'<!ENTITY %c "%b">' % (98 + n, b"&%c;" % (97 + n) * 30) for n in range(25))
)


def test_another_file_is_refused_in_words_of_ours(summit: Summit) -> None:
    for content, said in (
        (b"title,start\nOpening,09:30\n", "not a schedule.json or schedule.xml"),
        (b"<!DOCTYPE html><title>Schedule</title>", "^This is a web page"),
        (b"BEGIN:VCALENDAR\r\n", "^This is a calendar"),
        (b'[{"title": "a"}]', "This file has: a list, title. Choose"),
        (b'{"count": 1, "results": [{"code": "A"}]}', "This file has: count, results. Choose"),
        (b'{"conference": {"talks": []}}', "This file has: talks. Choose"),
        (b"<rss><channel/></rss>", "This file has: rss, channel. Choose"),
        (as_json(), "^This schedule has no events"),
        (BILLION, "declares a document type or entities"),
        (BILLION.decode().encode("utf-16"), "declares a document type or entities"),
    ):
        refuses(ImportProblem, read, content, zone=summit.zone, match=said)
    for content in (
        XML.decode().replace("UTF-8", "UTF-16").encode("utf-16"),
        *(as_json(event()).decode().encode(letters) for letters in ("utf-16", "utf-16-be", "utf-32", "utf-8-sig")),
    ):
        assert len(read(content, zone=summit.zone).events) == 1
    for content in (
        *(b"", b"{}", b"[1]", b'{"schedule": {"conference": {}}}', b"{" * 100_000, b"\xff\xfe{}"),
        *(b"<a/>", b"<schedule>", b"words"),
        b'<!DOCTYPE s [<!ENTITY x SYSTEM "file:///etc/passwd">]><schedule><conference/></schedule>',
    ):
        refuses(ImportProblem, read, content, zone=summit.zone)
    for raw in (1, None, [], {}, {"rooms": []}, {"rooms": {"A": 1}}):
        days = json.dumps({"schedule": {"conference": {"days": [raw]}}}).encode()
        refuses(ImportProblem, read, days, zone=summit.zone, match=r"^Day 1 has no rooms with lists of events")
    # Events of any shape are no fault.
    days = json.dumps({"schedule": {"conference": {"days": [{"rooms": {"A": [1, None, {}]}}]}}}).encode()
    assert outcomes(take(summit, days)) == ["refused"] * 3


def test_a_title_in_another_language_stands_in_that_too(summit: Summit) -> None:
    take(summit, as_json(event(title="Ouverture")))
    content = as_json(event(language="fr", title="Ouverture"))
    (line,) = take(summit, content).lines
    assert (line.outcome, line.fields, len(line.notes)) == ("changed", ["values kept for export", "languages"], 1)
    text = Session.objects.get().texts.get()
    assert (text.language, text.title) == ("fr", "Ouverture")
    assert outcomes(take(summit, content)) == ["same"]


def test_only_the_programme_desk_reads_in(summit: Summit) -> None:
    desk, other = (f.UserFactory.with_role(role, summit) for role in (Role.PROGRAMME, Role.PRESS_OFFICER))
    refuses(PermissionDenied, read_in, summit=summit, content=XML, by=other)
    report = read_in(summit=summit, content=XML, by=desk)
    # Protocol enters people.
    assert (outcomes(report), Person.objects.filter(name="A. Speaker").count()) == (["new"], 0)


def test_our_own_schedule_changes_nothing_here_and_is_a_draft_elsewhere(summit: Summit) -> None:
    fill(summit, 3)
    kind = CustomKind.objects.create(summit=summit, name="Fireside chat", like="plenary")
    Session.objects.filter(pk=Session.objects.all()[:1]).update(custom_kind=kind, kind="plenary")
    release(summit)
    for ending in ("json", "xml"):
        content = Client().get(f"/{summit.slug}/agenda/schedule.{ending}").content
        assert outcomes(take(summit, content)) == ["same"] * 3
    other = f.SummitFactory()
    assert outcomes(take(other, content)) == ["new"] * 3
    theirs = [list(Session.objects.filter(summit=each).values("title", "starts_at")) for each in (summit, other)]
    assert theirs[0] == theirs[1]


def test_an_abstract_and_a_description_are_said_to_become_one(summit: Summit) -> None:
    two = event(abstract="In short.", description="At length.")
    report = take(
        summit,
        as_json(two, event(2, abstract="Same.", description="Same."), event(3, abstract="", description="One.")),
    )
    assert Session.objects.order_by("pk").values_list("summary", flat=True)[0] == "In short.\n\nAt length."
    said = "1 event has an abstract and a description. Both become the summary, which is exported as the abstract."
    assert said in ScheduleImport().notices(report)


def test_the_command_tells_of_each_event(summit: Summit, tmp_path: Path) -> None:
    file = tmp_path / "schedule.json"
    file.write_bytes(as_json(event(), event(2, title="")))

    def run(*more: str) -> list[str]:
        out = io.StringIO()
        call_command("import_schedule", str(file), "--summit", summit.slug, *more, stdout=out, no_color=True)
        return out.getvalue().splitlines()

    refused = "2 (refused) –: Enter a title."
    first = ["1 (new) Event 1", refused, "New rooms: Hall A", "New people: 1"]
    counts = "Entries: 2. 1 new, 0 changed, 0 unchanged, 1 refused; 0 to check."
    dry = f"Nothing was written. {counts}"
    assert run("--dry-run") == [*first, dry]
    assert run("--visible-to", "public") == [*first, counts]
    assert Session.objects.get().visibility == "public"
    assert run()[0] == "1 (unchanged) Event 1"
    file.write_bytes(b"words")
    refuses(CommandError, run)
    with pytest.raises(CommandError, match="There is no summit nowhere"):
        call_command("import_schedule", str(file), "--summit", "nowhere")


def test_as_few_statements_for_many_events_as_for_few(summit: Summit) -> None:
    def rows(numbers: range, **more: Any) -> bytes:
        return as_json(*[event(n, guid=f"g{n}", **more) for n in numbers])

    def changed(numbers: range) -> int:
        later = {"abstract": f"{numbers}", "language": "fr", "persons": [{"name": "B."}, {"name": "A. Speaker"}]}
        return queries(lambda: take(summit, rows(numbers, **later)))

    few, many = range(1, 3), range(3, 12)
    assert queries(lambda: preview(summit=summit, content=rows(few), by=SYSTEM)) == queries(
        lambda: preview(summit=summit, content=rows(many), by=SYSTEM)
    )
    # The first makes the room and a person too.
    take(summit, rows(range(1)))
    assert queries(lambda: take(summit, rows(few))) == queries(lambda: take(summit, rows(many)))
    changed(range(1))
    assert changed(few) == changed(many)
    assert Slot.objects.count() == 24


def test_a_speech_on_which_a_text_hangs_is_cancelled_and_comes_back(summit: Summit) -> None:
    take(summit, as_json(event(persons=[{"name": "A."}, {"name": "B."}])))
    f.TextFactory(summit=summit, slot=Slot.objects.get(speaker__name="A."))
    report = take(summit, as_json(event(persons=[{"name": "C."}])))
    assert report.lines[0].notes == [
        "A. is no longer in the file. The speech is cancelled, but a text depends on it."
    ]
    kept = Slot.every.get(speaker__name="A.")
    assert (list(Slot.objects.values_list("speaker__name", flat=True)), Slot.every.count()) == (["C."], 2)
    entry = AuditEntry.objects.get(action="agenda.slots", detail__removed=2)
    assert entry.detail == {"added": 1, "changed": 0, "removed": 2}
    take(summit, as_json(event(persons=[{"name": "C."}, {"name": "A."}])))
    assert list(Slot.objects.order_by("position").values_list("pk", flat=True))[1:] == [kept.pk]


@pytest.mark.slow("reads the whole database several times")
def test_it_does_what_it_says_and_nothing_remains_when_undone(summit: Summit) -> None:
    f.PersonFactory(summit=summit, name="A. Speaker")
    read_in(summit=summit, content=as_json(event(1), event(2)))
    rows = [
        event(1, title="Closing", room="Hall B", persons=[{"name": "B. Other"}]),
        event(2, room="hall a", type="lunch"),
    ]
    rows += [event(3, language="fr", type="unheard of"), event(4, title=""), event(5, date="some day")]
    by = f.UserFactory.with_role(Role.ORGANISER, summit)
    check(summit=summit, kind="schedule", filename="x.json", content=as_json(*rows), by=by)


EVENTS = {
    "guid": [f"{GUID}1", f"{GUID}2"],
    "title": ["One", "Two", ""],
    "room": ["Hall A", "hall a", "Hall B", ""],
    "language": ["", "en", "fr"],
    "type": ["keynote", "lunch", "unheard of"],
    "date": ["2025-03-31T09:30:00+01:00", "2025-03-31T10:30:00+01:00", "some day"],
    "persons": [[], [{"name": "A. Speaker"}], [{"name": "B. Other"}, {"name": "a. speaker"}]],
}


@pytest.mark.slow("imports many schedules")
@given(
    events=st.lists(
        st.fixed_dictionaries({name: st.sampled_from(values) for name, values in EVENTS.items()}), min_size=1
    )
)
@settings(few_examples, max_examples=30)
def test_any_schedule_twice_changes_nothing(events: list[dict[str, Any]], summit: Summit) -> None:
    content = as_json(*(event(1, **each) for each in events))
    with rolled_back():
        take(summit, content)
        after = whole_database()
        assert (take(summit, content).writes, whole_database() == after) == (0, True)


SCHEDULE = DEFINITIONS["schedule"]


def uploaded(summit: Summit, content: bytes, by: By = SYSTEM, visibility: str = Visibility.PARTICIPANTS) -> Upload:
    SCHEDULE.check_permission(summit=summit, party_key="", by=by)
    return Upload(summit, content, by, options={"visibility": visibility})


def read_in(*, summit: Summit, content: bytes, by: By = SYSTEM, visibility: str = "participants") -> ImportReport:
    upload = uploaded(summit, content, by, visibility)
    with transaction.atomic():
        SCHEDULE.lock(upload)
        return SCHEDULE.write(upload, SCHEDULE.prepare(upload, slice(None)))


def preview(*, summit: Summit, content: bytes, by: By = SYSTEM) -> ImportReport:
    return SCHEDULE.preview(uploaded(summit, content, by))
