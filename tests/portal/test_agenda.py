"""The agenda in the portal: where one must be, what has changed, what is printed, and what a process keeps of it."""

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pypdf import PdfReader

from delegations.parties.models.parties import Party
from portal.views.agenda import mark
from sessions.agenda.models.releases import ReleasedParticipant
from sessions.agenda.selectors import own_changes, release_cache, release_changes, released_agenda
from sessions.agenda.selectors.differences import SessionChange
from sessions.draft.models.sessions import Session
from sessions.draft.services import cancel_and_move
from sessions.public.session_lists import SessionLine
from sessions.releases.services import releases
from sessions.visibility.models import Visibility
from sessions.visibility.viewers import Members
from summit.core.process_cache import Memory, forget_all
from summit.people.models import Person
from summit.summits.models import Stamp, Summit
from summit.users.models import User
from tests import factories as f
from tests.clients import read, signed_in
from tests.sessions.conftest import focal, later, release, session

pytestmark = pytest.mark.django_db
AGENDA, CHANGES = "/portal/agenda/", "/portal/changes/"


@pytest.fixture
def client(delegate: Person) -> Client:
    return signed_in(delegate.user)


def titles(text: str) -> set[str]:
    return {title for title in Session.objects.values_list("title", flat=True) if f">{title}</a>" in text}


def test_subscribing_stands_above_the_sessions(client: Client, summit: Summit, party: Party) -> None:
    session(summit, party, title="Ours")
    release(summit)
    text = read(client, AGENDA)
    # Below them one meets it on a phone after three days of sessions.
    assert text.count(">Subscribe to calendar</a>") == 1
    assert text.index("<h1>") < text.index(">Subscribe to calendar</a>") < text.index(">Ours</a>")


@pytest.mark.slow("opens an agenda of each kind of session for four readers")
def test_what_one_may_know_of_is_shown(client: Client, summit: Summit, party: Party) -> None:
    text = read(client, CHANGES)
    assert "The agenda is not released yet." in text
    assert "Nothing has changed" not in text
    session(summit, party, title="Ours")
    session(summit, title="Not ours")
    session(summit, title="For delegations", visibility=Visibility.ACCREDITED)
    session(summit, title="For everybody", visibility=Visibility.PUBLIC)
    session(summit, party, title="Behind the scenes", visibility=Visibility.ORGANISERS)
    head = f.MembershipFactory(party=party).person
    f.ParticipantFactory(session=session(summit, title="Head alone"), person=head)
    release(summit)
    assert titles(read(client, AGENDA)) == {"Ours"}
    shown = {"Ours", "For delegations", "For everybody"}
    assert titles(read(client, f"{AGENDA}?show=all")) == shown
    assert titles(read(signed_in(focal(party).user), AGENDA)) == {"Ours", "Head alone"}
    codes = {row.title: client.get(f"{AGENDA}{row.public_id}/").status_code for row in Session.objects.all()}
    hidden = ("Not ours", "Behind the scenes", "Head alone")
    assert codes == dict.fromkeys(shown, 200) | dict.fromkeys(hidden, 404)
    text = read(client, f"{AGENDA}{Session.objects.get(title='Ours').public_id}/")
    assert ("Aland" in text, "09:00</time>–" in text) == (True, True)
    elsewhere = signed_in(f.PersonFactory(summit=f.SummitFactory(), user=f.UserFactory()).user)
    assert titles(read(elsewhere, f"{AGENDA}?show=all")) == set()
    assert elsewhere.get(f"{AGENDA}?summit={summit.slug}").status_code == 404


def test_now_and_next(client: Client, summit: Summit, party: Party) -> None:
    now = timezone.now()

    def at(begins: float, ends: float, *parties: Party, **values: str) -> Session:
        times = {"starts_at": now + timedelta(minutes=begins), "ends_at": now + timedelta(minutes=ends)}
        return session(summit, *parties, **times, **values)

    on, following = at(-10, 20, party), at(30.5, 120, party)
    at(0, 5, visibility="public")
    at(-120, -60, party)
    release(summit)
    response = client.get(AGENDA)
    assert [row.session_id for row in response.context["now"]] == [on.pk]
    assert (response.context["next"].session_id, response.context["minutes"]) == (following.pk, 30)
    assert "in 30 minutes" in response.content.decode()
    rows = list(released_agenda.members_agenda(summit=summit, members=Members.of([party], [])))
    current, then = mark(rows, now + timedelta(days=1))
    assert (current, then) == ([], None)


def test_changes_say_what_was_and_what_is(client: Client, summit: Summit, party: Party, organiser: User) -> None:
    moved, cancelled, hidden = (session(summit, party, title=title) for title in ("Moved", "Called off", "Hidden"))
    other = session(summit, title="Other", visibility=Visibility.ACCREDITED)
    releases.release(summit=summit, by=organiser)
    assert "No changes" in read(client, CHANGES)
    later(moved, organiser, hours=2)
    cancel_and_move.cancel(session=cancelled, by=organiser)
    Session.objects.filter(pk=hidden.pk).update(visibility=Visibility.ORGANISERS, title="Secret")
    cancel_and_move.cancel(session=other, by=organiser)
    releases.release(summit=summit, by=organiser, note="After lunch")
    text = read(client, CHANGES)
    for words in (
        "After lunch",
        "<del>Monday 31 March 2025, 09:00–\u206010:00 London time</del>",
        "<ins>Monday 31 March 2025, 11:00–\u206012:00 London time</ins>",
        "Called off",
        ">cancelled<",
        "Hidden",
        ">no longer in your agenda<",
    ):
        assert words in text, words
    assert text.count(">cancelled<") == 1
    assert ("Secret" in text, "Other" in text) == (False, False)
    assert "Other" in read(client, f"{CHANGES}?show=all")


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
    chair = f.PersonFactory(summit=summit, name="Ada Chair", office="Minister")
    made = session(summit, title="Ours")
    f.ParticipantFactory(session=made, party=party, role="chair")
    f.ParticipantFactory(session=made, person=chair, role="moderator")
    release(summit)

    def change(name: str, label: str) -> None:
        Party.objects.filter(pk=party.pk).update(name=name)
        rows = list(ReleasedParticipant.objects.filter(person=chair))
        ReleasedParticipant.objects.filter(person=chair).delete()
        for row in rows:
            row.label = label
        ReleasedParticipant.objects.bulk_create(rows)

    before = read(client, AGENDA)
    assert ("Aland" in before, "Ada Chair" in before) == (True, True)
    change("Beland", "Minister")
    after = read(client, AGENDA)
    assert ("Aland" in after, "Beland" in after, "Ada Chair" in after) == (False, True, False)
    # The control: kept without the stamp, the page says what isn't true any more.
    with blind(monkeypatch):
        assert "Beland" in read(client, AGENDA)
        change("Celand", "Ada again")
        stale = read(client, AGENDA)
        assert ("Celand" in stale, "Ada again" in stale) == (False, False)


def test_what_is_ones_own_in_a_line_is_not_anothers(client: Client, summit: Summit, party: Party) -> None:
    ours = session(summit, title="Ours", visibility=Visibility.PUBLIC)
    f.ParticipantFactory(session=ours, party=party, level="head")
    release(summit)
    assert read(client, f"{AGENDA}?show=all").count("in your agenda") == 1
    ours.participants.all().delete()
    f.ParticipantFactory(session=ours, person=f.PersonFactory(summit=summit))
    release(summit)
    text = read(client, f"{AGENDA}?show=all")
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

    def states(changes: Iterable[SessionChange]) -> list[Any]:
        return [(change.nature, change.before, change.after) for change in changes]

    told = release_changes.changes(summit=summit, members=members, language="en")
    at = release_cache.current(summit)
    assert at is not None
    for _turn in range(2):
        with CaptureQueriesContext(connection) as queries:
            own = release_cache.own(summit, members, own_changes.numbers(at, 3))
            found = own_changes.changes(summit, own, at, "en")
        assert {number: states(changes) for number, changes in found.items()} == {
            entry.release.number: states(entry.changes) for entry in told
        }
        assert sum(len(changes) for changes in found.values()) == 6
    assert len(queries) == 1
    # Of the last release alone where one has seen the others.
    own = release_cache.own(summit, members, own_changes.numbers(at, 1))
    assert own_changes.changes(summit, own, at, "en").keys() == {4}


@pytest.mark.slow("makes each list of an agenda twice, for two readers")
def test_a_kept_list_is_what_would_be_made_anew(
    client: Client, summit: Summit, party: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = f.PartyFactory(summit=summit, name="Zeland")
    reader = signed_in(f.MembershipFactory(party=other, person__user=f.UserFactory()).person.user)
    both = session(summit, party, title="Both", kind="plenary", visibility=Visibility.ACCREDITED)
    f.ParticipantFactory(session=both, party=other, level="head")
    session(summit, party, title="Ours", kind="roundtable", visibility=Visibility.ACCREDITED)
    release(summit)
    asked = ("lang=en", "lang=fr&show=all&kind=plenary")

    def pages() -> list[str]:
        found = [read(who, f"{AGENDA}?{narrowed}") for narrowed in asked for who in (client, reader)]
        return [text[text.index('class="tabs"') : text.index("</main>")] for text in found]

    forget_all()
    made = pages()
    with monkeypatch.context() as patch:
        # Nothing is kept.
        patch.setattr(Memory, "get", lambda self, key: None)
        anew = pages()
    assert pages() == made == anew
    assert len(set(anew)) == len(anew)
    # The control: kept without what is the reader's own, one is shown the list of another.
    with monkeypatch.context() as patch:
        patch.setattr(SessionLine, "said", property(lambda self: self.row.pk))
        forget_all()
        assert pages() != anew
    forget_all()


PRINT = "/portal/agenda/programme.pdf"


def printed(client: Client, address: str = PRINT) -> list[str]:
    """Return the lines of the document, whose pages are of the size A6."""
    response = client.get(address)
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    pages = PdfReader(io.BytesIO(response.content)).pages
    sizes = {(round(page.mediabox.width * 0.3528), round(page.mediabox.height * 0.3528)) for page in pages}
    assert sizes == {(105, 148)}
    return [line.strip() for page in pages for line in page.extract_text().splitlines()]


@pytest.fixture
def agenda(summit: Summit, party: Party) -> Summit:
    talks = session(summit, party, title="Talks", starts_at=f.START, ends_at=f.START + timedelta(minutes=45))
    f.SlotFactory(
        session=talks, speaker=f.PersonFactory(summit=summit, office="Minister"), title="Address", minutes=10
    )
    hours = {"starts_at": f.START + timedelta(days=1), "ends_at": f.START + timedelta(days=1, hours=1)}
    session(summit, title="Dinner", visibility=Visibility.ACCREDITED, room_to=Visibility.PARTICIPANTS, **hours)
    session(summit, title="Secret", visibility=Visibility.ORGANISERS)
    release(summit)
    return summit


def test_ones_own_sessions_are_printed(client: Client, agenda: Summit) -> None:
    *_summit, whose, about, day, start, end, title, where, speech, _release, zone, page = printed(client)
    assert whose.endswith(", Aland")
    assert [about, day] == ["1 session in your agenda", "Monday 31 March 2025"]
    assert [start, end, title, where] == ["09:00", "09:45", "Talks", "Working session"]
    assert [speech, zone, page] == ["Minister, speaker, 09:00", "All times are London time.", "1 / 1"]


def test_or_all_that_one_may_know_of_in_ones_language_and_the_same_bytes(client: Client, agenda: Summit) -> None:
    found = printed(client, f"{PRINT}?show=all")
    assert [title in found for title in ("Talks", "Dinner", "Secret")] == [True, True, False]
    response, again = (client.get(f"{PRINT}?lang=ar") for _time in range(2))
    assert response.content == again.content
    reader = PdfReader(io.BytesIO(response.content))
    assert reader.metadata is not None
    assert (reader.metadata.title, reader.trailer["/Root"]["/Lang"]) == ("برنامج الجيب", "ar")


def test_before_the_first_release_there_is_nothing_to_print(client: Client, summit: Summit) -> None:
    response = client.get(PRINT, follow=True)
    assert response.redirect_chain == [(f"/portal/agenda/?summit={summit.slug}", 302)]
    assert "The agenda is not released yet." in response.content.decode()
