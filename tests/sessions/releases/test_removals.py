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
from tests import factories as f
from tests.clients import signed_in
from tests.sessions.conftest import Alike, release, session
from tests.summit.api.conftest import program

pytestmark = pytest.mark.django_db
REASON = "At the request of both sides"


@pytest.fixture
def open_summit() -> Summit:
    found: Summit = f.SummitFactory(public_changes=True)
    return found


@pytest.fixture
def talks(open_summit: Summit) -> Session:
    """A session that the public has read, and that the draft hides from it."""
    found = session(open_summit, title="Tunisia and France", visibility=Visibility.PUBLIC)
    session(open_summit, title="Opening", visibility=Visibility.PUBLIC)
    release(open_summit)
    hide(found)
    return found


def hide(row: Session, **more: Any) -> None:
    Session.objects.filter(pk=row.pk).update(visibility=Visibility.PARTICIPANTS, **more)


def decided(notice: str) -> Alike:
    return Alike(Decision(notice, REASON))


def reads(summit: Summit, row: Session) -> tuple[list[str], int, bool]:
    """Return how the public record says the session ended, what its address answers, and whether that says
    "cancelled"."""
    told = [
        change.nature.value
        for entry in release_changes.public_changes(summit=summit)
        for change in entry.changes
        if change.session.session_id == row.pk
    ]
    answer = Client().get(f"/{summit.slug}/agenda/{row.public_id}/")
    return told, answer.status_code, "cancelled" in answer.content.decode()


# What the record of changes tells, and what the session's address answers.
TOLD = {
    PublicNotice.CANCELLED: (["cancelled"], 410),
    PublicNotice.REMOVED: (["gone"], 410),
    PublicNotice.NONE: ([], 404),
}


@pytest.mark.parametrize("notice", TOLD)
@pytest.mark.parametrize("first", ["is public", "is cancelled"])
def test_the_public_reads_what_was_chosen(open_summit: Summit, talks: Session, notice: str, first: str) -> None:
    by = f.UserFactory.with_role(Role.ORGANISER, open_summit)
    if first == "is cancelled":
        Session.objects.filter(pk=talks.pk).update(visibility=Visibility.PUBLIC)
        cancel_and_move.cancel(session=talks, by=by)
        release(open_summit)
        cancel_and_move.reinstate(session=talks, by=by)
        hide(talks)
    # Its title now is nobody's who may not read it.
    Session.objects.filter(pk=talks.pk).update(title="Secret")
    release(open_summit, decisions=decided(notice))
    told, status = TOLD[PublicNotice(notice)]
    expected = (told, status, notice == PublicNotice.CANCELLED)
    assert reads(open_summit, talks) == expected
    page = Client().get(f"/{open_summit.slug}/agenda/changes/").content.decode()
    assert (page.count("Tunisia and France"), "Secret" in page) == (len(told), False)
    # What becomes of it later is as little the public's.
    cancel_and_move.cancel(session=Session.objects.get(pk=talks.pk), by=by)
    release(open_summit)
    assert reads(open_summit, talks) == expected


def test_what_is_public_again_is_read_again(open_summit: Summit, talks: Session) -> None:
    release(open_summit, decisions=decided(PublicNotice.REMOVED))
    Session.objects.filter(pk=talks.pk).update(visibility=Visibility.PUBLIC)
    release(open_summit)
    assert reads(open_summit, talks) == (["added", "gone"], 200, False)
    assert removals.of_summit(open_summit) == []
    hide(talks)
    release(open_summit, decisions=decided(PublicNotice.NONE))
    assert reads(open_summit, talks) == ([], 404, False)


@pytest.mark.parametrize("decision", [None, Decision("none", " "), Decision("", REASON), Decision("other", REASON)])
def test_without_a_reason_and_a_choice_nothing_is_released(
    open_summit: Summit, talks: Session, decision: Decision | None
) -> None:
    by = f.UserFactory.with_role(Role.ORGANISER, open_summit)
    given = {} if decision is None else {talks.public_id: decision}
    with pytest.raises(RemovalUndecided, match="“Tunisia and France” leaves the public agenda"):
        releases.release(summit=open_summit, by=by, decisions=given)
    assert (open_summit.releases.count(), PublicRemoval.objects.count()) == (1, 0)


def test_what_the_public_never_read_asks_nothing(open_summit: Summit) -> None:
    row, other = (session(open_summit, visibility=Visibility.ACCREDITED) for _number in range(2))
    by = f.UserFactory.with_role(Role.ORGANISER, open_summit)
    releases.release(summit=open_summit, by=by)
    hide(row)
    assert releases.preview(summit=open_summit).leaving == []
    releases.release(summit=open_summit, by=by)
    Session.objects.filter(pk=other.pk).update(visibility=Visibility.PUBLIC)
    releases.release(summit=open_summit, by=by)
    hide(other)
    assert [each.title for each in releases.preview(summit=open_summit).leaving] == [other.title]
    # Nobody reads the agenda of a summit that isn't public.
    Summit.objects.update(public=False)
    open_summit.refresh_from_db()
    releases.release(summit=open_summit, by=by)


def test_the_desk_is_asked_and_loses_nothing(open_summit: Summit, talks: Session) -> None:
    client = signed_in(f.UserFactory.with_role(Role.ORGANISER, open_summit))
    path = f"/admin/agenda/release/prepare/{open_summit.slug}/"
    page = client.get(path)
    assert "“Tunisia and France” leaves the public agenda" in page.content.decode()
    sent = {
        "expected": page.context["form"].initial["expected"],
        "note": "For the press",
        "leaving": talks.public_id,
        f"leaving-{talks.public_id}-reason": REASON,
    }
    answer = client.post(path, sent)
    assert (answer.status_code, open_summit.releases.count()) == (200, 1)
    said = answer.content.decode()
    assert all(words in said for words in ("There is a problem", REASON, "For the press"))
    assert client.post(path, {**sent, f"leaving-{talks.public_id}-notice": "removed"}).status_code == 302
    row = PublicRemoval.objects.get()
    assert (row.session, row.release.number, row.notice, row.reason) == (talks, 2, "removed", REASON)


def test_the_api_asks_for_the_same(open_summit: Summit, talks: Session) -> None:
    desk = program(f.UserFactory.with_role(Role.ORGANISER, open_summit))
    base = f"summits/{open_summit.slug}/desk/releases"
    found = desk.post(f"{base}/preview/", {}).json()
    assert (found["leaving"], found["audiences"]) == (
        [talks.public_id],
        [{"reader": "participants", "sessions": [talks.public_id]}],
    )
    sent = {"expected": found["expected"]}
    assert desk.post(f"{base}/release/", sent).status_code == 409
    assert PublicRemoval.objects.count() == 0
    removal = {"session": talks.public_id, "notice": "removed", "reason": REASON}
    assert desk.post(f"{base}/release/", {**sent, "removals": [{**removal, "notice": "other"}]}).status_code == 422
    assert desk.post(f"{base}/release/", {**sent, "removals": [removal]}).status_code == 200
    assert reads(open_summit, talks) == (["gone"], 410, False)


def test_the_press_desk_reads_since_when_it_was_public(
    open_summit: Summit, talks: Session, django_assert_num_queries: Any
) -> None:
    first = open_summit.releases.get()
    hidden = release(open_summit, decisions=decided(PublicNotice.NONE))
    with django_assert_num_queries(4):
        (found,) = removals.of_summit(open_summit)
    assert (found.title, found.reason) == ("Tunisia and France", REASON)
    assert (found.public_since, found.public_until) == (first.released_at, hidden.released_at)
    desk = signed_in(f.UserFactory.with_role(Role.PRESS_OFFICER, open_summit))
    page = desk.get(f"/admin/?summit={open_summit.slug}").content.decode()
    assert "Tunisia and France" in page
    assert REASON in page


def accredit(summit: Summit) -> None:
    """Make a photographer of a delegation, a delegate, and the account of a journalist."""
    party = f.PartyFactory(summit=summit, mission_email="mission@aland.example")
    for address, code in (("photo@aland.example", Capacity.MEDIA), ("delegate@aland.example", "delegate")):
        f.MembershipFactory(party=party, person=f.PersonFactory(summit=summit, email=address), code=code)
    f.UserFactory.with_role(Role.MEDIA_REPRESENTATIVE, summit, email="journalist@paper.example")


@pytest.mark.parametrize("notice", PublicNotice)
def test_accredited_media_are_told_unless_it_is_removed_silently(
    open_summit: Summit, talks: Session, notice: PublicNotice
) -> None:
    accredit(open_summit)
    release(open_summit, decisions=decided(notice))
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


def test_nothing_is_told_once_it_is_public_again(open_summit: Summit, talks: Session) -> None:
    accredit(open_summit)
    release(open_summit, decisions=decided(PublicNotice.REMOVED))
    Session.objects.filter(pk=talks.pk).update(visibility=Visibility.PUBLIC)
    release(open_summit)
    deliver_agenda_changes(list(Message.objects.filter(kind="public_removal").values_list("pk", flat=True)))
    states = set(Message.objects.filter(kind="public_removal").values_list("state", flat=True))
    assert (states, mail.outbox) == ({MessageState.DROPPED}, [])


@pytest.mark.parametrize(
    "wrong", [{"reason": ""}, {"notice": "other"}, {"twice": True}], ids=["no reason", "no choice", "twice"]
)
def test_the_database_refuses(open_summit: Summit, talks: Session, wrong: dict[str, Any]) -> None:
    row = PublicRemoval(release=open_summit.releases.get(), session=talks, notice="none", reason=REASON)
    if wrong.pop("twice", False):
        PublicRemoval.objects.create(release=row.release, session=talks, notice="none", reason=REASON)
    for name, value in wrong.items():
        setattr(row, name, value)
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def test_a_removal_is_never_changed(open_summit: Summit, talks: Session) -> None:
    release(open_summit)
    with connection.cursor() as cursor, pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        cursor.execute("UPDATE agenda_publicremoval SET reason = 'another'")
