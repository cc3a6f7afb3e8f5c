"""What a process keeps of the agenda is never older than the database, and nobody's but theirs."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from delegations.parties.models.parties import Party
from sessions.agenda.models.releases import ReleasedParticipant
from sessions.agenda.selectors import own_changes, release_cache, release_changes
from sessions.draft.models.sessions import Session
from sessions.draft.services import cancel_and_move
from sessions.public.session_lists import SessionLine
from sessions.releases.services import releases
from sessions.visibility.models import Visibility
from sessions.visibility.viewers import Members
from summit.core.process_cache import Memory, forget_all
from summit.summits.models import Stamp, Summit
from summit.users.models import User
from tests.clients import signed_in
from tests.factories import MembershipFactory, ParticipantFactory, PartyFactory, PersonFactory, UserFactory
from tests.portal.test_agenda import AGENDA, client, page
from tests.sessions.conftest import release, session

__all__ = ["client"]

pytestmark = pytest.mark.django_db


@contextmanager
def blind(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Take the stamp for one that never changes."""
    current = release_cache.current

    def same(summit: Summit) -> release_cache.Current | None:
        at = current(summit)
        return at and release_cache.Current(at.release, at.moment, Stamp(summit.pk, 0, 0))

    with monkeypatch.context() as patch:
        patch.setattr(release_cache, "current", same)
        forget_all()
        yield
    forget_all()


def test_a_name_that_was_erased_or_changed_is_gone_at_once(
    client: Client, summit: Summit, party: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    chair = PersonFactory(summit=summit, name="Ada Chair", office="Minister")
    made = session(summit, title="Ours")
    ParticipantFactory(session=made, party=party, role="chair")
    ParticipantFactory(session=made, person=chair, role="moderator")
    release(summit)

    def change(name: str, label: str) -> None:
        Party.objects.filter(pk=party.pk).update(name=name)
        rows = list(ReleasedParticipant.objects.filter(person=chair))
        ReleasedParticipant.objects.filter(person=chair).delete()
        for row in rows:
            row.label = label
        ReleasedParticipant.objects.bulk_create(rows)

    before = page(client, AGENDA)
    assert ("Aland" in before, "Ada Chair" in before) == (True, True)
    change("Beland", "Minister")
    after = page(client, AGENDA)
    assert ("Aland" in after, "Beland" in after, "Ada Chair" in after) == (False, True, False)
    # The control: kept without the stamp, the page says what isn't true any more.
    with blind(monkeypatch):
        assert "Beland" in page(client, AGENDA)
        change("Celand", "Ada again")
        stale = page(client, AGENDA)
        assert ("Celand" in stale, "Ada again" in stale) == (False, False)


def test_what_is_ones_own_in_a_line_is_not_anothers(client: Client, summit: Summit, party: Party) -> None:
    ours = session(summit, title="Ours", visibility=Visibility.PUBLIC)
    ParticipantFactory(session=ours, party=party, level="head")
    release(summit)
    assert page(client, f"{AGENDA}?show=all").count("in your agenda") == 1
    ours.participants.all().delete()
    ParticipantFactory(session=ours, person=PersonFactory(summit=summit))
    release(summit)
    text = page(client, f"{AGENDA}?show=all")
    assert (text.count("in your agenda"), text.count("Your delegation:")) == (1, 0)
    assert "no longer in your agenda" in text


def test_news_are_what_the_page_of_changes_tells(summit: Summit, party: Party, organiser: User) -> None:
    rows = [session(summit, party, title=f"S{number}") for number in range(5)]
    releases.release(summit=summit, by=organiser, tell=False)
    cancel_and_move.cancel(session=rows[0], by=organiser)
    rows[1].participants.all().delete()
    releases.release(summit=summit, by=organiser)
    session(summit, party, title="New")
    Session.objects.filter(pk=rows[2].pk).update(title="Renamed")
    releases.release(summit=summit, by=organiser)
    Session.objects.filter(pk=rows[3].pk).update(visibility=Visibility.ORGANISERS)
    Session.objects.filter(pk=rows[4].pk).update(ends_at=rows[4].ends_at + timedelta(minutes=5))
    releases.release(summit=summit, by=organiser)
    members = Members.of([party], [])
    told = {
        entry.release.number: [(change.nature, change.before, change.after) for change in entry.changes]
        for entry in release_changes.changes(summit=summit, members=members, language="en")
    }
    at = release_cache.current(summit)
    assert at is not None
    for _turn in range(2):
        with CaptureQueriesContext(connection) as queries:
            own = release_cache.own(summit, members, own_changes.numbers(at, 3))
            found = own_changes.changes(summit, own, at, "en")
        assert {
            number: [(change.nature, change.before, change.after) for change in changes]
            for number, changes in found.items()
        } == told
        assert sum(len(changes) for changes in found.values()) == 6
    assert len(queries) == 1
    # Of the last release alone where one has seen the others.
    own = release_cache.own(summit, members, own_changes.numbers(at, 1))
    assert own_changes.changes(summit, own, at, "en").keys() == {4}


@pytest.mark.slow("makes each list of an agenda twice, for two readers")
def test_a_kept_list_is_what_would_be_made_anew(
    client: Client, summit: Summit, party: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = PartyFactory(summit=summit, name="Zeland")
    reader = signed_in(MembershipFactory(party=other, person__user=UserFactory()).person.user)
    both = session(summit, party, title="Both", kind="plenary", visibility=Visibility.ACCREDITED)
    ParticipantFactory(session=both, party=other, level="head")
    session(summit, party, title="Ours", kind="roundtable", visibility=Visibility.ACCREDITED)
    release(summit)
    asked = ("lang=en", "lang=en&show=all", "lang=en&kind=plenary", "lang=en&show=all&kind=plenary", "lang=fr")

    def pages() -> list[str]:
        found = [page(who, f"{AGENDA}?{narrowed}") for narrowed in asked for who in (client, reader)]
        return [text[text.index('class="tabs"') : text.index("</main>")] for text in found]

    forget_all()
    assert pages() == pages()
    with monkeypatch.context() as patch:
        # Nothing is kept.
        patch.setattr(Memory, "get", lambda self, key: None)
        anew = pages()
    assert pages() == anew
    assert len(set(anew)) == len(anew)
    # The control: kept without what is the reader's own, one is shown the list of another.
    with monkeypatch.context() as patch:
        patch.setattr(SessionLine, "said", property(lambda self: self.row.pk))
        forget_all()
        assert pages() != anew
    forget_all()
