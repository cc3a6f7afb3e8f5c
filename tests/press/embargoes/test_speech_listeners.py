"""The embargo follows the speech, by whatever way it is moved, cancelled or given to another."""

import ast
import io
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command

from delegations.membership_changes.services import merging
from press.embargoes.services import embargoes
from press.texts.models.embargoes import Embargo
from press.texts.models.texts import Text
from press.texts.services import texts
from sessions.agenda.selectors.draft_snapshots import draft
from sessions.agenda.selectors.release_scopes import Split
from sessions.delays.selectors import retiming_preview
from sessions.delays.selectors.retiming_preview import placement_at
from sessions.delays.services import retiming
from sessions.draft import speech_listeners
from sessions.draft.models.participants import FloorRequest, Slot
from sessions.draft.models.sessions import Session
from sessions.draft.services import cancel_and_move
from sessions.membership_changes.services import passed_on_places
from sessions.releases.services import releases, restore
from sessions.speakers.services import floor_requests, line_up_in_protocol_order, speakers_list
from sessions.speakers.services.speakers_list import SpeakersRefused
from summit.audit.models import AuditEntry
from summit.core.registry import Registry
from summit.outbox.delivery import deliver
from summit.outbox.models import Message
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests import factories as f
from tests.clients import signed_in
from tests.module_fixtures import once_a_module
from tests.press.embargoes.test_undelivered_speech_alarms import body_of
from tests.press.helpers import Floor, move_to_now, officer, organiser, out
from tests.sessions.exchange.test_importer import as_json, event
from tests.sessions.overview.test_admin import values
from tests.sources import ROOT, WRITES, tree

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
ALL, MOMENTS = "Ad Am Bd Bm Cd Cm", "Am Bm Cm"
Way = Callable[[Floor], Any]


@once_a_module
def world() -> Floor:
    summit = f.SummitFactory()
    return Floor(summit, by=organiser(summit))


def _move(world: Floor, start: timedelta = HOUR) -> None:
    row = world.fresh()
    times = {"starts_at": row.starts_at + start, "ends_at": row.ends_at + HOUR}
    cancel_and_move.move(session=row, room=None, by=world.by, **times)


def _in_the_admin(world: Floor) -> None:
    path = f"/admin/agenda/session/{world.session.pk}/change/"
    sent = values(summit=world.summit.pk, starts_at_1="09:30", ends_at_1="10:30")
    assert signed_in(world.by).post(path, sent).status_code == 302


def _change(world: Floor, **more: Any) -> None:
    """Change something of A's speech."""
    given = {"speaker": world.speaker("A"), "party": None, "minutes": 10, **more}
    speakers_list.change(slot=world.slots["A"], by=world.by, **given)


def _handed_over(world: Floor) -> None:
    taker = f.PersonFactory(summit=world.summit)
    passed_on_places.pass_speech(key=world.slots["A"].public_id, giver=world.speaker("A"), taker=taker, by=world.by)


def _merged(world: Floor) -> None:
    by = f.UserFactory.with_role(Role.PROTOCOL, world.summit)
    merging.merge(kept=f.PersonFactory(summit=world.summit), gone=world.speaker("A"), by=by)


def _lined_up(world: Floor) -> None:
    # Whose party isn't in the order goes to the end.
    Slot.objects.filter(pk=world.slots["A"].pk).update(party=world.party)
    line_up_in_protocol_order.make(session=world.fresh(), by=world.by)


def _restored(world: Floor) -> None:
    release = releases.release(summit=world.summit, by=world.by)
    _move(world)
    world.release_holds()
    restore.restore(release=release, by=world.by)


def _split(world: Floor) -> None:
    """Let the session continue in two hours with all speeches but the guest's."""
    releases.release(summit=world.summit, by=world.by, tell=False)
    old = retiming_preview.current(world.summit)[1][world.session.pk]
    second = placement_at(old, start=2 * HOUR, end=2 * HOUR)
    speeches = tuple(slot.public_id for slot in world.slots.values())
    retiming.retime(
        summit=world.summit,
        by=world.by,
        placements={world.session.pk: placement_at(old, end=-HOUR / 2)},
        split=Split(world.session.pk, second, world.summit.language, speeches),
    )


WAYS: dict[str, tuple[Way, str]] = {
    "session moved": (_move, ALL),
    "session cancelled": (lambda world: cancel_and_move.cancel(session=world.session, by=world.by), ALL),
    "session's page in the admin": (_in_the_admin, ALL),
    "speech moved": (lambda world: speakers_list.move(slot=world.slots["A"], to=4, by=world.by), "Ad Am Bm Cm"),
    # The next one makes room.
    "by one place": (lambda world: speakers_list.move(slot=world.slots["A"], to=3, by=world.by), "Ad Am Bm"),
    "speech longer": (
        lambda world: speakers_list.arrange(session=world.session, minutes={world.slots["A"].pk: 15}, by=world.by),
        "Bm Cm",
    ),
    "opening": (
        lambda world: speakers_list.settle(session=world.fresh(), opening=5, speech_minutes=None, by=world.by),
        MOMENTS,
    ),
    "another speaker": (lambda world: _change(world, speaker=f.PersonFactory(summit=world.summit)), "Ad Am"),
    "another delegation": (lambda world: _change(world, party=world.party), "Ad Am"),
    "handed over": (_handed_over, "Ad Am"),
    "merged": (_merged, "Ad Am"),
    "speech cancelled": (lambda world: speakers_list.remove(slot=world.slots["A"], by=world.by), "Ad Am Bm Cm"),
    "speech before dropped": (lambda world: speakers_list.remove(slot=world.guest, by=world.by), MOMENTS),
    "guest has left": (
        lambda w: passed_on_places.remove_speech(key=w.guest.public_id, giver=w.guest.speaker, by=w.by),
        MOMENTS,
    ),
    "made from the protocol order": (_lined_up, "Ad Am Bm Cm"),
    "session split": (_split, MOMENTS),
    "agenda restored": (_restored, ALL),
}


@pytest.mark.parametrize("way", WAYS)
def test_what_is_tied_to_the_speech_is_held(way: str, world: Floor) -> None:
    act, held = WAYS[way]
    act(world)
    assert world.held == held
    assert "speech" in Embargo.objects.exclude(hold_reason="").values_list("hold_reason", flat=True)[0].lower()


def test_control_with_nobody_listening_nothing_is_held(world: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speech_listeners, "listeners", Registry())
    for way in ("speech moved", "handed over", "session moved"):
        WAYS[way][0](world)
    assert world.held == ""


def _floor_granted(world: Floor) -> None:
    party, person = f.PartyFactory(summit=world.summit), f.PersonFactory(summit=world.summit)
    request = FloorRequest.objects.create(session=world.session, party=party, speaker=person)
    assert floor_requests.grant(requests=[request], session=world.session, by=world.by)


def _reinstated(world: Floor) -> None:
    cancel_and_move.cancel(session=world.session, by=world.by)
    world.release_holds()
    cancel_and_move.reinstate(session=world.session, by=world.by)


def _joined(world: Floor) -> None:
    f.ParticipantFactory(session=world.session, party=world.party)
    line_up_in_protocol_order.make(session=world.fresh(), by=world.by)


def test_what_moves_no_speech_holds_nothing(world: Floor) -> None:
    speakers_list.add(session=world.session, speaker=f.PersonFactory(summit=world.summit), by=world.by)
    _move(world, start=timedelta())
    _change(world, title="Words")
    assert world.held == ""
    for act in (_floor_granted, _joined, _reinstated):
        act(world)
        assert world.held == "", act


def test_a_schedule_that_is_read_in_by_a_command_holds_what_it_moves(tmp_path: Path, summit: Summit) -> None:
    world = Floor(summit, by=organiser(summit))
    people = [{"name": name} for name in ("Ada", "Bo", "Cy")]
    file = tmp_path / "schedule.json"

    def read_in(**more: Any) -> None:
        file.write_bytes(as_json(event(persons=people, **more)))
        call_command("import_schedule", str(file), "--summit", summit.slug, stdout=io.StringIO())

    read_in()
    row = Session.objects.get(title="Event 1")
    for slot in row.slots.select_related("speaker", "session__summit"):
        world.tie(slot.speaker.name, slot)
    read_in()
    assert world.held == ""
    moved = {"date": "2025-03-31T10:30:00+01:00", "start": "10:30"}
    read_in(**moved)
    assert world.held == "Adad Adam Bod Bom Cyd Cym"
    assert AuditEntry.objects.filter(action="press.hold", by=None).count() == 6
    world.release_holds()
    # One who isn't in the file any more stays, since a text hangs on the speech, and keeps the place.
    people.reverse()
    read_in(**moved)
    assert ("Adad" in world.held, "Cyd" in world.held) == (True, True)


class TestCancelled:
    """A speech on which a text hangs is cancelled: it is on no list any more, and its texts are held."""

    def test_it_is_on_no_list_and_comes_back(self, world: Floor) -> None:
        before = releases.release(summit=world.summit, by=world.by)
        speakers_list.remove(slot=world.slots["A"], by=world.by)
        assert list(Slot.objects.values_list("speaker__name", "position")) == [("Guest", 0), ("B", 1), ("C", 2)]
        assert Slot.every.get(pk=world.slots["A"].pk).cancelled_at is not None
        assert "A" not in {place.label for place in draft(world.summit)[world.session.pk].places}
        with pytest.raises(SpeakersRefused):
            speakers_list.move(slot=world.slots["A"], to=1, by=world.by)
        # Whoever enters it again has the same speech, with its texts; so has whoever takes the draft back.
        speakers_list.add(session=world.fresh(), speaker=world.speaker("A"), party=None, by=world.by)
        row = Slot.objects.get(speaker=world.speaker("A"))
        assert (row.pk, row.public_id) == (world.slots["A"].pk, world.slots["A"].public_id)
        assert (row.position, Text.objects.filter(slot=row).count()) == (3, 2)
        speakers_list.remove(slot=row, by=world.by)
        assert restore.restore(release=before, by=world.by).losses == []
        assert [slot.speaker.name for slot in speakers_list.slots(world.session)] == ["Guest", "A", "B", "C"]

    def test_the_desk_is_written_to(self, world: Floor) -> None:
        desk = officer(world.summit)
        officer(f.SummitFactory())
        speakers_list.remove(slot=world.slots["A"], by=world.by)
        (message,) = Message.objects.filter(kind="held")
        deliver([message.pk])
        (sent,) = mail.outbox
        assert (sent.to, sent.subject) == ([desk.email], "On hold: 4 texts whose speeches changed")
        body = body_of(sent)
        assert "The speech by A in “Opening” was cancelled." in body
        text = Text.objects.get(embargo=world.embargoes["Am"])
        assert f"/admin/press/text/{text.pk}/" in body
        assert text.versions.get().editions.get().title not in body

    def test_nobody_is_written_to_about_what_is_released_already(self, world: Floor) -> None:
        officer(world.summit)
        speakers_list.remove(slot=world.slots["A"], by=world.by)
        world.release_holds()
        deliver(list(Message.objects.filter(kind="held").values_list("pk", flat=True)))
        assert (Message.objects.get(kind="held").state, mail.outbox) == ("dropped", [])


def test_what_was_read_stays_and_what_is_held_keeps_its_reason(world: Floor) -> None:
    move_to_now(world.embargoes["Am"])
    embargoes.hold(embargo=world.embargoes["Bm"], reason="Not yet.", by=world.by)
    withdrawn = Text.objects.get(embargo=world.embargoes["Cd"])
    texts.withdraw(text=withdrawn, reason="Another will speak.", by=officer(world.summit))
    assert out() == 1
    cancel_and_move.cancel(session=world.session, by=world.by)
    assert (world.held, out()) == ("Ad Bd Bm Cm", 1)
    assert Embargo.objects.get(pk=world.embargoes["Bm"].pk).hold_reason == "Not yet."


def test_a_moment_that_passed_unread_is_held_with_a_speech_that_was_moved_itself(world: Floor) -> None:
    """Whoever approves it afterwards would let it out at once."""
    for name in ("Am", "Bm"):
        move_to_now(world.embargoes[name])
        Text.objects.filter(embargo=world.embargoes[name]).get().versions.get().editions.update(state="in_review")
    speakers_list.move(slot=world.slots["A"], to=4, by=world.by)
    assert world.held == "Ad Am Cm"


def test_the_reason_says_which_speech_and_what_happened(world: Floor) -> None:
    def said(name: str) -> str:
        embargo = Embargo.objects.get(pk=world.embargoes[name].pk)
        assert (embargo.held_by, embargo.held_at is not None) == (world.by, True)
        return embargo.hold_reason

    speakers_list.move(slot=world.slots["A"], to=4, by=world.by)
    day = "Monday 31 March 2025, "
    assert said("Am") == f"The speech by A in “Opening” was moved and now starts at about {day}09:30 London time."
    assert said("Bm") == (
        f"Speeches before B in “Opening” changed. This speech now starts at about {day}09:10 London time."
    )
    world.release_holds()
    _handed_over(world)
    taker = Slot.objects.get(pk=world.slots["A"].pk).speaker.office
    assert said("Ad") == f"{taker} now gives the speech instead of A in “Opening”."
    world.release_holds()
    cancel_and_move.cancel(session=world.session, by=world.by)
    assert said("Bd") == "The session “Opening” was cancelled, including the speech by B."
    entry = AuditEntry.objects.filter(action="press.hold").last()
    assert entry is not None
    assert (entry.by, entry.summit) == (world.by, world.summit)


def _last(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


class TestEveryWayIsWatched:
    """Whatever writes speeches, or when sessions begin and whether they stand, does so within `watching`."""

    # What writes and moves no speech that is there, with the reason.
    UNWATCHED = {
        "sessions/speakers/services/speakers_list.py: append_speech": "comes last",
        "sessions/speakers/services/imported_speeches.py: add_all": "come last",
        "sessions/draft/services/add_and_remove_speeches.py: insert": "its callers watch",
        "sessions/draft/services/add_and_remove_speeches.py: remove_slots": "its callers watch",
        "sessions/speakers/services/floor_requests.py: grant": "takes back what came last a moment ago",
        "sessions/speakers/services/floor_requests.py: _decide": "writes the request alone",
        "sessions/releases/services/restore_plan.py: write": "restoring.restore watches",
        "sessions/draft/services/copies.py: add_second_part": "makes a session that has no speech yet",
        "sessions/bilaterals/services.py: _store_unavailable": "writes when a party can't meet, and no session",
        **{
            f"sessions/speakers/services/speech_clock.py: {name}": "writes how the speech runs, and never the draft"
            for name in ("_locked", "_set_state", "_start", "_stop", "_undo_end", "postpone", "record_raiser")
        },
    }
    SLOTS = frozenset({"insert", "remove_slots", "bulk.insert"})
    SPEECHES = re.compile(r"\b(Slot|slot|slots|starts_at|cancelled_at|opening)\b")

    @staticmethod
    def functions(path: Path) -> dict[str, ast.FunctionDef]:
        return {node.name: node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef)}

    def writers(self, path: Path) -> set[str]:
        """Return the functions that write rows and speak of speeches, or of when sessions begin and stand."""
        found = set()
        for name, node in self.functions(path).items():
            calls = [call for call in ast.walk(node) if isinstance(call, ast.Call)]
            # A dictionary is given what to take over, rows are given columns by name.
            names = {ast.unparse(call.func) for call in calls if not (call.args and _last(call) == "update")}
            writes = {each.rpartition(".")[2] for each in names if "." in each} & WRITES
            # What it says of itself is no code.
            body = ast.Module(body=node.body[bool(ast.get_docstring(node)) :], type_ignores=[])
            if (writes or names & self.SLOTS) and self.SPEECHES.search(ast.unparse(body)):
                found.add(name)
        return found

    def watched(self, path: Path, name: str, seen: frozenset[str] = frozenset()) -> bool:
        """Whether a function enters `watching`, or is called by such functions of its module alone."""
        functions = self.functions(path)
        if "watching(" in ast.unparse(functions[name]) or (seen and f"{path}: {name}" in self.UNWATCHED):
            return True
        callers = [
            other
            for other, node in functions.items()
            if other != name and other not in seen and re.search(rf"\b{name}\(", ast.unparse(node))
        ]
        return bool(callers) and all(self.watched(path, other, seen | {name}) for other in callers)

    def unwatched(self, folder: str = "sessions") -> set[str]:
        paths = sorted(path.relative_to(ROOT) for path in (ROOT / folder).rglob("*.py"))
        return {
            f"{path}: {name}"
            for path in paths
            if "migrations" not in path.parts and "models" not in path.parts
            for name in self.writers(path)
            if not self.watched(path, name)
        }

    def test_each(self) -> None:
        assert self.unwatched() == set(self.UNWATCHED)

    def test_control_a_new_one_is_found(self, monkeypatch: pytest.MonkeyPatch) -> None:
        made = ast.parse("def shorten(slot):\n    slot.minutes -= 1\n    slot.save(update_fields=['minutes'])\n")
        real, speakers = self.functions, Path("sessions/speakers/services/speakers_list.py")
        monkeypatch.setattr(
            TestEveryWayIsWatched,
            "functions",
            staticmethod(lambda path: real(path) | ({"shorten": made.body[0]} if path == speakers else {})),
        )
        found = {name for name in self.unwatched("sessions/speakers/services") if name.endswith("shorten")}
        assert found == {"sessions/speakers/services/speakers_list.py: shorten"}
