"""Releasing: what is frozen, who is told what, and that two at once make one history."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from delegations.models import Party
from sessions.domain import differences as domain_differences
from sessions.domain import edits, notices, releases
from sessions.domain.differences import differences
from sessions.domain.drafts import draft
from sessions.domain.released import released
from sessions.models import (
    Release,
    ReleasedSession,
    Session,
    SessionKind,
    Visibility,
)
from summit.models import AuditEntry, Role, Summit, User
from summit.outbox.domain import delivery
from summit.outbox.kinds import always_stands
from summit.outbox.models import Message, MessageState
from tests.factories import (
    START,
    FocalPointFactory,
    MembershipFactory,
    ParticipantFactory,
    PersonFactory,
    RoomFactory,
    SlotFactory,
    UserFactory,
    VenueFactory,
)
from tests.sessions.conftest import fill, session

pytestmark = pytest.mark.django_db
Parties = dict[str, Party]
LATER = START + timedelta(hours=4)


def told(number: int) -> dict[str, list[tuple[str, str]]]:
    """Return what each mailbox is told by a release: (nature, title) of each session."""
    return {
        message.address: [
            (change["nature"], (change["after"] or change["before"])["title"]) for change in message.facts["changes"]
        ]
        for message in Message.objects.filter(kind="agenda_change", version=number).order_by("id")
    }


def move(row: Session, by: User, hours: int = 2) -> None:
    length = row.ends_at - row.starts_at
    start = row.starts_at + timedelta(hours=hours)
    edits.move(session=row, starts_at=start, ends_at=start + length, room=row.room, by=by)
    row.refresh_from_db()


class World:
    """A released agenda: a bilateral of Aland and Beland, a plenary that all may know of, one for organisers."""

    def __init__(self, summit: Summit, parties: Parties, organiser: User) -> None:
        self.summit, self.parties, self.by = summit, parties, organiser
        self.room = RoomFactory(venue=VenueFactory(summit=summit, name="House"), name="Blue Room")
        self.other_room = RoomFactory(venue=self.room.venue, name="Red Room")
        self.talks = session(summit, parties["Aland"], parties["Beland"], title="Talks", room=self.room)
        self.plenary = session(summit, parties["Aland"], title="Plenary", visibility=Visibility.PUBLIC)
        self.inside = session(summit, parties["Celand"], title="Inside", visibility=Visibility.ORGANISERS)
        # A minister with an e-mail of her own, and one who is reached through his party's focal point.
        self.minister = PersonFactory(summit=summit, office="Minister", email="minister@celand.example")
        MembershipFactory(party=parties["Celand"], person=self.minister)
        self.adviser = PersonFactory(summit=summit, office="Adviser")
        MembershipFactory(party=parties["Celand"], person=self.adviser)
        self.slot = SlotFactory(session=self.plenary, speaker=self.minister, title="Opening", minutes=10)
        self.release = releases.release(summit=summit, by=organiser, tell=False)

    def update(self, row: Session, **values: Any) -> None:
        Session.objects.filter(pk=row.pk).update(**values)


@pytest.fixture
def world(summit: Summit, parties: Parties, organiser: User) -> World:
    return World(summit, parties, organiser)


A, B, C, MINISTER = (
    "aland@mission.example",
    "beland@mission.example",
    "celand@mission.example",
    "minister@celand.example",
)
CHANGED = [("changed", "Talks")]
PLENARY = [("changed", "Plenary")]
EVERYBODY_AT_PLENARY = {A: PLENARY, C: PLENARY, MINISTER: PLENARY}


def _to_person(world: World) -> None:
    ParticipantFactory(session=world.talks, person=world.adviser)


# What is changed, and who is told what of it; whoever isn't named is told nothing.
TABLE: dict[str, tuple[Callable[[World], object], dict[str, list[tuple[str, str]]]]] = {
    "moved": (lambda w: move(w.talks, w.by), {A: CHANGED, B: CHANGED}),
    "longer": (
        lambda w: w.update(w.talks, ends_at=w.talks.ends_at + timedelta(minutes=30)),
        {A: CHANGED, B: CHANGED},
    ),
    "shorter": (
        lambda w: w.update(w.talks, ends_at=w.talks.ends_at - timedelta(minutes=30)),
        {A: CHANGED, B: CHANGED},
    ),
    "room": (lambda w: w.update(w.talks, room=w.other_room), {A: CHANGED, B: CHANGED}),
    "title": (lambda w: w.update(w.plenary, title="Plenary"), {}),
    "kind": (lambda w: w.update(w.talks, kind=SessionKind.SIGNING), {A: CHANGED, B: CHANGED}),
    "summary": (lambda w: w.update(w.talks, summary="Bring maps."), {A: CHANGED, B: CHANGED}),
    "cancelled": (
        lambda w: edits.cancel(session=w.talks, by=w.by),
        {A: [("cancelled", "Talks")], B: [("cancelled", "Talks")]},
    ),
    "cancelled plenary": (
        lambda w: edits.cancel(session=w.plenary, by=w.by),
        {box: [("cancelled", "Plenary")] for box in (A, C, MINISTER)},
    ),
    "party leaves": (
        lambda w: w.talks.participants.filter(party=w.parties["Beland"]).delete(),
        {A: CHANGED, B: [("gone", "Talks")]},
    ),
    "party joins": (
        lambda w: ParticipantFactory(session=w.talks, party=w.parties["Celand"]),
        {A: CHANGED, B: CHANGED, C: [("added", "Talks")]},
    ),
    "person without mailbox joins": (_to_person, {A: CHANGED, B: CHANGED, C: [("added", "Talks")]}),
    "chair": (
        lambda w: w.talks.participants.filter(party=w.parties["Beland"]).update(role="chair"),
        {A: CHANGED, B: CHANGED},
    ),
    "another speaker": (
        lambda w: type(w.slot).objects.filter(pk=w.slot.pk).update(speaker=w.adviser),
        {A: PLENARY, C: PLENARY, MINISTER: [("gone", "Plenary")]},
    ),
    "speech longer": (lambda w: type(w.slot).objects.update(minutes=20), EVERYBODY_AT_PLENARY),
    "turned confidential": (
        lambda w: w.update(w.talks, visibility=Visibility.ORGANISERS),
        {A: [("gone", "Talks")], B: [("gone", "Talks")]},
    ),
    "opened to all delegations": (
        lambda w: w.update(w.talks, visibility=Visibility.ACCREDITED),
        {A: CHANGED, B: CHANGED},
    ),
    "for organisers alone": (lambda w: move(w.inside, w.by), {}),
    "opened to its participants": (
        lambda w: w.update(w.inside, visibility=Visibility.PARTICIPANTS),
        {C: [("added", "Inside")]},
    ),
    "added": (
        lambda w: session(w.summit, w.parties["Beland"], title="New"),
        {B: [("added", "New")]},
    ),
    "added for nobody": (lambda w: session(w.summit, title="Break", visibility=Visibility.PUBLIC), {}),
}
UNCHANGED = {"title"}


@pytest.mark.parametrize("case", TABLE)
def test_who_is_told_what(case: str, world: World) -> None:
    change, expected = TABLE[case]
    change(world)
    if case in UNCHANGED:
        with pytest.raises(releases.NothingToRelease):
            releases.release(summit=world.summit, by=world.by)
    else:
        shown = {notice.mailbox.address for notice in releases.preview(summit=world.summit).notices}
        assert shown == set(expected)
        releases.release(summit=world.summit, by=world.by)
    assert told(2) == expected


def test_the_first_release_tells_nobody_where_that_is_chosen(world: World) -> None:
    assert not Message.objects.filter(kind="agenda_change").exists()
    assert releases.preview(summit=world.summit).changes == []


def test_what_is_gone_says_nothing_of_what_became_of_it(world: World) -> None:
    world.update(world.talks, visibility=Visibility.ORGANISERS, title="Secret title", summary="Secret summary")
    releases.release(summit=world.summit, by=world.by)
    for message in Message.objects.filter(version=2):
        assert "Secret" not in str(message.facts)
        assert message.facts["changes"][0]["after"] is None


def test_control_told_as_it_is_the_new_state_would_be_in_the_message(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(domain_differences, "as_seen", lambda change, *, before, after: change)
    world.update(world.talks, visibility=Visibility.ORGANISERS, title="Secret title")
    releases.release(summit=world.summit, by=world.by)
    assert all("Secret" in str(message.facts) for message in Message.objects.filter(version=2))


def test_a_party_is_one_message_and_never_two_parties_in_one(world: World) -> None:
    person = PersonFactory(summit=world.summit, email="embassy@shared.example")
    for name in ("Aland", "Beland"):
        FocalPointFactory(party=world.parties[name], person=person)
    move(world.talks, world.by)
    releases.release(summit=world.summit, by=world.by)
    found = Message.objects.filter(version=2).values_list("address", "recipient_key", "facts__name")
    assert set(found) == {
        ("embassy@shared.example", f"party:{world.parties[name].public_id}", name) for name in ("Aland", "Beland")
    }


def test_what_stays_keeps_its_row_and_what_changes_gets_the_releases_number(world: World) -> None:
    before = dict(world.release.entries.values_list("session", "released_session"))
    move(world.talks, world.by)
    second = releases.release(summit=world.summit, by=world.by, note="  Talks later ")
    after = dict(second.entries.values_list("session", "released_session"))
    assert {key for key in after if after[key] != before[key]} == {world.talks.pk}
    row = ReleasedSession.objects.get(pk=after[world.talks.pk])
    assert (row.sequence, row.starts_at, second.number, second.note) == (2, world.talks.starts_at, 2, "Talks later")
    assert row.fingerprint != ReleasedSession.objects.get(pk=before[world.talks.pk]).fingerprint
    assert ReleasedSession.objects.filter(session=world.plenary).count() == 1


def test_speeches_and_participants_are_frozen_by_name(world: World) -> None:
    row = ReleasedSession.objects.get(session=world.plenary)
    found = row.participants.values_list("role", "label", "party_label", "title", "minutes", "slot_key", "position")
    assert list(found) == [
        ("speaker", "Minister", "Celand", "Opening", 10, world.slot.public_id, 0),
        ("participant", "Aland", "", "", None, "", 1),
    ]


def test_reinstated_sessions_rise_in_sequence(world: World) -> None:
    edits.cancel(session=world.talks, by=world.by)
    releases.release(summit=world.summit, by=world.by)
    assert edits.reinstate(session=world.talks, by=world.by)
    third = releases.release(summit=world.summit, by=world.by)
    row = third.entries.get(session=world.talks).released_session
    assert row.sequence == 3
    # The cancellation had not been sent, so that nothing has changed for those who would have read it.
    assert told(3) == {}
    assert set(Message.objects.filter(version=2).values_list("state", flat=True)) == {MessageState.DROPPED}


def test_difference_of_what_was_released_is_what_was_previewed(world: World) -> None:
    move(world.talks, world.by)
    shown = releases.preview(summit=world.summit)
    releases.release(summit=world.summit, by=world.by)
    found = released(world.summit, [1, 2])
    assert [change.nature for change in differences(old=found[1], new=found[2])] == ["changed"]
    assert [(c.before, c.after) for c in differences(old=found[1], new=found[2])] == [
        (c.before, c.after) for c in shown.changes
    ]


def test_released_reads_back_what_the_draft_was(world: World) -> None:
    found = released(world.summit, [1])[1]
    now = draft(world.summit)
    assert {key: row.content for key, row in found.items()} == {key: row.content for key, row in now.items()}
    stored = dict(ReleasedSession.objects.values_list("session", "fingerprint"))
    assert stored == {key: row.fingerprint for key, row in now.items()}


def test_nothing_to_release_says_so(world: World, organiser: User) -> None:
    with pytest.raises(releases.NothingToRelease, match="Nothing has changed since release 1"):
        releases.release(summit=world.summit, by=organiser)
    assert Release.objects.count() == 1


def test_an_empty_draft_is_not_released(summit: Summit, organiser: User) -> None:
    with pytest.raises(releases.NothingToRelease, match="no session"):
        releases.release(summit=summit, by=organiser)


@pytest.mark.parametrize("role", [role for role in Role.values if role != Role.ORGANISER])
def test_only_organisers_release(role: str, world: World) -> None:
    move(world.talks, world.by)
    with pytest.raises(PermissionDenied, match="organiser"):
        releases.release(summit=world.summit, by=UserFactory.with_role(Role(role), world.summit))
    assert Release.objects.count() == 1


def test_another_draft_than_was_previewed_is_not_released(world: World) -> None:
    move(world.talks, world.by)
    shown = releases.preview(summit=world.summit)
    move(world.plenary, world.by)
    with pytest.raises(releases.DraftChanged):
        releases.release(summit=world.summit, by=world.by, expected=shown.digest)
    again = releases.preview(summit=world.summit)
    assert releases.release(summit=world.summit, by=world.by, expected=again.digest).number == 2


def test_a_release_is_in_the_audit(world: World) -> None:
    move(world.talks, world.by)
    made = releases.release(summit=world.summit, by=world.by)
    row = AuditEntry.objects.filter(action="sessions.release").first()
    assert row is not None
    assert (row.object_key, row.by, row.detail) == (
        made.public_id,
        world.by,
        {"number": 2, "sessions": 3, "messages": 2},
    )


def test_a_release_and_its_messages_are_stored_together_or_not_at_all(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    move(world.talks, world.by)

    def fail(**kwargs: Any) -> int:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(notices.enqueue, "draft", fail)
    with pytest.raises(RuntimeError):
        releases.release(summit=world.summit, by=world.by)
    assert list(Release.objects.values_list("number", flat=True)) == [1]
    assert ReleasedSession.objects.filter(sequence=2).count() == 0


# --- Newer releases overtake what waits ---------------------------------------------------------------------------
def one(address: str, version: int) -> Message:
    return Message.objects.get(kind="agenda_change", address=address, version=version)


def span_of(message: Message) -> tuple[str, str, int]:
    change = message.facts["changes"][0]
    return change["before"]["starts_at"], change["after"]["starts_at"], message.facts["since"]


def test_a_newer_release_folds_what_has_not_been_sent(world: World) -> None:
    first = world.talks.starts_at
    move(world.talks, world.by)
    releases.release(summit=world.summit, by=world.by)
    move(world.talks, world.by)
    releases.release(summit=world.summit, by=world.by)
    older, newer = one(A, 2), one(A, 3)
    assert (older.state, newer.state) == (MessageState.DROPPED, MessageState.PENDING)
    assert older.problem == "@sessions.overtaken:3"
    assert span_of(newer) == (first.isoformat(), world.talks.starts_at.isoformat(), 1)


def test_what_was_sent_is_not_told_again(world: World) -> None:
    move(world.talks, world.by)
    releases.release(summit=world.summit, by=world.by)
    Message.objects.filter(version=2).update(state=MessageState.SENT, sent_at=Now())
    second = world.talks.starts_at
    move(world.talks, world.by)
    releases.release(summit=world.summit, by=world.by)
    assert span_of(one(A, 3)) == (second.isoformat(), world.talks.starts_at.isoformat(), 2)
    assert one(A, 2).state == MessageState.SENT


def test_what_a_worker_holds_stands_and_the_newer_starts_after_it(world: World) -> None:
    move(world.talks, world.by)
    releases.release(summit=world.summit, by=world.by)
    held = delivery.claim([one(A, 2).pk])
    move(world.talks, world.by)
    releases.release(summit=world.summit, by=world.by)
    assert (len(held), one(A, 2).state, one(A, 3).facts["since"]) == (1, MessageState.PENDING, 2)
    assert (one(B, 2).state, one(B, 3).facts["since"]) == (MessageState.DROPPED, 1)


def test_what_failed_is_told_by_the_next_and_not_sent_again(world: World) -> None:
    move(world.talks, world.by)
    releases.release(summit=world.summit, by=world.by)
    Message.objects.filter(version=2, address=A).update(state=MessageState.FAILED, problem="no such mailbox")
    move(world.talks, world.by)
    releases.release(summit=world.summit, by=world.by)
    older, newer = one(A, 2), one(A, 3)
    assert (older.state, newer.facts["since"]) == (MessageState.FAILED, 1)
    assert set(notices.withdrawn([older, newer])) == {older.pk}


def test_what_has_changed_again_for_all_its_sessions_is_withdrawn(world: World) -> None:
    move(world.talks, world.by)
    releases.release(summit=world.summit, by=world.by)
    message = one(A, 2)
    assert notices.withdrawn([message]) == {}
    move(world.plenary, world.by)
    releases.release(summit=world.summit, by=world.by)
    # The plenary touched Aland: its message folded the older one.
    assert one(A, 3).facts["since"] == 1
    assert set(notices.withdrawn([message])) == {message.pk}
    # Beland is not touched by it: what waits for Beland still stands and goes out.
    assert notices.withdrawn([one(B, 2)]) == {}
    assert delivery.deliver([one(B, 2).pk]) == 1


def test_control_without_the_recheck_an_overtaken_failure_could_be_sent_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failed_and_again() -> Message:
        move(world.talks, world.by)
        version = releases.release(summit=world.summit, by=world.by).number
        Message.objects.filter(version=version, address=A).update(state=MessageState.FAILED, problem="no")
        move(world.talks, world.by)
        releases.release(summit=world.summit, by=world.by)
        message = one(A, version)
        delivery.send_again(message=message, by=world.by)
        delivery.deliver([message.pk])
        message.refresh_from_db()
        return message

    assert failed_and_again().state == MessageState.DROPPED
    monkeypatch.setitem(delivery.KINDS, notices.KIND, replace(delivery.KINDS[notices.KIND], withdrawn=always_stands))
    assert failed_and_again().state == MessageState.SENT


def test_moved_and_back_before_anything_was_sent_tells_nothing(world: World) -> None:
    move(world.talks, world.by)
    releases.release(summit=world.summit, by=world.by)
    move(world.talks, world.by, hours=-2)
    releases.release(summit=world.summit, by=world.by)
    assert told(3) == {}
    assert set(Message.objects.values_list("state", flat=True)) == {MessageState.DROPPED}


# --- Two at once, and cost ----------------------------------------------------------------------------------------
def _race(summit: Summit, user: User) -> tuple[list[int], list[str]]:
    made: list[int] = []
    refused: list[str] = []
    start = threading.Barrier(2)

    def press() -> None:
        start.wait()
        try:
            made.append(releases.release(summit=summit, by=user).number)
        except Exception as problem:
            refused.append(type(problem).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return made, refused


@pytest.mark.django_db(transaction=True)
def test_two_at_once_are_one_release_and_one_refusal(
    summit: Summit, organiser: User, parties: Parties, monkeypatch: pytest.MonkeyPatch
) -> None:
    session(summit, parties["Aland"])
    assert _race(summit, organiser) == ([1], ["NothingToRelease"])
    assert ReleasedSession.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_both_take_the_same_number(
    summit: Summit, organiser: User, parties: Parties, monkeypatch: pytest.MonkeyPatch
) -> None:
    session(summit, parties["Aland"])
    both = threading.Barrier(2)
    found = releases._agendas

    def slowly(asked: Summit) -> Any:
        read = found(asked)
        both.wait(timeout=10)
        return read

    monkeypatch.setattr(releases, "lock", lambda summit: None)
    monkeypatch.setattr(releases, "_agendas", slowly)
    # On SQLite two more belts hold: who wrote meanwhile is seen, and a transaction has the write lock from its start.
    monkeypatch.setattr(releases, "others_wrote", lambda: None)
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "transaction_mode", None)
    made, refused = _race(summit, organiser)
    assert len(made) == 1
    assert refused in (["IntegrityError"], ["OperationalError"])


def _release_queries(summit: Summit, organiser: User) -> tuple[int, int]:
    """Return how many queries a release of a change to every session takes, and how many of them insert."""
    for row in Session.objects.filter(summit=summit):
        Session.objects.filter(pk=row.pk).update(title=f"{row.title} again")
    with CaptureQueriesContext(connection) as queries:
        releases.release(summit=summit, by=organiser)
    inserts = sum(query["sql"].startswith("INSERT") for query in queries)
    return len(queries) - inserts, inserts


def test_the_number_of_queries_does_not_grow(summit: Summit, organiser: User, parties: Parties, sqlite: bool) -> None:
    fill(summit, 5, *parties.values())
    releases.release(summit=summit, by=organiser)
    _release_queries(summit, organiser)
    # From here on each release also folds what waits of the one before.
    few = _release_queries(summit, organiser)
    fill(summit, 45, *parties.values())
    releases.release(summit=summit, by=organiser)
    assert Session.objects.count() == 50
    reads, inserts = _release_queries(summit, organiser)
    assert (reads, sum(few) <= 40) == (few[0], True)
    # SQLite takes 999 values in a statement, so that what is inserted at once there is split.
    assert inserts <= few[1] + 4 if sqlite else inserts == few[1]


def test_what_waits_still_goes_where_its_readers_notice_nothing_of_a_newer_release(world: World) -> None:
    """A title in French alone is new: Beland reads English, so that the move, not yet sent, is all its news."""
    move(world.talks, world.by)
    releases.release(summit=world.summit, by=world.by)
    world.talks.texts.create(language="fr", title="Entretiens")
    releases.release(summit=world.summit, by=world.by)
    assert told(3) == {}
    assert notices.withdrawn([one(A, 2), one(B, 2)]) == {}
    assert delivery.deliver([one(A, 2).pk, one(B, 2).pk]) == 2


def test_who_is_out_is_told_so_although_the_session_has_changed_again(world: World) -> None:
    world.talks.participants.filter(party=world.parties["Beland"]).delete()
    releases.release(summit=world.summit, by=world.by)
    move(world.talks, world.by)
    releases.release(summit=world.summit, by=world.by)
    assert told(2)[B] == [("gone", "Talks")]
    assert delivery.deliver([one(B, 2).pk]) == 1


def test_what_failed_and_is_true_no_more_is_not_sent_again(world: World) -> None:
    move(world.talks, world.by)
    releases.release(summit=world.summit, by=world.by)
    Message.objects.filter(version=2).update(state=MessageState.FAILED, problem="no such mailbox")
    move(world.talks, world.by, hours=-2)
    releases.release(summit=world.summit, by=world.by)
    assert told(3) == {}
    assert {one(box, 2).state for box in (A, B)} == {MessageState.DROPPED}
