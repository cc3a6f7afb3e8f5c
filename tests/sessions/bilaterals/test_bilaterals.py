"""Bilateral meetings: who takes which step, what each side is told, and what nobody else learns."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from delegations.parties.models.parties import Party
from sessions.bilaterals import models, permissions, services
from sessions.bilaterals.models import OPEN, TRANSITIONS, Bilateral, BilateralState, Side
from sessions.bilaterals.selectors import free_times, unplaced
from sessions.bilaterals.services import BilateralRefused
from sessions.conflicts.selectors.warnings import near
from sessions.draft.models.sessions import Session
from sessions.releases.services import releases
from summit.audit.models import AuditEntry
from summit.outbox.message_kinds import KINDS
from summit.outbox.models import Message
from summit.permissions.models import Role
from summit.permissions.rules import seen_rows
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.sessions.conftest import Parties, focal, session

pytestmark = pytest.mark.django_db
TOMORROW = timezone.now().date() + timedelta(days=1)
ASK: dict[str, Any] = {"purpose": "Trade", "minutes": 30, "level": "head1"}


@pytest.fixture
def summit() -> Summit:
    return f.SummitFactory(starts_on=TOMORROW, ends_on=TOMORROW + timedelta(days=1))


@pytest.fixture
def parties(parties: Parties) -> Parties:
    """Three parties that take part, and one that hasn't answered."""
    for party in parties.values():
        f.InvitationFactory(party=party, answered=True)
    invited = f.PartyFactory(summit=parties["Aland"].summit, name="Deland")
    f.InvitationFactory(party=invited, sent=True)
    return {**parties, "Deland": invited}


@pytest.fixture
def people(parties: Parties) -> dict[str, User]:
    return {name: focal(party).user for name, party in parties.items()}


def ask(parties: Parties, people: dict[str, User], **kwargs: Any) -> Bilateral:
    given = {"party": parties["Aland"], "counterpart": parties["Beland"], "by": people["Aland"], **ASK, **kwargs}
    return services.ask(**given)


def told(row: Bilateral) -> list[tuple[str, str]]:
    """Return whom messages about a meeting tell what: the name of the party, and what happened."""
    keys = dict(Party.objects.values_list("public_id", "name"))
    messages = Message.objects.filter(kind="bilateral", facts__bilateral=row.public_id).order_by("pk")
    return [(keys[message.facts["party_key"]], message.facts["what"]) for message in messages]


def at(hour: int, summit: Summit) -> datetime:
    return datetime(TOMORROW.year, TOMORROW.month, TOMORROW.day, hour, tzinfo=summit.zone)


class TestAsking:
    def test_who_may_ask_for_whom(self, parties: Parties, people: dict[str, User], organiser: User) -> None:
        for by in (people["Beland"], f.UserFactory.with_role(Role.PROTOCOL, parties["Aland"].summit)):
            with pytest.raises(PermissionDenied):
                services.ask(party=parties["Aland"], counterpart=parties["Beland"], by=by, **ASK)
        for by in (people["Aland"], organiser):
            row = services.ask(party=parties["Aland"], counterpart=parties["Beland"], by=by, **ASK)
            services.withdraw(bilateral=row, by=by)

    def test_what_is_refused_says_why(self, parties: Parties, people: dict[str, User]) -> None:
        with pytest.raises(BilateralRefused, match="another delegation than your own"):
            ask(parties, people, counterpart=parties["Aland"])
        with pytest.raises(BilateralRefused, match="does not take part"):
            ask(parties, people, counterpart=parties["Deland"])
        with pytest.raises(BilateralRefused, match="Accept the invitation"):
            ask(parties, people, party=parties["Deland"], by=people["Deland"])
        with pytest.raises(ValidationError, match="spoken language"):
            ask(parties, people, language="klingon")
        with pytest.raises(ValidationError):
            ask(parties, people, purpose=" ")
        ask(parties, people)
        with pytest.raises(BilateralRefused, match="already asked this delegation"):
            ask(parties, people)
        with pytest.raises(BilateralRefused, match="Answer its request instead"):
            ask(parties, people, party=parties["Beland"], counterpart=parties["Aland"], by=people["Beland"])
        assert Bilateral.objects.count() == 1

    def test_a_request_that_is_screened_is_nobodys_to_know(
        self, parties: Parties, people: dict[str, User], organiser: User, summit: Summit
    ) -> None:
        services.set_screening(summit=summit, screening=True, by=organiser)
        row = ask(parties, people)
        assert row.state == BilateralState.SCREENING
        assert told(row) == []
        # The other delegation is let ask itself, as if there was no request.
        other = ask(parties, people, party=parties["Beland"], counterpart=parties["Aland"], by=people["Beland"])
        assert seen(people["Beland"], row) is False
        services.refuse(bilateral=row, reason="No time is left.", by=organiser)
        services.withdraw(bilateral=other, by=people["Beland"])
        assert told(row) == [("Aland", "refused")]
        assert seen(people["Beland"], row) is False
        second = services.forward(bilateral=ask(parties, people), by=organiser)
        assert told(second) == [("Beland", "asked")]
        assert seen(people["Beland"], second) is True


def seen(user: User, row: Bilateral) -> bool:
    condition = seen_rows(user, "agenda.bilateral.view", Bilateral, "party__summit")
    return (
        (Bilateral.objects.all() if condition is None else Bilateral.objects.filter(condition))
        .filter(pk=row.pk)
        .exists()
    )


class TestSteps:
    def test_every_state_is_reached_and_left_as_the_table_says(self) -> None:
        reached = {step.target for step in TRANSITIONS.values()} | {BilateralState.SCREENING, BilateralState.ASKED}
        assert reached == set(BilateralState)
        assert {state for step in TRANSITIONS.values() for state in step.sources} == set(OPEN)

    @pytest.mark.parametrize("step", TRANSITIONS)
    def test_a_step_is_taken_by_its_side_from_its_states_alone(
        self, step: str, parties: Parties, people: dict[str, User], organiser: User, summit: Summit
    ) -> None:
        sides = {Side.PARTY: people["Aland"], Side.COUNTERPART: people["Beland"], Side.DESK: organiser}
        given: dict[str, dict[str, Any]] = {
            "propose": {"starts_at": at(10, summit)},
            "refuse": {"reason": "No."},
            "place": {"starts_at": at(10, summit), "room": None},
        }
        take: Callable[..., Bilateral] = getattr(services, step)
        transition = TRANSITIONS[step]
        for state in BilateralState:
            row = in_state(state, parties, summit)
            for side, by in sides.items():
                # The programme desk may also answer for a delegation, such as by telephone.
                if side not in (transition.side, Side.DESK):
                    with pytest.raises(PermissionDenied):
                        take(bilateral=row, by=by, **given.get(step, {}))
            by = sides[transition.side]
            if state in transition.sources:
                assert take(bilateral=row, by=by, **given.get(step, {})).state == transition.target
                assert AuditEntry.objects.filter(action=f"agenda.bilateral.{step}", object_key=row.public_id).exists()
            else:
                with pytest.raises(BilateralRefused, match="Reload the page"):
                    take(bilateral=row, by=by, **given.get(step, {}))
            row.delete()

    def test_the_second_of_two_contrary_steps_is_refused(self, parties: Parties, people: dict[str, User]) -> None:
        row = ask(parties, people)
        services.withdraw(bilateral=row, by=people["Aland"])
        with pytest.raises(BilateralRefused, match="is now “withdrawn”"):
            services.accept(bilateral=row, by=people["Beland"])

    def test_each_side_is_told_once(
        self, parties: Parties, people: dict[str, User], organiser: User, summit: Summit
    ) -> None:
        row = ask(parties, people)
        services.propose(bilateral=row, starts_at=at(10, summit), by=people["Beland"])
        services.agree(bilateral=row, by=people["Aland"])
        services.approve(bilateral=row, by=organiser)
        services.place(bilateral=row, starts_at=at(10, summit), room=None, by=organiser)
        assert told(row) == [
            ("Beland", "asked"),
            ("Aland", "proposed"),
            ("Beland", "accepted"),
            ("Aland", "approved"),
            ("Beland", "approved"),
        ]
        mails = [KINDS[each.kind].render(each) for each in Message.objects.filter(kind="bilateral").order_by("pk")]
        assert mails[0].subject == "Aland asks for a bilateral meeting"
        assert "10:00–10:30 London time" in mails[1].text.replace("\u2060", "")
        assert all("10:00" not in mail.text for mail in mails[2:])
        # The time and the room come once, with the release.
        releases.release(summit=summit, by=organiser)
        changes = Message.objects.filter(kind="agenda_change")
        assert sorted(message.address for message in changes) == sorted(
            people[name].people.get().email for name in ("Aland", "Beland")
        )

    def test_what_is_no_longer_true_is_not_sent(self, parties: Parties, people: dict[str, User]) -> None:
        row = ask(parties, people)
        message = Message.objects.get(kind="bilateral")
        assert KINDS["bilateral"].withdrawn([message]) == {}
        services.withdraw(bilateral=row, by=people["Aland"])
        assert list(KINDS["bilateral"].withdrawn([message])) == [message.pk]


def in_state(state: BilateralState, parties: Parties, summit: Summit) -> Bilateral:
    row: Bilateral = f.BilateralFactory(
        party=parties["Aland"],
        counterpart=parties["Beland"],
        state=state,
        forwarded_at=None if state == BilateralState.SCREENING else timezone.now(),
        proposed_at=at(9, summit) if state == BilateralState.PROPOSED else None,
        reason="No." if state == BilateralState.REFUSED else "",
        session=f.SessionFactory(summit=summit) if state == BilateralState.PLACED else None,
    )
    return row


class TestSecrecy:
    READERS = (Role.ORGANISER, Role.PROGRAMME, Role.PROTOCOL)

    def test_who_knows_of_a_request(
        self,
        parties: Parties,
        people: dict[str, User],
        summit: Summit,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        row = ask(parties, people)
        assert [name for name, user in people.items() if seen(user, row)] == ["Aland", "Beland"]
        desks = {
            role: f.UserFactory.with_role(role, summit) for role in (*self.READERS, Role.PRESS_OFFICER, Role.VIEWER)
        }
        assert [role for role, user in desks.items() if seen(user, row)] == [*self.READERS]
        assert [role for role, user in desks.items() if permissions.can_see_requests(user, summit)] == [*self.READERS]
        services.decline(bilateral=row, by=people["Beland"])
        assert [name for name, user in people.items() if seen(user, row)] == ["Aland", "Beland"]
        # The control: without the predicate, a delegation would see a request before it is forwarded.
        screened = in_state(BilateralState.SCREENING, parties, summit)
        assert Bilateral.objects.visible_to(parties["Beland"]).filter(pk=screened.pk).exists() is False
        monkeypatch.setattr(
            models, "visible_to_parties", lambda keys: models.Q(party__in=keys) | models.Q(counterpart__in=keys)
        )
        assert Bilateral.objects.visible_to(parties["Beland"]).filter(pk=screened.pk).exists() is True


class TestPlacing:
    def test_the_session_has_both_delegations_and_what_they_need(
        self, parties: Parties, people: dict[str, User], organiser: User, summit: Summit
    ) -> None:
        for name, french in (("Aland", "Alande"), ("Beland", "Bélande")):
            f.PartyNameFactory(party=parties[name], language="fr", name=french)
        row = ask(parties, people, language="fr", spray=True)
        services.accept(bilateral=row, by=people["Beland"], language="ar", spray=True)
        room = f.RoomFactory(venue=f.VenueFactory(summit=summit))
        placed = services.place(bilateral=row, starts_at=at(10, summit), room=room, by=organiser)
        made = placed.session
        assert isinstance(made, Session)
        assert (made.kind, made.title, made.room, made.media, made.visibility) == (
            *("bilateral", "Aland – Beland", room, "pooled", "participants"),
        )
        assert (made.starts_at, made.ends_at) == (at(10, summit), at(10, summit) + timedelta(minutes=30))
        places = made.participants.order_by("position")
        assert [(place.party, place.level) for place in places] == [
            (parties["Aland"], "head1"),
            (parties["Beland"], "head1"),
        ]
        assert [(text.language, text.title) for text in made.texts.all()] == [("fr", "Alande – Bélande")]
        assert {(each.source, each.target) for each in made.interpretation.all()} == {("fr", "ar"), ("ar", "fr")}
        assert near(summit, [made]) == []

    def test_a_spray_needs_both_sides(
        self, parties: Parties, people: dict[str, User], organiser: User, summit: Summit
    ) -> None:
        row = ask(parties, people, spray=True)
        services.accept(bilateral=row, by=people["Beland"])
        placed = services.place(bilateral=row, starts_at=at(10, summit), room=None, by=organiser, spray=True)
        assert placed.session is not None
        assert (placed.spray, placed.session.media) == (False, "closed")

    def test_the_tray_has_what_is_approved(
        self, parties: Parties, people: dict[str, User], organiser: User, summit: Summit
    ) -> None:
        row = ask(parties, people)
        services.accept(bilateral=row, by=people["Beland"])
        assert list(unplaced(summit)) == []
        services.approve(bilateral=row, by=organiser)
        assert list(unplaced(summit)) == [row]
        services.place(bilateral=row, starts_at=at(10, summit), room=None, by=organiser)
        assert list(unplaced(summit)) == []

    def test_times_are_offered_at_which_everybody_is_free(
        self, parties: Parties, people: dict[str, User], summit: Summit
    ) -> None:
        venue = f.VenueFactory(summit=summit)
        f.RoomFactory(venue=venue, capacity=3, name="Tiny")
        small, large = (f.RoomFactory(venue=venue, capacity=seats, name=str(seats)) for seats in (4, 40))
        morning = (at(8, summit), at(11, summit))
        row = ask(parties, people, unavailable=[morning])
        session(summit, parties["Beland"], starts_at=at(11, summit), ends_at=at(12, summit))
        session(summit, parties["Celand"], starts_at=at(12, summit), ends_at=at(13, summit), room=small)
        offered = free_times(row)[TOMORROW]
        assert [(time.starts_at, time.room) for time in offered] == [
            (at(12, summit), large),
            (at(13, summit), small),
            (at(14, summit), small),
            (at(15, summit), small),
        ]
        Bilateral.objects.filter(pk=row.pk).update(proposed_at=at(17, summit))
        row.refresh_from_db()
        offered = free_times(row)[TOMORROW]
        assert [time.starts_at for time in offered] == [at(hour, summit) for hour in (17, 16, 18, 15)]
        assert list(free_times(row)) == [TOMORROW, TOMORROW + timedelta(days=1)]

    def test_times_are_offered_in_working_hours_and_only_a_proposal_before_them(
        self, parties: Parties, people: dict[str, User], summit: Summit
    ) -> None:
        venue = f.VenueFactory(summit=summit, opens_at=time(6), closes_at=time(23))
        f.RoomFactory(venue=venue, capacity=4)
        row = ask(parties, people)
        assert [each.starts_at for each in free_times(row)[TOMORROW]] == [at(hour, summit) for hour in (8, 9, 10, 11)]
        later = TOMORROW + timedelta(days=1)
        proposed = at(7, summit) + timedelta(days=1)
        Bilateral.objects.filter(pk=row.pk).update(proposed_at=proposed)
        row.refresh_from_db()
        offered = free_times(row)
        assert list(offered) == [later, TOMORROW]
        assert [each.starts_at - proposed for each in offered[later]] == [timedelta(hours=hour) for hour in range(4)]
        assert offered[TOMORROW][0].starts_at == at(19, summit) + timedelta(minutes=30)
        Bilateral.objects.filter(pk=row.pk).update(proposed_at=proposed - timedelta(hours=2))
        row.refresh_from_db()
        assert free_times(row)[later][0].starts_at == proposed + timedelta(hours=1)
