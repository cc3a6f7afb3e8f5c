"""New times on the day: released alone, decided, with consent where it is due, and their page."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from sessions.agenda.models.releases import Release, ReleasedRole
from sessions.agenda.selectors.release_scopes import Placement, placement_of
from sessions.agenda.selectors.released_snapshots import released
from sessions.agenda.selectors.snapshots import Agenda, ParticipantSnapshot, Snapshot
from sessions.conflicts.models import ConflictPolicy
from sessions.conflicts.selectors.warning_context import Circumstances, Seats
from sessions.delays.api.sessions import _preview
from sessions.delays.messages import DECIDED, NEW_TIMES_CONSENT
from sessions.delays.models import DelayNotice, FixedPointKind, Retiming, RetimingState
from sessions.delays.selectors import retiming_preview
from sessions.delays.selectors.cascade import Cascade, cascade
from sessions.delays.selectors.retiming_preview import placement_at
from sessions.delays.services import retiming, running
from sessions.delays.services.retiming import AlreadyDecided, ConflictUndecided
from sessions.draft.models.kinds import SessionKind
from sessions.draft.models.sessions import Session
from sessions.notifications.services import agenda_changes
from sessions.releases.services import releases
from summit.audit import services as audit
from summit.audit.models import AuditEntry
from summit.core.database_clock import db_now
from summit.outbox.failure_reasons import because
from summit.outbox.models import Message, MessageState
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests import factories as f
from tests.delegations.helpers import refuses, sign_in, text
from tests.module_fixtures import once_a_module
from tests.sessions.conftest import parties_of, session

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


class World:
    """A released day: a plenary now, talks after it for one of its delegations, and another delegation's lunch."""

    def __init__(self) -> None:
        now = db_now().replace(second=0, microsecond=0)
        # In UTC, so that the tests' clocks hold all year round.
        days = {"starts_on": now.date(), "ends_on": now.date() + timedelta(days=1)}
        self.summit: Summit = f.SummitFactory(time_zone="UTC", **days)
        self.organiser = f.UserFactory.with_role(Role.ORGANISER, self.summit)
        self.officer = f.UserFactory.with_role(Role.CONFERENCE_OFFICER, self.summit)
        self.parties = parties = parties_of(self.summit)
        noon = now.replace(hour=12, minute=0)
        for name in ("Aland", "Beland"):
            f.MembershipFactory(party=parties[name], code="head", person__name=f"Head of {name}", person__office="")
        self.plenary = self._at(noon, 60, "Aland", "Beland", title="Plenary")
        self.talks = self._at(noon + 60 * MINUTE, 30, "Aland", title="Talks")
        self.lunch = self._at(noon + 60 * MINUTE, 60, "Celand", title="Lunch")
        releases.release(summit=self.summit, by=self.organiser, tell=False)

    def _at(self, start: Any, minutes: int, *names: str, **values: Any) -> Session:
        parties = [self.parties[name] for name in names]
        row = session(self.summit, starts_at=start, ends_at=start + minutes * MINUTE, **values)
        for party in parties:
            f.ParticipantFactory(session=row, party=party, level="head")
        return row

    def longer(self, minutes: int = 25) -> dict[int, Placement]:
        old = retiming_preview.current(self.summit)[1]
        return {self.plenary.pk: placement_at(old[self.plenary.pk], end=minutes * MINUTE)}

    def planned(self, **values: Any) -> retiming_preview.RetimingPreview:
        return retiming_preview.preview(**{"summit": self.summit, "asked": self.longer(), **values})

    def retime(self, **values: Any) -> Retiming:
        given = {"placements": self.planned().placements, **values}
        return retiming.retime(**{"summit": self.summit, "by": self.officer, **given})

    def times(self) -> dict[str, str]:
        number = Release.objects.filter(summit=self.summit).order_by("-number")[0].number
        return {each.title: f"{each.starts_at:%H:%M}" for each in released(self.summit, [number])[number].values()}


@once_a_module
def world() -> World:
    return World()


class TestWhatIsReleased:
    def test_the_new_times_and_nothing_else_of_the_draft(self, world: World) -> None:
        Session.objects.filter(pk=world.talks.pk).update(title="Secret plan")
        Session.objects.filter(pk=world.lunch.pk).update(starts_at=world.lunch.starts_at + 5 * MINUTE)
        running.announce_delay(session=world.plenary, by=world.officer)
        before = AuditEntry.objects.latest("pk").pk
        made = world.retime(reason="The plenary runs over")
        assert (made.state, made.release and made.release.number) == (RetimingState.RELEASED, 2)
        assert world.times() == {"Plenary": "12:00", "Talks": "13:25", "Lunch": "13:00"}
        # The draft has the new times, and its other changes are still unreleased.
        world.talks.refresh_from_db()
        assert (world.talks.title, world.talks.revision) == ("Secret plan", 1)
        assert f"{world.talks.starts_at:%H:%M}" == "13:25"
        changed = {each.session.title for each in releases.preview(summit=world.summit).changes}
        assert changed == {"Secret plan", "Lunch"}
        told = {row.address: (row.facts["note"], len(row.facts["changes"])) for row in Message.objects.all()}
        why = "The plenary runs over"
        assert told == {"aland@mission.example": (why, 2), "beland@mission.example": (why, 1)}
        # It is recorded for each session and once for all, and the announcement that it is late ends.
        entries = AuditEntry.objects.filter(by=world.officer, pk__gt=before).order_by("pk")
        actions = list(entries.values_list("action", flat=True))
        assert actions == ["agenda.move", "agenda.move", "agenda.release", "agenda.retime"]
        assert DelayNotice.objects.get().ended_by == world.officer

    def test_the_draft_keeps_the_room_that_only_it_has(self, world: World) -> None:
        room = f.RoomFactory(venue__summit=world.summit, name="Annex")
        Session.objects.filter(pk=world.talks.pk).update(room=room)
        world.retime()
        world.talks.refresh_from_db()
        assert (f"{world.talks.starts_at:%H:%M}", world.talks.room) == ("13:25", room)

    def test_the_draft_keeps_the_time_of_what_only_gets_another_room(self, world: World) -> None:
        room = f.RoomFactory(venue__summit=world.summit, name="Annex")
        drafted = world.lunch.starts_at + 5 * MINUTE
        Session.objects.filter(pk=world.lunch.pk).update(starts_at=drafted)
        place = retiming_preview.placement_at(retiming_preview.current(world.summit)[1][world.lunch.pk])
        place = replace(place, room_key=room.public_id, room_name=room.name, venue_name=room.venue.name)
        world.retime(placements={world.lunch.pk: place})
        world.lunch.refresh_from_db()
        assert (world.lunch.starts_at, world.lunch.room) == (drafted, room)
        assert world.times()["Lunch"] == "13:00"

    def test_a_time_that_only_the_draft_has_is_replaced_and_the_preview_says_so(self, world: World) -> None:
        Session.objects.filter(pk=world.talks.pk).update(ends_at=world.talks.ends_at + 5 * MINUTE)
        assert [move.before.title for move in world.planned().moves if move.draft_differs] == ["Talks"]
        world.retime()
        assert not releases.preview(summit=world.summit).changes
        entry = AuditEntry.objects.get(action="agenda.move", object_key=audit.key_of(world.talks))
        assert "ends_at" in entry.detail["values"]

    def test_only_what_was_previewed_is_released(self, world: World) -> None:
        planned = world.planned()
        world.retime()
        with pytest.raises(releases.DraftChanged, match="released again"):
            world.retime(placements=planned.placements, expected=retiming.digest(planned))
        assert Release.objects.count() == 2

    def test_a_program_keeps_the_released_room_unless_it_gives_another(self, world: World) -> None:
        room = f.RoomFactory(venue=f.VenueFactory(summit=world.summit), name="Not released")
        Session.objects.filter(pk=world.plenary.pk).update(room=room)
        row = Session.objects.select_related("summit", "room").get(pk=world.plenary.pk)
        times = {"starts_at": row.starts_at, "ends_at": row.ends_at + 5 * MINUTE}
        chosen = {**times, "follow": True, "shorten_breaks": True}
        asked: tuple[dict[str, Any], ...] = (chosen, {**chosen, "room": room}, {**chosen, "room": None})
        rooms = [_preview(row, values).placements[row.pk].room_name for values in asked]
        assert rooms == ["", "Not released", ""]

    def test_an_end_before_the_start_is_refused_and_who_doesnt_run_the_day(self, world: World) -> None:
        with pytest.raises(ValidationError, match="Enter an end after the start"):
            world.retime(placements=world.longer(-60))
        refuses(PermissionDenied, world.retime, by=f.UserFactory.with_role(Role.VIEWER, world.summit))


class TestJoined:
    """The first message leaves at once; the next one within two minutes waits, and says both."""

    def _again(self, world: World) -> Message:
        world.retime()
        Message.objects.filter(address="aland@mission.example").update(state=MessageState.SENT, sent_at=db_now())
        world.retime(placements=world.planned(asked=world.longer(10)).placements)
        return Message.objects.get(address="aland@mission.example", version=3)

    def test_a_second_message_waits_for_two_minutes(self, world: World) -> None:
        message = self._again(world)
        sent_at = Message.objects.get(address="aland@mission.example", version=2).sent_at
        assert sent_at is not None
        assert message.next_attempt_at == sent_at + agenda_changes.JOINED
        # Nobody has got the first one of these: it is joined with the second, which leaves at once.
        other = Message.objects.get(address="beland@mission.example", version=3)
        assert (other.facts["since"], other.next_attempt_at <= db_now()) == (1, True)

    def test_without_joining_it_leaves_at_once(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(agenda_changes, "join", lambda summit, drafts: None)
        assert self._again(world).next_attempt_at <= db_now()


class TestDecided:
    def test_each_conflict_is_decided_and_none_skipped(self, world: World) -> None:
        planned = world.planned(staying=[world.talks.pk])
        assert [(each.kind, each.words, each.number) for each in planned.conflicts] == [("head", "Head of Aland", 1)]
        refuses(ConflictUndecided, world.retime, placements=planned.placements, match="Decide 1 more conflict")
        made = world.retime(placements=planned.placements, accepted=[each.key for each in planned.conflicts])
        sessions = [world.plenary.public_id, world.talks.public_id]
        assert made.accepted == [{"kind": "head", "sessions": sessions, "number": 1}]

    def test_a_conflict_that_was_there_before_is_none_of_the_new_times(self, world: World) -> None:
        # Lunch and talks are at the same time, with another delegation in each; give them the same head.
        f.ParticipantFactory(session=world.lunch, party=world.parties["Aland"], level="head")
        releases.release(summit=world.summit, by=world.organiser)
        planned = world.planned(asked=world.longer(-5))
        assert (len(planned.moves), planned.conflicts) == (1, [])

    def test_what_cant_move_is_shown(self, world: World) -> None:
        at = world.talks.starts_at
        said = []
        for kind, values in (
            (FixedPointKind.LEAVES, {"party": world.parties["Aland"], "at": at + 20 * MINUTE}),
            (FixedPointKind.KITCHEN, {"session": world.talks, "at": at + 25 * MINUTE}),
            (FixedPointKind.BROADCAST, {"session": world.talks, "at": at}),
        ):
            point = f.FixedPointFactory(summit=world.summit, kind=kind, **values)
            said.append([each.label for each in world.planned().conflicts])
            point.delete()
        assert said == [["Aland: must leave by 13:20"], [], ["Broadcast at 13:00: Talks"]]


class TestConsent:
    @pytest.fixture(autouse=True)
    def pinned(self, world: World) -> None:
        Session.objects.filter(pk=world.plenary.pk).update(pinned=True)

    def test_pinned_sessions_wait_for_an_organiser(self, world: World) -> None:
        assert world.planned().consent == ["Pinned: “Plenary”"]
        waiting = world.retime()
        assert (waiting.state, Release.objects.count()) == (RetimingState.WAITING, 1)
        refuses(PermissionDenied, retiming.approve, retiming=waiting, by=world.officer)
        approved = retiming.approve(retiming=waiting, by=world.organiser)
        assert (approved.state, world.times()["Talks"]) == (RetimingState.RELEASED, "13:25")
        refuses(AlreadyDecided, retiming.decline, retiming=approved, by=world.organiser, match="released")

    def test_organisers_are_asked_at_once_by_mail_and_on_their_home(self, world: World) -> None:
        home = f"/admin/?summit={world.summit.slug}"
        desk = sign_in(world.summit, Role.ORGANISER)
        asked = "1 proposal of new times waits for your consent."
        assert asked not in desk.get(home).content.decode()
        waiting = world.retime(reason="The plenary runs over")
        mail = Message.objects.get(kind=NEW_TIMES_CONSENT.name, recipient_key=f"user:{world.organiser.public_id}")
        body = NEW_TIMES_CONSENT.render(mail).text
        assert ("Plenary" in body, "The plenary runs over" in body, "/admin/agenda/session/day/" in body) == (
            True,
        ) * 3
        assert asked in desk.get(home).content.decode()
        assert NEW_TIMES_CONSENT.why_withdrawn(mail) == ""
        retiming.decline(retiming=waiting, by=world.organiser)
        assert NEW_TIMES_CONSENT.why_withdrawn(mail) == because(DECIDED)
        assert asked not in desk.get(home).content.decode()

    def test_an_organiser_needs_nobody_elses(self, world: World) -> None:
        assert world.retime(by=world.organiser).state == RetimingState.RELEASED

    def test_tomorrow_needs_it(self, world: World) -> None:
        Session.objects.update(pinned=False)
        old = retiming_preview.current(world.summit)[1][world.plenary.pk]
        day = timedelta(days=1)
        planned = world.planned(asked={world.plenary.pk: placement_at(old, start=day, end=day)})
        assert planned.consent == ["Not today: “Plenary”"]

    def test_declined_times_change_nothing(self, world: World) -> None:
        declined = retiming.decline(retiming=world.retime(), by=world.organiser)
        assert (declined.state, Release.objects.count()) == (RetimingState.DECLINED, 1)

    def test_a_release_in_between_makes_it_void(self, world: World) -> None:
        waiting = world.retime()
        Session.objects.filter(pk=world.lunch.pk).update(title="Dinner")
        releases.release(summit=world.summit, by=world.organiser)
        refuses(releases.DraftChanged, retiming.approve, retiming=waiting, by=world.organiser)


@pytest.fixture
def desk(world: World) -> Client:
    return sign_in(world.summit, Role.CONFERENCE_OFFICER)


def page(row: Session) -> str:
    return reverse("admin:agenda_session_retime", args=[row.pk])


def moves(response: Any) -> dict[str, tuple[str, str]]:
    return {
        each.after.title: (f"{each.after.starts_at:%H:%M}", f"{each.after.ends_at:%H:%M}")
        for each in response.context["planned"].moves
    }


class TestPage:
    @pytest.mark.slow("previews new times nine times")
    def test_each_way_says_what_follows_and_what_cant_be_read(self, world: World, desk: Client) -> None:
        day = f"{world.plenary.starts_at:%d/%m/%Y}"
        asked: dict[str, tuple[dict[str, str], dict[str, tuple[str, str]]]] = {
            "longer": ({"by": "25"}, {"Plenary": ("12:00", "13:25"), "Talks": ("13:25", "13:55")}),
            "later": ({"at": "12:10"}, {"Plenary": ("12:10", "13:10"), "Talks": ("13:10", "13:40")}),
            "postpone": ({"to-day": day, "to-clock": "15:00"}, {"Plenary": ("15:00", "16:00")}),
            "swap": ({"with": world.talks.public_id}, {"Plenary": ("13:00", "14:00"), "Talks": ("12:00", "12:30")}),
        }
        for way, (values, expected) in asked.items():
            assert moves(desk.get(page(world.plenary), {"way": way, **values})) == expected, way
        for wrong, said in (
            ({"way": "longer", "by": "many"}, "Enter a number of minutes."),
            ({"way": "longer", "at": "late"}, "Enter a time such as 14:30."),
            ({"way": "longer", "by": "-90"}, "that leave the session a length"),
            ({"way": "postpone", "to-clock": "tea"}, "Enter the new day and time"),
            ({"way": "longer", "by": "25", f"start-{world.talks.public_id}": "noon"}, "enter a time such as 14:30"),
        ):
            response = desk.get(page(world.plenary), wrong)
            assert (response.context["planned"], said in response.content.decode()) == (None, True), wrong

    def test_a_session_that_follows_gets_another_time_or_stays(self, world: World, desk: Client) -> None:
        key = world.talks.public_id
        asked = {"way": "longer", "by": "25", f"start-{key}": "14:10", f"was-{key}": "13:25"}
        assert moves(desk.get(page(world.plenary), asked))["Talks"] == ("14:10", "14:40")
        stays = desk.get(page(world.plenary), {"way": "longer", "by": "25", "stay": key})
        assert moves(stays).keys() == {"Plenary"}
        assert [each.kind for each in stays.context["planned"].conflicts] == ["head"]

    def test_one_that_isnt_released_is_moved_in_the_draft(self, world: World, desk: Client) -> None:
        row = world._at(world.plenary.starts_at, 30, title="New")
        answer = desk.get(page(row), follow=True)
        assert "isn’t released yet" in answer.content.decode()


class TestReleasePage:
    def _post(self, world: World, desk: Client, **values: Any) -> Any:
        asked = {"way": "longer", "by": "25", **values}
        expected = desk.get(page(world.plenary), asked).context["expected"]
        return desk.post(page(world.plenary), {"expected": expected, **asked}, follow=True)

    def test_what_follows_is_shown_again_without_a_secret_in_the_address(self, world: World, desk: Client) -> None:
        typed = {f"start-{world.talks.public_id}": "15:00", f"was-{world.talks.public_id}": "13:25"}
        shown = desk.post(page(world.plenary), {"way": "longer", "by": "25", "look": "1", **typed})
        assert (moves(shown)["Talks"], Release.objects.count()) == (("15:00", "15:30"), 1)
        assert 'formmethod="get"' not in shown.content.decode()

    def test_a_blocked_conflict_is_not_offered_and_named(self, world: World, desk: Client) -> None:
        ConflictPolicy.objects.create(summit=world.summit, rule="head", action="block")
        asked = {"way": "longer", "by": "25", "stay": world.talks.public_id}
        shown = desk.get(page(world.plenary), asked)
        assert 'name="accept"' not in shown.content.decode()
        (conflict,) = shown.context["planned"].conflicts
        accepted = {"accept": conflict.key, "expected": shown.context["expected"]}
        refused = text(desk.post(page(world.plenary), {**asked, **accepted}))
        assert re.search(r"“Plenary” \(.*12:00–13:25 .+\), “Talks” \(.*13:00–13:30 .+\)\. Conflicts of", refused)
        assert Release.objects.count() == 1

    @pytest.mark.slow("previews and releases new times")
    def test_it_is_released_and_leads_to_the_day(self, world: World, desk: Client) -> None:
        # A time that was typed after the preview is shown first.
        typed = {f"start-{world.talks.public_id}": "15:00", f"was-{world.talks.public_id}": "13:25"}
        asked = {"way": "longer", "by": "25"}
        expected = desk.get(page(world.plenary), asked).context["expected"]
        answer = desk.post(page(world.plenary), {**asked, "expected": expected, **typed})
        assert ("Check the new times" in answer.content.decode(), Release.objects.count()) == (True, 1)
        answer = self._post(world, desk, reason="The plenary runs over")
        assert "New times released as agenda 2." in answer.content.decode()
        assert answer.redirect_chain[-1][0].startswith(reverse("admin:agenda_session_day"))
        assert (Release.objects.get(number=2).note, world.times()["Talks"]) == ("The plenary runs over", "13:25")

    @pytest.mark.slow("releases new times twice")
    def test_the_way_back_is_previewed_and_released(self, world: World, desk: Client) -> None:
        before = world.times()
        world.retime()
        day = desk.get(f"{reverse('admin:agenda_session_day')}?summit={world.summit.slug}")
        ((row, titles, back, _stays),) = day.context["retimed"]
        assert titles == ["Plenary", "Talks"]
        shown = desk.get(back)
        assert moves(shown) == {"Plenary": ("12:00", "13:00"), "Talks": ("13:00", "13:30")}
        asked = {"way": "back", "back": row.public_id, "expected": shown.context["expected"]}
        answer = desk.post(page(world.plenary), asked, follow=True)
        assert "New times released as agenda 3." in answer.content.decode()
        assert world.times() == before
        refused = desk.get(back)
        assert refused.context["planned"] is None
        assert "These sessions have other times by now." in refused.content.decode()

    def test_consent_is_asked_for_and_given_in_one_touch(self, world: World, desk: Client) -> None:
        Session.objects.filter(pk=world.plenary.pk).update(pinned=True)
        assert "An organiser has been asked for consent." in self._post(world, desk).content.decode()
        organiser = sign_in(world.summit, Role.ORGANISER)
        day = f"{reverse('admin:agenda_session_day')}?summit={world.summit.slug}"
        shown = organiser.get(day).context["proposals"]
        lines = [[each.replace("\u2060", "") for each in line] for line in shown[0].lines]
        assert lines == [["Plenary", "12:00–13:00", "12:00–13:25"], ["Talks", "13:00–13:30", "13:25–13:55"]]
        organiser.post(reverse("admin:agenda_retiming_approve", args=[shown[0].row.pk]))
        assert Retiming.objects.get().state == RetimingState.RELEASED


DAY = datetime(2025, 7, 9, tzinfo=UTC)


def at(hour: int, minute: int = 0) -> datetime:
    return DAY + timedelta(hours=hour, minutes=minute)


def person(key: int) -> ParticipantSnapshot:
    return ParticipantSnapshot(ReleasedRole.PARTICIPANT, None, key, "", f"Person {key}", "")


def snapshot(
    key: int, starts_at: datetime, ends_at: datetime, *people: int, room: str = "", **values: str
) -> Snapshot:
    given = {"kind": SessionKind.WORKING_SESSION, "title": f"Session {key}", "summary": "", "visibility": "public"}
    return Snapshot(
        key=f"s{key}",
        session_id=key,
        sequence=1,
        starts_at=starts_at,
        ends_at=ends_at,
        room_name=room,
        room_key=room,
        venue_name="House" if room else "",
        places=tuple(person(each) for each in people),
        **{**given, **values},
    )


def circumstances(
    lead: Mapping[int, tuple[timedelta, timedelta]] | None = None, hours: tuple[time, time] | None = None
) -> Circumstances:
    rooms = {name: Seats(None, *(hours or (None, None))) for name in ("Blue", "Red")}
    days = {"starts_on": DAY.date(), "ends_on": DAY.date()}
    people: dict[str, Any] = {"heads": {}, "members": {}, "in_category": {}, "party_of": {}, "stays": {}}
    return Circumstances(zone=ZoneInfo("UTC"), rooms=rooms, lead=dict(lead or {}), signed_up={}, **days, **people)


def agenda_of(*sessions: Snapshot) -> Agenda:
    return {session.session_id: session for session in sessions}


def longer(session: Snapshot, minutes: int) -> dict[int, Placement]:
    place = placement_of(session)
    end = session.ends_at + timedelta(minutes=minutes)
    return {session.session_id: Placement(place.starts_at, end, place.room_key, place.room_name, place.venue_name)}


def times(found: Cascade) -> dict[int, tuple[str, str]]:
    return {key: (f"{each.starts_at:%H:%M}", f"{each.ends_at:%H:%M}") for key, each in found.moves.items()}


PLENARY = snapshot(1, at(10), at(11, 20), 1, 2, room="Blue")


def follow(*sessions: Snapshot, minutes: int = 25, **more: Any) -> Cascade:
    """Return what follows where the plenary takes so many minutes more."""
    given = {"about": circumstances(), **more}
    return cascade(agenda_of(PLENARY, *sessions), longer(PLENARY, minutes), **given)


class TestWhatFollows:
    def test_sessions_of_the_same_people_and_room_move_only_as_far_as_they_must(self) -> None:
        talks = snapshot(2, at(11, 30), at(12), 1)
        lunch = snapshot(3, at(12, 30), at(13, 30), 1, 2)
        in_the_room = snapshot(4, at(11, 20), at(11, 50), 7, room="Blue")
        elsewhere = snapshot(5, at(11, 30), at(12), 9, room="Red")
        found = follow(talks, lunch, in_the_room, elsewhere)
        # The plenary ends at 11:45. The break before lunch takes what is left of the delay.
        assert times(found) == {1: ("10:00", "11:45"), 4: ("11:45", "12:15"), 2: ("11:45", "12:15")}
        assert found.met == {4: 1, 2: 1}

    def test_set_up_and_clear_down_count(self) -> None:
        lead = {1: (timedelta(), timedelta(minutes=5)), 2: (timedelta(minutes=10), timedelta())}
        found = follow(snapshot(2, at(11, 40), at(12), 7, room="Blue"), about=circumstances(lead))
        assert times(found)[2] == ("12:00", "12:20")

    def test_a_break_gives_way_and_keeps_ten_minutes(self) -> None:
        pause = snapshot(2, at(11, 20), at(11, 50), 1, kind=SessionKind.BREAK)
        after = snapshot(3, at(11, 50), at(12, 30), 1)
        shorter, shortest = (times(follow(pause, after, minutes=minutes)) for minutes in (15, 25))
        assert shorter == {1: ("10:00", "11:35"), 2: ("11:35", "11:50")}
        assert shortest == {1: ("10:00", "11:45"), 2: ("11:45", "11:55"), 3: ("11:55", "12:35")}
        kept = follow(pause, after, minutes=15, shorten_breaks=False)
        assert times(kept)[3] == ("12:05", "12:45")

    def test_what_is_pinned_asked_for_earlier_or_of_another_day_stays(self) -> None:
        talks = snapshot(2, at(11, 30), at(12), 1)
        pinned = follow(talks, pinned=[2])
        assert (times(pinned).keys(), pinned.stays) == ({1}, {2: 1})
        asked = {**longer(PLENARY, 25), 2: placement_of(talks)}
        assert times(cascade(agenda_of(PLENARY, talks), asked, about=circumstances())).keys() == {1}
        earlier, tomorrow = snapshot(2, at(9), at(10), 1, 2), snapshot(3, at(24 + 1), at(24 + 2), 1, 2)
        assert times(follow(earlier, tomorrow, minutes=900)).keys() == {1}
