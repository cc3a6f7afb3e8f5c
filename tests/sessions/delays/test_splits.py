"""A session that is split on the day: what both parts have, what is released, and what is refused."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from sessions.agenda.models.releases import Release
from sessions.agenda.selectors.release_scopes import Placement, Split
from sessions.agenda.selectors.released_snapshots import released
from sessions.agenda.selectors.snapshots import Snapshot
from sessions.conflicts.models import ConflictPolicy
from sessions.delays.models import Retiming, RetimingState
from sessions.delays.selectors import retiming_preview, splits
from sessions.delays.selectors.retiming_preview import placement_at
from sessions.delays.services import retiming
from sessions.delays.services.retiming import ConflictUndecided
from sessions.draft.models.participants import FloorRequest, Slot
from sessions.draft.models.sessions import Interpretation, Session, SessionText
from sessions.draft.models.signups import SignUp
from sessions.draft.services import cancel_and_move
from sessions.presence.models import Representation
from sessions.presence.services import representation
from sessions.releases.services import releases
from sessions.speakers.models import SpeechRun, SpeechState
from sessions.speakers.selectors import RunningSpeech
from sessions.speakers.services.speakers_list import SpeakersRefused
from summit.audit.models import AuditEntry
from summit.core.database_clock import db_now
from summit.people.models import Person
from summit.permissions.models import Role
from tests import factories as f
from tests.clients import signed_in
from tests.delegations.helpers import refuses, sign_in
from tests.module_fixtures import once_a_module
from tests.sessions.delays.test_retiming import MINUTE, World
from tests.summit.api.conftest import program

pytestmark = pytest.mark.django_db


class SplitWorld(World):
    """The same day. The plenary is open for sign-up; A has spoken, and C comes before B. All of it is released."""

    def __init__(self) -> None:
        super().__init__()
        room = f.RoomFactory(venue=f.VenueFactory(summit=self.summit, name="Palace"), name="Great Hall", capacity=90)
        Session.objects.filter(pk=self.plenary.pk).update(
            room=room,
            visibility="public",
            sign_up=True,
            requests_until=db_now() + timedelta(hours=3),
            opening=5,
            capacity=1,
        )
        ConflictPolicy.objects.create(summit=self.summit, rule="seats", action="ignore")
        SessionText.objects.create(session=self.plenary, language="fr", title="Plénière")
        Interpretation.objects.create(session=self.plenary, source="en", target="fr", booth="B1")
        self.slots: dict[str, Slot] = {}
        for place, name in enumerate("ABC"):
            person = f.PersonFactory(summit=self.summit, name=name, office="")
            self.slots[name] = f.SlotFactory(session=self.plenary, speaker=person, position=place, minutes=10)
        self._run("A", SpeechState.DELIVERED)
        self._run("C", SpeechState.WAITING, place=0.5)
        asking = f.PersonFactory(summit=self.summit, name="Asking", office="")
        FloorRequest.objects.create(session=self.plenary, party=self.parties["Celand"], speaker=asking)
        for name, state in (("Guest", "place"), ("Late guest", "waiting")):
            person = f.PersonFactory(summit=self.summit, name=name, office="")
            f.MembershipFactory(party=self.parties["Beland"], person=person)
            f.SignUpFactory(session=self.plenary, person=person, state=state)
        releases.release(summit=self.summit, by=self.organiser)
        self.plenary.refresh_from_db()

    def _run(self, name: str, state: SpeechState, place: float | None = None) -> None:
        SpeechRun.objects.create(slot=self.slots[name], session=self.plenary, state=state, place=place)

    def halves(self, *, end: int = 30, on: int = 180, until: int = 210, speeches: str = "CB") -> dict[str, Any]:
        """Return what a split gives: the minutes after noon at which the parts end and begin."""
        noon = self.plenary.starts_at
        old = retiming_preview.current(self.summit)[1][self.plenary.pk]
        second = Placement(noon + on * MINUTE, noon + until * MINUTE, old.room_key, old.room_name, old.venue_name)
        return {
            "placements": {self.plenary.pk: placement_at(old, end=(end - 60) * MINUTE)},
            "split": Split(
                self.plenary.pk, second, self.summit.language, tuple(self.slots[name].public_id for name in speeches)
            ),
        }

    def previewed(self, **values: Any) -> retiming_preview.RetimingPreview:
        given = self.halves(**values)
        return retiming_preview.preview(summit=self.summit, asked=given["placements"], split=given["split"])

    def conflicts(self, given: dict[str, Any]) -> list[str]:
        """Return the keys of the conflicts that a split makes where nothing follows."""
        asked = {"asked": given["placements"], "split": given["split"]}
        planned = retiming_preview.preview(summit=self.summit, follow=False, **asked)
        return [each.key for each in planned.conflicts]

    def split(self, **values: Any) -> Retiming:
        return self.retime(**{**self.halves(), **values})

    def newest(self) -> dict[str, Snapshot]:
        """Return the sessions of the newest release by their titles."""
        number = Release.objects.filter(summit=self.summit).order_by("-number")[0].number
        return {each.title: each for each in released(self.summit, [number])[number].values()}

    def second(self) -> Session:
        return Session.objects.filter(summit=self.summit).order_by("-pk")[0]


@once_a_module
def world() -> SplitWorld:
    return SplitWorld()


def _span(session: Snapshot | Session) -> str:
    return f"{session.starts_at:%H:%M}-{session.ends_at:%H:%M}"


def _names(session: Snapshot) -> list[str]:
    return [place.label for place in session.places]


class TestBothParts:
    def test_the_release_has_both_and_nothing_else_of_the_draft(self, world: SplitWorld) -> None:
        before = world.newest()
        Session.objects.filter(pk=world.plenary.pk).update(title="Secret plan", summary="Secret")
        Session.objects.filter(pk=world.lunch.pk).update(title="Secret lunch")
        made = world.split(reason="The chair must leave")
        after = world.newest()
        assert (made.state, made.split["part"]) == (RetimingState.RELEASED, world.second().public_id)
        assert {title: _span(each) for title, each in after.items()} == {
            **{"Plenary": "12:00-12:30", "Plenary (continued)": "15:00-15:30"},
            **{"Talks": "13:00-13:30", "Lunch": "13:00-14:00"},
        }
        first, second = after["Plenary"], after["Plenary (continued)"]
        assert (_names(first), _names(second)) == (["A", "Aland", "Beland"], ["C", "B", "Aland", "Beland"])
        assert second.texts == (("fr", "Plénière (suite)", ""),)
        same = ("kind", "visibility", "room_key", "languages", "sign_up", "media", "capacity")
        assert [getattr(second, name) for name in same] == [getattr(before["Plenary"], name) for name in same]
        # Nobody's speech begins after an opening once more.
        assert (first.opening, second.opening) == (5, None)
        assert after["Talks"].fingerprint == before["Talks"].fingerprint
        changed = {each.session.title for each in releases.preview(summit=world.summit).changes}
        assert changed == {"Secret plan", "Secret plan (continued)", "Secret lunch"}
        actions = list(AuditEntry.objects.filter(by=world.officer).order_by("pk").values_list("action", flat=True))
        assert actions == [
            *("agenda.move", "agenda.session.add", "agenda.texts", "agenda.interpretation", "agenda.participants"),
            *("agenda.speakers.continue", "agenda.signup.add", "agenda.signup.add", "agenda.split"),
            *("agenda.release", "agenda.retime"),
        ]

    def test_the_draft_has_what_was_released(self, world: SplitWorld) -> None:
        party = world.parties["Aland"]
        deputy = f.MembershipFactory(party=party, person__name="Deputy").person
        representation.represent(session=world.plenary, party=party, person=deputy, by=world.officer)
        world.split()
        first, second = Session.objects.get(pk=world.plenary.pk), world.second()
        assert (first.title, _span(first)) == ("Plenary", "12:00-12:30")
        assert (second.title, _span(second)) == ("Plenary (continued)", "15:00-15:30")
        assert (second.room_id, second.pinned, second.opening) == (world.plenary.room_id, False, None)
        assert releases.preview(summit=world.summit).changes == []
        assert (first.requests_until, second.requests_until) == (None, world.plenary.requests_until)
        assert FloorRequest.objects.get().session == second
        rows = Slot.objects.order_by("session", "position").values_list("speaker__name", "session", "position")
        assert list(rows) == [("A", first.pk, 0), ("C", second.pk, 0), ("B", second.pk, 1)]
        runs = SpeechRun.objects.order_by("slot").values_list("slot__speaker__name", "session", "place")
        assert list(runs) == [("A", first.pk, None), ("C", second.pk, None)]
        # Who signed up keeps the place or the number in both, and a delegation is represented by the same person.
        signed_up = SignUp.objects.order_by("signed_up_at", "pk")
        of_first, of_second = (
            list(signed_up.filter(session=part).values_list("person__name", "state", "signed_up_at"))
            for part in (first, second)
        )
        assert [row[:2] for row in of_first] == [("Guest", "place"), ("Late guest", "waiting")]
        assert of_second == of_first
        represented = Representation.objects.filter(session=second, taken_back_at=None)
        assert list(represented.values_list("party__name", "person__name")) == [("Aland", "Deputy")]


class TestPreview:
    def test_each_conflict_of_the_second_part_is_decided(self, world: SplitWorld) -> None:
        given = world.halves(on=65, until=95)
        refuses(ConflictUndecided, world.split, match="Decide 1 more conflict", **given)
        made = world.split(**given, accepted=world.conflicts(given))
        sessions = [world.talks.public_id, world.second().public_id]
        assert made.accepted == [{"kind": "head", "sessions": sessions, "number": 1}]

    def test_speeches_move_that_arent_over_by_the_end(self) -> None:
        noon = db_now()
        line = [
            RunningSpeech(Slot(minutes=10, speaker=Person(name=name)), None, begins=noon + begins * MINUTE)
            for name, begins in (("A", 0), ("B", 10), ("C", 20))
        ]
        moved = [each.slot.speaker.name for each in splits.not_given_by(line, noon + 19 * MINUTE)]
        assert (moved, splits.not_given_by(line, noon + 30 * MINUTE)) == (["B", "C"], [])


class TestRefused:
    def test_what_cant_be_split(self, world: SplitWorld) -> None:
        for end, on, until in ((30, 29, 60), (30, 60, 60), (0, 60, 90)):
            with pytest.raises(ValidationError):
                world.split(**world.halves(end=end, on=on, until=until))
        with pytest.raises(SpeakersRefused, match="A no longer waits to speak"):
            world.split(**world.halves(speeches="ACB"))
        refuses(PermissionDenied, world.split, by=f.UserFactory.with_role(Role.VIEWER, world.summit))
        Session.objects.filter(pk=world.plenary.pk).update(cancelled_at=db_now())
        refuses(releases.DraftChanged, world.split)
        assert (Session.objects.count(), Release.objects.count()) == (3, 2)

    def test_a_room_that_is_taken_and_blocked(self, world: SplitWorld) -> None:
        Session.objects.filter(pk=world.lunch.pk).update(room=world.plenary.room_id)
        releases.release(summit=world.summit, by=world.organiser)
        ConflictPolicy.objects.create(summit=world.summit, rule="room", action="block")
        given = world.halves(on=90, until=120)
        with pytest.raises(ValidationError, match=r"“Lunch” \(.+\), “Plenary \(continued\)” \(.+13:30.+\)\. Con"):
            world.split(**given, accepted=world.conflicts(given))
        # The second part may take the room as soon as the first one leaves it.
        assert world.split(**world.halves(end=30, on=30, until=60)).state == RetimingState.RELEASED


def test_the_second_part_is_made_once_an_organiser_consents(world: SplitWorld) -> None:
    Session.objects.filter(pk=world.plenary.pk).update(pinned=True)
    assert world.previewed(end=60).consent == ["Pinned: “Plenary (continued)”"]
    retiming.decline(retiming=world.split(), by=world.organiser)
    waiting = world.split()
    assert (waiting.state, Session.objects.count(), Release.objects.count()) == (RetimingState.WAITING, 3, 2)
    day = f"{reverse('admin:agenda_session_day')}?summit={world.summit.slug}"
    [shown] = signed_in(world.organiser).get(day).context["proposals"]
    assert [line[0] for line in shown.lines] == ["Plenary", "Plenary (continued)"]
    approved = retiming.approve(retiming=waiting, by=world.organiser)
    assert approved.state == RetimingState.RELEASED
    assert _names(world.newest()["Plenary (continued)"]) == ["C", "B", "Aland", "Beland"]


class TestInterfaces:
    def _asked(self, world: SplitWorld, *, end: int = 30, on: int = 180, **values: str) -> dict[str, str]:
        """Return what the form sends: the times are minutes after the plenary's start."""
        starts_at = world.plenary.starts_at.astimezone(world.summit.zone)
        times = {name: f"{starts_at + minutes * MINUTE:%H:%M}" for name, minutes in (("end", end), ("on", on))}
        return {"way": "split", "from": "none", **times, **values}

    @pytest.mark.slow("previews a split six times")
    def test_the_page_previews_and_splits(self, world: SplitWorld) -> None:
        desk = sign_in(world.summit, Role.CONFERENCE_OFFICER)
        page = reverse("admin:agenda_session_retime", args=[world.plenary.pk])
        wrong: tuple[tuple[dict[str, Any], str], ...] = (
            ({"until": "tea"}, "Enter when the session ends and when it continues, such as 14:30."),
            ({"on": 10}, "The second part can’t start before the first one ends."),
            ({"end": -60}, "Enter an end after the start."),
            ({"end": 90}, "Enter when the second part ends."),
        )
        for values, said in wrong:
            shown = desk.get(page, self._asked(world, **values))
            assert (shown.context["planned"], shown.context["change"].errors) == (None, [said])
        asked = self._asked(world, **{"from": world.slots["C"].public_id})
        shown = desk.get(page, asked)
        assert [each.slot.speaker.name for each in shown.context["change"].moving] == ["C", "B"]
        sent = {**asked, **shown.context["split_values"], "expected": shown.context["expected"]}
        answer = desk.post(page, sent, follow=True)
        assert "New times released as agenda 3." in answer.content.decode()
        assert _span(world.second()) == "15:00-15:30"

    @pytest.mark.slow("releases three times")
    def test_the_former_times_are_refused_until_the_second_part_is_cancelled(self, world: SplitWorld) -> None:
        made, second = world.split(), world.second()
        desk = sign_in(world.summit, Role.CONFERENCE_OFFICER)
        page = reverse("admin:agenda_session_retime", args=[world.plenary.pk])
        day = f"{reverse('admin:agenda_session_day')}?summit={world.summit.slug}"
        ((_row, titles, back, stays),) = desk.get(day).context["retimed"]
        assert (titles, back) == (["Plenary (continued)"], "")
        assert re.match(r"“Plenary \(continued\)” \(.*15:00–15:30 .* time\) stays, with its speeches", stays)
        shown = desk.get(page, {"way": "back", "back": made.public_id})
        assert (shown.context["planned"], shown.context["change"].errors) == (None, [stays])
        cancel_and_move.cancel(session=second, by=world.organiser)
        releases.release(summit=world.summit, by=world.organiser)
        ((_row, titles, back, stays),) = desk.get(day).context["retimed"]
        assert (titles, stays) == (["Plenary"], "")
        sent = {"way": "back", "back": made.public_id, "expected": desk.get(back).context["expected"]}
        desk.post(page, sent)
        plenary = world.newest()["Plenary"]
        assert (plenary.starts_at, plenary.ends_at) == (world.plenary.starts_at, world.plenary.ends_at)

    def test_a_program_splits_with_the_new_times(self, world: SplitWorld) -> None:
        asks = program(world.officer)
        noon = world.plenary.starts_at
        path = f"summits/{world.summit.slug}/desk/sessions/{world.plenary.public_id}"
        start, end, on, until = ((noon + minutes * MINUTE).isoformat() for minutes in (0, 30, 180, 210))
        second = {"starts_at": on, "ends_at": until, "speeches": [world.slots["B"].public_id]}
        sent = {"starts_at": start, "ends_at": end, "split": second}
        shown = asks.post(f"{path}/preview-retime/", sent).json()
        assert shown["speeches"] == [world.slots["B"].public_id]
        made = asks.post(f"{path}/retime/", {**sent, "expected": shown["expected"]}).json()
        assert made["split"]["part"] == world.second().public_id
        assert _names(world.newest()["Plenary (continued)"]) == ["B", "Aland", "Beland"]
