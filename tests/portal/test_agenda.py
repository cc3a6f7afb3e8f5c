"""The agenda in the portal: where one must be, and what has changed for whom."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from delegations.models import Party
from portal.views.agenda import mark
from sessions.domain import edits, member, releases
from sessions.models import Members, Session, Visibility
from summit.models import Person, Summit, User
from tests.delegations.helpers import signed_in
from tests.factories import (
    FocalPointFactory,
    MembershipFactory,
    ParticipantFactory,
    PartyFactory,
    PersonFactory,
    SummitFactory,
    UserFactory,
)
from tests.sessions.conftest import fill, organiser, session, summit

__all__ = ["organiser", "summit"]

pytestmark = pytest.mark.django_db
AGENDA, CHANGES = "/portal/agenda/", "/portal/changes/"


@pytest.fixture
def party(summit: Summit) -> Party:
    return PartyFactory(summit=summit, name="Aland")


@pytest.fixture
def delegate(summit: Summit, party: Party) -> Person:
    person = PersonFactory(summit=summit, user=UserFactory())
    MembershipFactory(party=party, person=person)
    return person


@pytest.fixture
def client(delegate: Person) -> Client:
    return signed_in(delegate.user)


def page(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return str(response.content.decode())


def agenda_of_all_kinds(summit: Summit, party: Party) -> None:
    session(summit, party, title="Ours")
    session(summit, title="Not ours")
    session(summit, title="For delegations", visibility=Visibility.ACCREDITED)
    session(summit, title="For everybody", visibility=Visibility.PUBLIC)
    session(summit, party, title="Behind the scenes", visibility=Visibility.ORGANISERS)


def titles(text: str) -> set[str]:
    return {title for title in Session.objects.values_list("title", flat=True) if f">{title}</a>" in text}


def test_mine_and_all_and_who_may_not_know_of_a_session(
    client: Client, summit: Summit, party: Party, organiser: User
) -> None:
    text = page(client, CHANGES)
    assert "The agenda has not been released yet." in text
    assert "Nothing has changed" not in text
    agenda_of_all_kinds(summit, party)
    releases.release(summit=summit, by=organiser)
    assert titles(page(client, AGENDA)) == {"Ours"}
    shown = {"Ours", "For delegations", "For everybody"}
    assert titles(page(client, f"{AGENDA}?show=all")) == shown
    codes = {row.title: client.get(f"{AGENDA}{row.public_id}/").status_code for row in Session.objects.all()}
    assert codes == dict.fromkeys(shown, 200) | dict.fromkeys(("Not ours", "Behind the scenes"), 404)
    text = page(client, f"{AGENDA}{Session.objects.get(title='Ours').public_id}/")
    assert ("Aland" in text, "09:00</time>–" in text) == (True, True)
    # Another summit's delegate sees nothing of this one, and strangers are sent to sign in.
    elsewhere = signed_in(PersonFactory(summit=SummitFactory(), user=UserFactory()).user)
    assert titles(page(elsewhere, f"{AGENDA}?show=all")) == set()
    assert elsewhere.get(f"{AGENDA}?summit={summit.slug}").status_code == 404
    for path in (AGENDA, CHANGES, f"{AGENDA}0000000000000000/"):
        assert Client().get(path).status_code == 302


def test_a_member_does_not_see_the_own_sessions_of_another(
    client: Client, summit: Summit, party: Party, organiser: User
) -> None:
    head = PersonFactory(summit=summit)
    MembershipFactory(party=party, person=head)
    ParticipantFactory(session=session(summit, title="Head alone"), person=head)
    releases.release(summit=summit, by=organiser)
    assert titles(page(client, f"{AGENDA}?show=all")) == set()
    focal = PersonFactory(summit=summit, user=UserFactory())
    FocalPointFactory(party=party, person=focal)
    acting = signed_in(focal.user)
    assert titles(page(acting, AGENDA)) == {"Head alone"}


def test_now_and_next(client: Client, summit: Summit, party: Party, organiser: User) -> None:
    now = timezone.now()
    on = session(
        summit, party, title="On", starts_at=now - timedelta(minutes=10), ends_at=now + timedelta(minutes=20)
    )
    following = session(
        summit,
        party,
        title="Following",
        starts_at=now + timedelta(minutes=30, seconds=30),
        ends_at=now + timedelta(hours=2),
    )
    session(summit, title="Other", visibility="public", starts_at=now, ends_at=now + timedelta(minutes=5))
    session(summit, party, title="Past", starts_at=now - timedelta(hours=2), ends_at=now - timedelta(hours=1))
    releases.release(summit=summit, by=organiser)
    response = client.get(AGENDA)
    assert [row.session_id for row in response.context["now"]] == [on.pk]
    assert (response.context["next"].session_id, response.context["minutes"]) == (following.pk, 30)
    assert "in 30 minutes" in response.content.decode()
    rows = list(member.members_agenda(summit=summit, members=Members.of([party], [])))
    current, then = mark(rows, now + timedelta(days=1))
    assert (current, then) == ([], None)


def test_changes_say_old_and_new_and_what_was_cancelled(
    client: Client, summit: Summit, party: Party, organiser: User
) -> None:
    moved, cancelled, hidden = (session(summit, party, title=title) for title in ("Moved", "Called off", "Hidden"))
    other = session(summit, title="Other", visibility=Visibility.ACCREDITED)
    releases.release(summit=summit, by=organiser)
    assert "Nothing has changed" in page(client, CHANGES)
    edits.move(
        session=moved,
        starts_at=moved.starts_at + timedelta(hours=2),
        ends_at=moved.ends_at + timedelta(hours=2),
        room=None,
        by=organiser,
    )
    edits.cancel(session=cancelled, by=organiser)
    Session.objects.filter(pk=hidden.pk).update(visibility=Visibility.ORGANISERS, title="Secret")
    edits.cancel(session=other, by=organiser)
    releases.release(summit=summit, by=organiser, note="After lunch")
    text = page(client, CHANGES)
    for words in (
        "Release 2",
        "After lunch",
        "<del>Monday 31 March 2025, 09:00–\u206010:00 London time</del>",
        "<ins>Monday 31 March 2025, 11:00–\u206012:00 London time</ins>",
        "Called off",
        ">cancelled<",
        "Hidden",
        ">no longer in your programme<",
    ):
        assert words in text, words
    assert text.count(">cancelled<") == 1
    assert "Secret" not in text
    assert "Other" not in text
    assert "Other" in page(client, f"{CHANGES}?show=all")


def _queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


def test_the_number_of_queries_does_not_grow(client: Client, summit: Summit, party: Party, organiser: User) -> None:
    fill(summit, 2, party)
    releases.release(summit=summit, by=organiser)
    Session.objects.update(title="Changed")
    releases.release(summit=summit, by=organiser)
    row = Session.objects.order_by("id")[0]
    paths = [AGENDA, f"{AGENDA}?show=all", CHANGES, f"{AGENDA}{row.public_id}/"]
    for path in paths:
        client.get(path)
    few = {path: _queries(client, path) for path in paths}
    fill(summit, 4, party)
    releases.release(summit=summit, by=organiser)
    Session.objects.update(title="Changed again")
    releases.release(summit=summit, by=organiser)
    for path in paths:
        client.get(path)
    assert {path: _queries(client, path) for path in paths} == few
    assert max(few.values()) <= 15
