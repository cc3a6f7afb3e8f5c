"""Taking the draft back to an earlier release: what was released comes back for every rank, what is lost is said."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from delegations.members.models.categories import Category
from delegations.members.models.members import Ended, FormerMember
from sessions.agenda.models.releases import Release, ReleaseEntry
from sessions.agenda.selectors.released_snapshots import released
from sessions.draft.models.kinds import CustomKind
from sessions.draft.models.participants import Participant, Slot
from sessions.draft.models.sessions import Interpretation, Session, SessionText
from sessions.draft.services import cancel_and_move
from sessions.releases.services import releases, restore
from sessions.releases.services.restore_plan import Why
from sessions.visibility.models import Visibility
from summit.people.models import Person
from summit.permissions.models import Role
from tests import factories as f
from tests.clients import signed_in
from tests.delegations.helpers import refuses, said
from tests.module_fixtures import once_a_module
from tests.sessions.conftest import SILENTLY, parties_of, session

pytestmark = pytest.mark.django_db


class World:
    """A plenary with all its parts, and talks; released."""

    def __init__(self) -> None:
        self.summit = summit = f.SummitFactory()
        self.parties = parties = parties_of(summit)
        self.by = f.UserFactory.with_role(Role.ORGANISER, summit)
        venue = f.VenueFactory(summit=summit, name="House")
        self.room, self.other = f.RoomFactory(venue=venue, name="Blue"), f.RoomFactory(venue=venue, name="Red")
        kind = CustomKind.objects.create(summit=summit, name="Fireside", names={"fr": "Veillée"}, like="retreat")
        self.plenary = session(
            summit,
            parties["Aland"],
            parties["Beland"],
            title="Plenary",
            summary="All of it.",
            kind="retreat",
            custom_kind=kind,
            room=self.room,
            visibility=Visibility.PUBLIC,
            room_to="participants",
            participants_to="organisers",
            media="pooled",
            capacity=40,
            set_up=15,
        )
        SessionText.objects.create(session=self.plenary, language="fr", title="Plénière", summary="Tout.")
        Interpretation.objects.create(session=self.plenary, source="en", target="fr", booth="2")
        self.minister = f.PersonFactory(summit=summit, office="Minister")
        self.adviser = f.PersonFactory(summit=summit, office="Adviser")
        f.ParticipantFactory(session=self.plenary, person=self.adviser, role="chair", position=9)
        self.slots = [
            f.SlotFactory(session=self.plenary, speaker=person, title=title, minutes=minutes, position=position)
            for position, (person, title, minutes) in enumerate(
                [(self.minister, "Opening", 10), (self.adviser, "Reply", 5)]
            )
        ]
        self.talks = session(summit, parties["Celand"], title="Talks")
        self.first = self.release(tell=False)

    def release(self, **more: Any) -> Release:
        return releases.release(summit=self.summit, by=self.by, decisions=SILENTLY, **more)

    def restore(self, **more: Any) -> restore.Preview:
        return restore.restore(**{"release": self.first, "by": self.by, **more})

    def spoil(self) -> None:
        """Change all of it, so that nothing is as it was."""
        row = self.plenary
        Session.objects.filter(pk=row.pk).update(
            **{"title": "Other", "summary": "", "kind": "plenary", "custom_kind": None, "room": self.other},
            **{"visibility": "accredited", "room_to": "", "participants_to": "", "media": "open", "capacity": None},
            starts_at=row.starts_at + timedelta(hours=1),
            ends_at=row.ends_at + timedelta(hours=3),
        )
        row.texts.update(title="Autre")
        row.interpretation.all().delete()
        Participant.objects.filter(session=row).exclude(person=self.adviser).delete()
        Participant.objects.filter(session=row).update(role="moderator")
        f.ParticipantFactory(session=row, party=self.parties["Celand"], level="head")
        self.slots[0].delete()
        Slot.objects.filter(pk=self.slots[1].pk).update(speaker=self.minister, minutes=50, title="Long")
        f.SlotFactory(session=row, speaker=self.adviser, title="New")
        cancel_and_move.cancel(session=self.talks, by=self.by)
        session(self.summit, self.parties["Aland"], title="Late")


@once_a_module
def world() -> World:
    return World()


def rows_of(release: Release) -> dict[tuple[int, int], tuple[int, str]]:
    """Return what readers of each rank get of a release: by session and rank, the upper rank and the fingerprint."""
    entries = ReleaseEntry.objects.filter(release=release)
    fields = ("session", "low", "high", "released_session__fingerprint")
    return {(key, low): (high, mark) for key, low, high, mark in entries.values_list(*fields)}


def test_restored_and_released_it_is_the_same_for_every_rank(world: World) -> None:
    keys, stays = [slot.public_id for slot in world.slots], world.slots[1].pk
    world.spoil()
    second = world.release()
    assert rows_of(second) != rows_of(world.first)
    done = world.restore()
    assert (len(done.changes), done.losses) == (3, [])
    third = world.release()
    assert (third.number, rows_of(third)) == (3, rows_of(world.first))
    agendas = released(world.summit, [1, 3])
    assert {key: row.content for key, row in agendas[3].items()} == {
        key: row.content for key, row in agendas[1].items()
    }
    # Calendars take what comes back for newer than what it replaces.
    assert {row.sequence for row in agendas[3].values()} == {3}
    found = Slot.objects.filter(session=world.plenary).order_by("position")
    assert [(slot.public_id, slot.speaker, slot.minutes) for slot in found] == [
        (keys[0], world.minister, 10),
        (keys[1], world.adviser, 5),
    ]
    assert found[1].pk == stays


def test_what_the_release_does_not_hold_is_cancelled_and_what_it_does_not_know_stays(world: World) -> None:
    refuses(restore.NothingToRestore, world.restore, match="The draft is the same as release 1")
    world.spoil()
    shown = restore.preview(release=world.first)
    Session.objects.filter(pk=world.plenary.pk).update(title="Newer still")
    refuses(releases.DraftChanged, world.restore, expected=shown.digest)
    assert Session.objects.get(pk=world.plenary.pk).title == "Newer still"
    world.restore()
    standing = Session.objects.filter(cancelled_at=None).order_by("title").values_list("title", "set_up")
    assert list(standing) == [("Plenary", 15), ("Talks", 0)]
    late = Session.objects.get(title="Late")
    assert (late.cancelled_at is None, late.revision) == (False, 1)
    refuses(releases.NothingToRelease, world.release)


def test_what_cannot_be_taken_back_is_said(world: World) -> None:
    world.spoil()
    CustomKind.objects.all().delete()
    Session.objects.update(room=None)
    world.room.delete()
    Person.objects.filter(pk=world.minister.pk).update(erased_at=timezone.now())
    FormerMember.objects.create(
        **{"party": world.parties["Aland"], "person": world.adviser, "why": Ended.WITHDRAWN},
        category=Category.objects.of(world.summit)["delegate"],
        named_at=timezone.now(),
    )
    f.TextFactory(summit=world.summit, slot=Slot.objects.get(title="New"))
    shown = restore.preview(release=world.first)
    done = world.restore()
    assert done.losses == shown.losses
    assert [(loss.why, loss.name) for loss in done.losses if loss.session == "Plenary"] == [
        (Why.ROOM, "Blue, House"),
        (Why.KIND, "Fireside"),
        (Why.PERSON, "Adviser"),
        (Why.SPEAKER, "Minister"),
        (Why.SPEAKER, "Adviser"),
    ]
    row = Session.objects.get(pk=world.plenary.pk)
    assert (row.title, row.room, row.custom_kind, row.kind) == ("Plenary", None, None, "retreat")


def test_only_who_edits_the_draft_takes_it_back(world: World) -> None:
    world.spoil()
    refuses(PermissionDenied, world.restore, by=f.UserFactory.with_role(Role.CONFERENCE_OFFICER, world.summit))
    assert Session.objects.get(pk=world.plenary.pk).title == "Other"


def test_the_page_shows_what_is_lost_then_takes_it_back(world: World) -> None:
    world.spoil()
    client: Any = signed_in(world.by)
    path = f"/admin/agenda/release/{world.first.pk}/restore/"
    page = client.get(path)
    assert page.context["number"] == 3
    assert all(words in page.content.decode() for words in ("Current draft", "Release 1", "Other", "Plenary"))
    client.post(path, {"expected": "x"})
    assert said(client.post(path, {"expected": page.context["expected"]})) == [
        "The draft has changed since you opened this page. Check the changes, then restore it.",
        "3 sessions restored to the draft from release 1. The next release announces them.",
    ]
    assert "The draft is the same as this release" in client.get(path).content.decode()


def test_any_two_releases_are_compared(world: World) -> None:
    Session.objects.filter(pk=world.talks.pk).update(title="Renamed")
    world.release()
    cancel_and_move.cancel(session=world.talks, by=world.by)
    world.release()
    client, path = signed_in(world.by), f"/admin/agenda/release/compare/{world.summit.slug}/"

    def shown(query: str) -> list[tuple[str, str]]:
        sheets = client.get(path + query).context["sheets"]
        return [(sheet.story.title, sheet.story.nature) for _key, _day, rows in sheets for sheet in rows]

    assert shown("?from=2&to=1") == [("Talks", "changed")]
    assert shown("?to=3") == [("Renamed", "cancelled")]
    assert shown("?from=3&to=1") == [("Talks", "added")]
    assert shown("") == []
    cancel_and_move.reinstate(session=world.talks, by=world.by)
    assert shown("") == [("Renamed", "added")]
    sheet = client.get(path + "?from=1&to=2&view=sides").context["sheets"][0][2][0]
    assert (sheet.story.title, sheet.story.nature) == ("Renamed", "changed")
    row = sheet.rows[0]
    assert (row.label, row.old, row.new, row.differs) == ("Title", "Talks", "Renamed", True)
