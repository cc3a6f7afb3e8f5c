"""Releasing: what is frozen, who is told what, and what a newer release makes of messages that wait."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from delegations.parties.models.parties import Party
from sessions.agenda.models.releases import Release, ReleasedSession
from sessions.agenda.selectors import differences as domain_differences
from sessions.agenda.selectors.differences import differences
from sessions.agenda.selectors.draft_snapshots import draft
from sessions.agenda.selectors.released_snapshots import released
from sessions.draft.models.sessions import Session
from sessions.draft.services import cancel_and_move
from sessions.notifications.messages import agenda_changes
from sessions.releases.services import releases
from sessions.visibility.models import Visibility
from summit.audit.models import AuditEntry
from summit.outbox import delivery, enqueue, message_kinds
from summit.outbox.message_kinds import never_withdrawn
from summit.outbox.models import Message, MessageState
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.delegations.helpers import refuses, sign_in
from tests.module_fixtures import once_a_module
from tests.sessions.conftest import SILENTLY, fill, later, parties_of, session

pytestmark = pytest.mark.django_db


def told(number: int) -> dict[str, list[tuple[str, str]]]:
    """Return what each mailbox is told by a release: (nature, title) of each session."""
    return {
        message.address: [
            (change["nature"], (change["after"] or change["before"])["title"]) for change in message.facts["changes"]
        ]
        for message in Message.objects.filter(kind="agenda_change", version=number).order_by("id")
    }


class World:
    """A released agenda: a bilateral of Aland and Beland, a plenary that all may know of, one for organisers."""

    def __init__(self) -> None:
        self.summit: Summit = f.SummitFactory()
        self.by = f.UserFactory.with_role(Role.ORGANISER, self.summit)
        self.parties = parties = parties_of(self.summit)
        self.room = f.RoomFactory(venue=f.VenueFactory(summit=self.summit, name="House"), name="Blue Room")
        self.other_room = f.RoomFactory(venue=self.room.venue, name="Red Room")
        self.talks = session(self.summit, parties["Aland"], parties["Beland"], title="Talks", room=self.room)
        self.plenary = session(self.summit, parties["Aland"], title="Plenary", visibility=Visibility.PUBLIC)
        self.inside = session(self.summit, parties["Celand"], title="Inside", visibility=Visibility.ORGANISERS)
        # A minister with an e-mail of her own, and one who is reached through his party's focal point.
        self.minister = f.PersonFactory(summit=self.summit, office="Minister", email="minister@celand.example")
        f.MembershipFactory(party=parties["Celand"], person=self.minister)
        self.adviser = f.PersonFactory(summit=self.summit, office="Adviser")
        f.MembershipFactory(party=parties["Celand"], person=self.adviser)
        self.slot = f.SlotFactory(session=self.plenary, speaker=self.minister, title="Opening", minutes=10)
        self.first = releases.release(summit=self.summit, by=self.by, tell=False)

    def update(self, row: Session, **values: Any) -> None:
        Session.objects.filter(pk=row.pk).update(**values)

    def move(self, row: Session, hours: int = 2) -> None:
        later(row, self.by, hours=hours)

    def release(self, **values: Any) -> Release:
        return releases.release(summit=self.summit, by=self.by, decisions=SILENTLY, **values)

    def moved(self, row: Session | None = None, hours: int = 2) -> Release:
        """Move a session, the talks where none is given, and release that."""
        self.move(row or self.talks, hours)
        return self.release()


@once_a_module
def world() -> World:
    return World()


A, B, C, MINISTER = (
    *("aland@mission.example", "beland@mission.example", "celand@mission.example"),
    "minister@celand.example",
)
CHANGED = [("changed", "Talks")]
PLENARY = [("changed", "Plenary")]
BOTH = {A: CHANGED, B: CHANGED}
# What is changed, and who is told what of it; whoever isn't named is told nothing. What each part of a session is
# called: test_differences.py.
TABLE: dict[str, tuple[Callable[[World], object], dict[str, list[tuple[str, str]]]]] = {
    "moved": (lambda w: w.move(w.talks), BOTH),
    "room": (lambda w: w.update(w.talks, room=w.other_room), BOTH),
    "cancelled": (
        lambda w: cancel_and_move.cancel(session=w.talks, by=w.by),
        {A: [("cancelled", "Talks")], B: [("cancelled", "Talks")]},
    ),
    "cancelled plenary": (
        lambda w: cancel_and_move.cancel(session=w.plenary, by=w.by),
        {box: [("cancelled", "Plenary")] for box in (A, C, MINISTER)},
    ),
    "party leaves": (
        lambda w: w.talks.participants.filter(party=w.parties["Beland"]).delete(),
        {A: CHANGED, B: [("gone", "Talks")]},
    ),
    "party joins": (
        lambda w: f.ParticipantFactory(session=w.talks, party=w.parties["Celand"]),
        {**BOTH, C: [("added", "Talks")]},
    ),
    "person without mailbox joins": (
        lambda w: f.ParticipantFactory(session=w.talks, person=w.adviser),
        {**BOTH, C: [("added", "Talks")]},
    ),
    "chair": (lambda w: w.talks.participants.filter(party=w.parties["Beland"]).update(role="chair"), BOTH),
    "another speaker": (
        lambda w: type(w.slot).objects.filter(pk=w.slot.pk).update(speaker=w.adviser),
        {A: PLENARY, C: PLENARY, MINISTER: [("gone", "Plenary")]},
    ),
    "speech longer": (lambda w: type(w.slot).objects.update(minutes=20), {A: PLENARY, C: PLENARY, MINISTER: PLENARY}),
    "turned confidential": (
        lambda w: w.update(w.talks, visibility=Visibility.ORGANISERS),
        {A: [("gone", "Talks")], B: [("gone", "Talks")]},
    ),
    "opened to all delegations": (lambda w: w.update(w.talks, visibility=Visibility.ACCREDITED), BOTH),
    "for organisers alone": (lambda w: w.move(w.inside), {}),
    "opened to its participants": (
        lambda w: w.update(w.inside, visibility=Visibility.PARTICIPANTS),
        {C: [("added", "Inside")]},
    ),
    "added": (lambda w: session(w.summit, w.parties["Beland"], title="New"), {B: [("added", "New")]}),
    "added for nobody": (lambda w: session(w.summit, title="Break", visibility=Visibility.PUBLIC), {}),
}


@pytest.mark.parametrize("case", TABLE)
def test_who_is_told_what(case: str, world: World) -> None:
    change, expected = TABLE[case]
    change(world)
    world.release()
    assert told(2) == expected


def test_a_mailbox_is_called_by_its_party_or_else_by_its_people(world: World) -> None:
    alone = f.PersonFactory(summit=world.summit, email="zoe@own.example")
    f.ParticipantFactory(session=world.talks, person=alone)
    called = {notice.mailbox.address: notice.name for notice in releases.preview(summit=world.summit).planned}
    assert called == {A: "Aland", B: "Beland", "zoe@own.example": alone.label}


def test_what_is_gone_says_nothing_of_what_became_of_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    # The first release told nobody: that was chosen.
    assert not Message.objects.filter(kind="agenda_change").exists()
    world.update(world.talks, visibility=Visibility.ORGANISERS, title="Secret title", summary="Secret summary")
    world.release()
    for message in Message.objects.filter(version=2):
        assert "Secret" not in str(message.facts)
        assert message.facts["changes"][0]["after"] is None
    # The control: told as it is, the new state would be in the message.
    monkeypatch.setattr(domain_differences, "as_seen", lambda change, *, before, after: change)
    world.update(world.talks, title="Secret again")
    world.update(world.plenary, visibility=Visibility.ORGANISERS, title="Secret plenary")
    world.release()
    assert all("Secret" in str(message.facts) for message in Message.objects.filter(version=3))


def test_a_party_is_one_message_and_never_two_parties_in_one(world: World) -> None:
    person = f.PersonFactory(summit=world.summit, email="embassy@shared.example")
    for name in ("Aland", "Beland"):
        f.FocalPointFactory(party=world.parties[name], person=person)
    world.moved()
    found = Message.objects.filter(version=2).values_list("address", "recipient_key", "facts__name")
    assert set(found) == {
        ("embassy@shared.example", f"party:{world.parties[name].public_id}", name) for name in ("Aland", "Beland")
    }


def test_what_stays_keeps_its_row_and_what_changes_gets_one_of_its_own(world: World) -> None:
    before = dict(world.first.entries.values_list("session", "released_session"))
    world.move(world.talks)
    second = world.release(note="  Talks later ")
    after = dict(second.entries.values_list("session", "released_session"))
    assert {key for key in after if after[key] != before[key]} == {world.talks.pk}
    row = ReleasedSession.objects.get(pk=after[world.talks.pk])
    assert (row.sequence, row.starts_at, second.number, second.note) == (2, world.talks.starts_at, 2, "Talks later")
    assert row.fingerprint != ReleasedSession.objects.get(pk=before[world.talks.pk]).fingerprint
    assert ReleasedSession.objects.filter(session=world.plenary).count() == 1
    entry = AuditEntry.objects.filter(action="agenda.release").order_by("-pk")[0]
    assert (entry.object_key, entry.by, entry.detail) == (
        *(second.public_id, world.by),
        {"number": 2, "sessions": 3, "messages": 2},
    )


def test_released_reads_back_what_the_draft_was(world: World) -> None:
    found = released(world.summit, [1])[1]
    now = draft(world.summit)
    assert {key: row.content for key, row in found.items()} == {key: row.content for key, row in now.items()}
    stored = dict(ReleasedSession.objects.values_list("session", "fingerprint"))
    assert stored == {key: row.fingerprint for key, row in now.items()}
    people = ReleasedSession.objects.get(session=world.plenary).participants
    assert list(people.values_list("role", "label", "party_label", "title", "minutes", "slot_key", "position")) == [
        ("speaker", "Minister", "Celand", "Opening", 10, world.slot.public_id, 0),
        ("participant", "Aland", "", "", None, "", 1),
    ]


def test_what_was_previewed_is_released_and_nothing_else(world: World) -> None:
    world.move(world.talks)
    shown = releases.preview(summit=world.summit)
    world.move(world.plenary)
    refuses(releases.DraftChanged, world.release, expected=shown.digest)
    again = releases.preview(summit=world.summit)
    assert {notice.mailbox.address for notice in again.planned} == {A, B, C, MINISTER}
    assert world.release(expected=again.digest).number == 2
    assert set(told(2)) == {A, B, C, MINISTER}
    found = released(world.summit, [1, 2])
    made = differences(old=found[1], new=found[2])
    assert [(change.nature, change.before, change.after) for change in made] == [
        ("changed", change.before, change.after) for change in again.changes
    ]
    assert len(made) == 2


def test_nothing_to_release_says_so(world: World, summit: Summit, organiser: User) -> None:
    world.update(world.plenary, title="Plenary")
    assert releases.preview(summit=world.summit).changes == []
    refuses(releases.NothingToRelease, world.release, match="No changes since release 1")
    refuses(releases.NothingToRelease, releases.release, summit=summit, by=organiser, match="no session")
    assert Release.objects.count() == 1
    # Whoever saw the changes and comes second.
    world.move(world.talks)
    shown = releases.preview(summit=world.summit).digest
    world.release(expected=shown)
    second = f.UserFactory.with_role(Role.ORGANISER, world.summit)
    said = r"A colleague released agenda 2 at \d\d:\d\d London time. Nothing has changed since."
    refuses(releases.NothingToRelease, releases.release, summit=world.summit, by=second, expected=shown, match=said)


def test_only_organisers_release(world: World) -> None:
    world.move(world.talks)
    with pytest.raises(PermissionDenied, match="Roles that can do this: organiser"):
        releases.release(summit=world.summit, by=f.UserFactory.with_role(Role.PROGRAMME, world.summit))
    assert Release.objects.count() == 1


def test_a_release_is_stored_with_its_messages_or_not_at_all(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.move(world.talks)

    def fail(**kwargs: Any) -> int:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(enqueue, "draft", fail)
    refuses(RuntimeError, world.release)
    assert list(Release.objects.values_list("number", flat=True)) == [1]
    assert ReleasedSession.objects.filter(sequence=2).count() == 0


# --- Newer releases overtake what waits ---------------------------------------------------------------------------
def one(address: str, version: int) -> Message:
    return Message.objects.get(kind="agenda_change", address=address, version=version)


def span_of(message: Message) -> tuple[str, str, int]:
    change = message.facts["changes"][0]
    return change["before"]["starts_at"], change["after"]["starts_at"], message.facts["since"]


def fail_to_reach(*boxes: str, version: int = 2) -> None:
    waiting = Message.objects.filter(version=version, address__in=boxes)
    waiting.update(state=MessageState.FAILED, problem="no such mailbox")


def test_a_newer_release_folds_what_has_not_been_sent(world: World) -> None:
    first = world.talks.starts_at
    world.moved()
    Message.objects.filter(version=2, address=A).update(state=MessageState.SENT, sent_at=Now())
    second = world.talks.starts_at
    world.moved()
    third = world.talks.starts_at.isoformat()
    older, newer = one(B, 2), one(B, 3)
    assert (older.state, newer.state) == (MessageState.DROPPED, MessageState.PENDING)
    assert older.problem == "@agenda.overtaken:3"
    assert span_of(newer) == (first.isoformat(), third, 1)
    assert (one(A, 2).state, span_of(one(A, 3))) == (MessageState.SENT, (second.isoformat(), third, 2))


def test_what_a_worker_holds_stands_and_the_newer_starts_after_it(world: World) -> None:
    world.moved()
    held = delivery.claim([one(A, 2).pk])
    world.moved()
    assert (len(held), one(A, 2).state, one(A, 3).facts["since"]) == (1, MessageState.PENDING, 2)
    assert (one(B, 2).state, one(B, 3).facts["since"]) == (MessageState.DROPPED, 1)


def test_what_failed_is_told_by_the_next_and_not_sent_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def again(version: int) -> Message:
        message = one(A, version)
        delivery.send_again(message=message, by=world.by)
        delivery.deliver([message.pk])
        message.refresh_from_db()
        return message

    world.moved()
    fail_to_reach(A)
    world.moved()
    older, newer = one(A, 2), one(A, 3)
    assert (older.state, newer.facts["since"]) == (MessageState.FAILED, 1)
    assert set(agenda_changes.withdrawn([older, newer])) == {older.pk}
    assert again(2).state == MessageState.DROPPED
    # The control: without the look, what is overtaken would be sent again.
    fail_to_reach(A, version=3)
    world.moved()
    monkeypatch.setitem(
        message_kinds.KINDS,
        agenda_changes.KIND,
        replace(message_kinds.KINDS[agenda_changes.KIND], withdrawn=never_withdrawn),
    )
    assert again(3).state == MessageState.SENT


def test_what_has_changed_again_for_all_its_sessions_is_withdrawn(world: World) -> None:
    world.moved()
    message = one(A, 2)
    assert agenda_changes.withdrawn([message]) == {}
    world.moved(world.plenary)
    # The plenary touched Aland: its message folded the older one.
    assert one(A, 3).facts["since"] == 1
    assert set(agenda_changes.withdrawn([message])) == {message.pk}
    # Beland is not touched by it: what waits for Beland still stands and goes out.
    assert agenda_changes.withdrawn([one(B, 2)]) == {}
    assert delivery.deliver([one(B, 2).pk]) == 1


def test_moved_and_back_before_anything_was_sent_tells_nothing(world: World) -> None:
    world.moved()
    # What failed is true no more, and is not sent again either.
    fail_to_reach(B)
    world.moved(hours=-2)
    assert told(3) == {}
    assert {one(box, 2).state for box in (A, B)} == {MessageState.DROPPED}


def test_what_waits_still_goes_where_its_readers_notice_nothing_of_a_newer_release(world: World) -> None:
    """A title in French alone is new: Beland reads English, so that the move, not yet sent, is all its news."""
    world.moved()
    world.talks.texts.create(language="fr", title="Entretiens")
    world.release()
    assert told(3) == {}
    assert agenda_changes.withdrawn([one(A, 2), one(B, 2)]) == {}
    assert delivery.deliver([one(A, 2).pk, one(B, 2).pk]) == 2


def test_who_is_out_is_told_so_although_the_session_has_changed_again(world: World) -> None:
    world.talks.participants.filter(party=world.parties["Beland"]).delete()
    world.release()
    world.moved()
    assert told(2)[B] == [("gone", "Talks")]
    assert delivery.deliver([one(B, 2).pk]) == 1


# --- Cost ---------------------------------------------------------------------------------------------------------
def _release_queries(summit: Summit, organiser: User) -> tuple[int, int]:
    """Return how many queries a release of a change to every session takes, and how many of them insert."""
    for row in Session.objects.filter(summit=summit):
        Session.objects.filter(pk=row.pk).update(title=f"{row.title} again")
    with CaptureQueriesContext(connection) as queries:
        releases.release(summit=summit, by=organiser)
    inserts = sum(query["sql"].startswith("INSERT") for query in queries)
    return len(queries) - inserts, inserts


def test_the_number_of_queries_does_not_grow(
    summit: Summit, organiser: User, parties: dict[str, Party], sqlite: bool
) -> None:
    fill(summit, 2, *parties.values())
    releases.release(summit=summit, by=organiser)
    _release_queries(summit, organiser)
    # From here on each release also folds what waits of the one before.
    few = _release_queries(summit, organiser)
    fill(summit, 4, *parties.values())
    releases.release(summit=summit, by=organiser)
    reads, inserts = _release_queries(summit, organiser)
    assert (reads, sum(few) <= 40) == (few[0], True)
    # SQLite takes 999 values in a statement, so that what is inserted at once there is split.
    assert inserts <= few[1] + 4 if sqlite else inserts == few[1]


def test_the_preview_begins_with_who_reads_what(summit: Summit) -> None:
    room = f.RoomFactory(venue__summit=summit)
    for _number in range(2):
        session(summit, room=room)
    shown = sign_in(summit, Role.ORGANISER).get(reverse("admin:agenda_release_prepare", args=[summit.slug]))
    page = shown.content.decode()
    assert 0 < page.index('id="audiences"') < page.index('id="warnings"') < page.index('id="changes"')
