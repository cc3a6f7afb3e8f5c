"""Sessions that leave the public agenda: why, what the public reads of them, and who is told."""

from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test import Client

from delegations.members.models.categories import Capacity
from sessions.agenda.models.removals import PublicNotice, PublicRemoval
from sessions.agenda.selectors import release_changes
from sessions.draft.models.sessions import Session
from sessions.draft.services import cancel_and_move
from sessions.releases.services import releases, removals
from sessions.releases.services.removals import Decision, RemovalUndecided
from sessions.tasks import deliver_agenda_changes
from sessions.visibility.models import Visibility
from summit.outbox.models import Message, MessageState
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.clients import signed_in
from tests.module_fixtures import once_a_module
from tests.sessions.conftest import Alike, release, session
from tests.summit.api.conftest import program

pytestmark = pytest.mark.django_db
REASON = "At the request of both sides"


class World:
    """A session that the public has read, and that the draft hides from it."""

    def __init__(self) -> None:
        self.summit: Summit = f.SummitFactory(public_changes=True)
        self.by = f.UserFactory.with_role(Role.ORGANISER, self.summit)
        self.talks = session(self.summit, title="Tunisia and France", visibility=Visibility.PUBLIC)
        session(self.summit, title="Opening", visibility=Visibility.PUBLIC)
        release(self.summit)
        hide(self.talks)


@once_a_module
def world() -> World:
    return World()


def hide(row: Session, **more: Any) -> None:
    Session.objects.filter(pk=row.pk).update(visibility=Visibility.PARTICIPANTS, **more)


def show(row: Session) -> None:
    Session.objects.filter(pk=row.pk).update(visibility=Visibility.PUBLIC)


def decided(notice: str) -> Alike:
    return Alike(Decision(notice, REASON))


def reads(summit: Summit, row: Session) -> tuple[list[str], int, bool]:
    """Return how the public record says the session ended, what its address answers, and whether that says
    "cancelled"."""
    changes = [change for entry in release_changes.public_changes(summit=summit) for change in entry.changes]
    told = [change.nature.value for change in changes if change.session.session_id == row.pk]
    answer = Client().get(f"/{summit.slug}/agenda/{row.public_id}/")
    return told, answer.status_code, "cancelled" in answer.content.decode()


# What the record of changes tells, and what the session's address answers, and whether it says "cancelled".
TOLD: dict[str, tuple[list[str], int, bool]] = {
    PublicNotice.CANCELLED: (["cancelled"], 410, True),
    PublicNotice.REMOVED: (["gone"], 410, False),
    PublicNotice.NONE: ([], 404, False),
}


def test_the_public_reads_what_was_chosen() -> None:
    """Also of a session that was cancelled, and isn't any more where it is hidden."""
    summit = f.SummitFactory(public_changes=True)
    by = f.UserFactory.with_role(Role.ORGANISER, summit)
    rows = {
        (notice, first): session(summit, title=f"Talks {notice} {first}", visibility=Visibility.PUBLIC)
        for notice in TOLD
        for first in ("public", "off")
    }
    release(summit)
    was_cancelled = [row for (_notice, first), row in rows.items() if first == "off"]
    for row in was_cancelled:
        cancel_and_move.cancel(session=row, by=by)
    release(summit)
    for row in was_cancelled:
        cancel_and_move.reinstate(session=row, by=by)
    # Its title now is nobody's who may not read it.
    for row in rows.values():
        hide(row, title="Secret")
    release(summit, decisions={row.public_id: Decision(notice, REASON) for (notice, _first), row in rows.items()})
    for (notice, _first), row in rows.items():
        assert reads(summit, row) == TOLD[notice]
    page = Client().get(f"/{summit.slug}/agenda/changes/").content.decode()
    assert [page.count(f"Talks {notice} {first}") for notice, first in rows] == [1, 1, 1, 1, 0, 0]
    assert "Secret" not in page
    # What becomes of it later is as little the public's.
    for row in Session.objects.filter(summit=summit):
        cancel_and_move.cancel(session=row, by=by)
    release(summit)
    for (notice, _first), row in rows.items():
        assert reads(summit, row) == TOLD[notice]


def test_what_is_public_again_is_read_again_and_no_media_are_told(world: World) -> None:
    accredit(world.summit)
    release(world.summit, decisions=decided(PublicNotice.REMOVED))
    show(world.talks)
    release(world.summit)
    assert reads(world.summit, world.talks) == (["added", "gone"], 200, False)
    assert removals.of_summit(world.summit) == []
    waiting = Message.objects.filter(kind="public_removal")
    deliver_agenda_changes(list(waiting.values_list("pk", flat=True)))
    assert (set(waiting.values_list("state", flat=True)), mail.outbox) == ({MessageState.DROPPED}, [])
    hide(world.talks)
    release(world.summit, decisions=decided(PublicNotice.NONE))
    assert reads(world.summit, world.talks) == ([], 404, False)


def test_without_a_reason_and_a_choice_nothing_is_released(world: World) -> None:
    for decision in (None, Decision("none", " "), Decision("", REASON), Decision("other", REASON)):
        given = {} if decision is None else {world.talks.public_id: decision}
        with pytest.raises(RemovalUndecided, match="“Tunisia and France” leaves the public agenda"):
            releases.release(summit=world.summit, by=world.by, decisions=given)
    assert (world.summit.releases.count(), PublicRemoval.objects.count()) == (1, 0)


def test_what_the_public_never_read_asks_nothing(summit: Summit, organiser: User) -> None:
    row, other = (session(summit, visibility=Visibility.ACCREDITED) for _number in range(2))
    releases.release(summit=summit, by=organiser)
    hide(row)
    assert releases.preview(summit=summit).leaving == []
    show(other)
    releases.release(summit=summit, by=organiser)
    hide(other)
    assert [each.title for each in releases.preview(summit=summit).leaving] == [other.title]
    # Nobody reads the agenda of a summit that isn't public.
    Summit.objects.update(public=False)
    summit.refresh_from_db()
    releases.release(summit=summit, by=organiser)


def test_the_desk_is_asked_and_loses_nothing(world: World) -> None:
    client = signed_in(world.by)
    path = f"/admin/agenda/release/prepare/{world.summit.slug}/"
    page = client.get(path)
    assert "“Tunisia and France” leaves the public agenda" in page.content.decode()
    sent = {
        "expected": page.context["form"].initial["expected"],
        "note": "For the press",
        "leaving": world.talks.public_id,
        f"leaving-{world.talks.public_id}-reason": REASON,
    }
    answer = client.post(path, sent)
    assert (answer.status_code, world.summit.releases.count()) == (200, 1)
    said = answer.content.decode()
    assert all(words in said for words in ("There is a problem", REASON, "For the press"))
    assert client.post(path, {**sent, f"leaving-{world.talks.public_id}-notice": "removed"}).status_code == 302
    row = PublicRemoval.objects.get()
    assert (row.session, row.release.number, row.notice, row.reason) == (world.talks, 2, "removed", REASON)


def test_the_api_asks_for_the_same(world: World) -> None:
    desk = program(world.by)
    base = f"summits/{world.summit.slug}/desk/releases"
    found = desk.post(f"{base}/preview/", {}).json()
    assert (found["leaving"], found["audiences"]) == (
        [world.talks.public_id],
        [{"reader": "participants", "sessions": [world.talks.public_id]}],
    )
    sent = {"expected": found["expected"]}
    assert desk.post(f"{base}/release/", sent).status_code == 409
    assert PublicRemoval.objects.count() == 0
    removal = {"session": world.talks.public_id, "notice": "removed", "reason": REASON}
    assert desk.post(f"{base}/release/", {**sent, "removals": [{**removal, "notice": "other"}]}).status_code == 422
    assert desk.post(f"{base}/release/", {**sent, "removals": [removal]}).status_code == 200
    assert reads(world.summit, world.talks) == (["gone"], 410, False)


def test_the_press_desk_reads_since_when_it_was_public(world: World, django_assert_num_queries: Any) -> None:
    first = world.summit.releases.get()
    hidden = release(world.summit, decisions=decided(PublicNotice.NONE))
    with django_assert_num_queries(4):
        (found,) = removals.of_summit(world.summit)
    assert (found.title, found.reason) == ("Tunisia and France", REASON)
    assert (found.public_since, found.public_until) == (first.released_at, hidden.released_at)
    desk = signed_in(f.UserFactory.with_role(Role.PRESS_OFFICER, world.summit))
    page = desk.get(f"/admin/?summit={world.summit.slug}").content.decode()
    assert "Tunisia and France" in page
    assert REASON in page


def accredit(summit: Summit) -> None:
    """Make a photographer of a delegation, a delegate, and the account of a journalist."""
    party = f.PartyFactory(summit=summit, mission_email="mission@aland.example")
    for address, code in (("photo@aland.example", Capacity.MEDIA), ("delegate@aland.example", "delegate")):
        f.MembershipFactory(party=party, person=f.PersonFactory(summit=summit, email=address), code=code)
    f.UserFactory.with_role(Role.MEDIA_REPRESENTATIVE, summit, email="journalist@paper.example")


@pytest.mark.parametrize("notice", PublicNotice)
def test_accredited_media_are_told_unless_it_is_removed_silently(world: World, notice: PublicNotice) -> None:
    accredit(world.summit)
    release(world.summit, decisions=decided(notice))
    waiting = Message.objects.filter(kind="public_removal")
    deliver_agenda_changes(list(waiting.values_list("pk", flat=True)))
    mails = [message_from_bytes(sent.message().as_bytes(), policy=default) for sent in mail.outbox]
    told = {sent["To"]: sent.get_body(("plain",)).get_content() for sent in mails}
    if notice == PublicNotice.NONE:
        assert told == {}
        return
    assert set(told) == {"photo@aland.example", "journalist@paper.example"}
    word = "cancelled" if notice == PublicNotice.CANCELLED else "no longer in the public agenda"
    assert all("Tunisia and France" in text and word in text and REASON not in text for text in told.values())


def test_a_removal_is_never_changed(world: World) -> None:
    release(world.summit)
    with connection.cursor() as cursor, pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        cursor.execute("UPDATE agenda_publicremoval SET reason = 'another'")
