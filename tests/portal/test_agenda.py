"""The agenda in the portal: where one must be, and what has changed for whom."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from delegations.parties.models.parties import Party
from portal.views.agenda import mark
from sessions.agenda.selectors import released_agenda
from sessions.draft.models.sessions import Session
from sessions.draft.services import cancel_and_move
from sessions.releases.services import releases
from sessions.visibility.models import Visibility
from sessions.visibility.viewers import Members
from summit.people.models import Person
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.clients import signed_in
from tests.sessions.conftest import focal, later, release, session

pytestmark = pytest.mark.django_db
AGENDA, CHANGES = "/portal/agenda/", "/portal/changes/"


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


def test_what_one_may_know_of_is_shown(client: Client, summit: Summit, party: Party) -> None:
    text = page(client, CHANGES)
    assert "The agenda is not released yet." in text
    assert "Nothing has changed" not in text
    agenda_of_all_kinds(summit, party)
    release(summit)
    assert titles(page(client, AGENDA)) == {"Ours"}
    shown = {"Ours", "For delegations", "For everybody"}
    assert titles(page(client, f"{AGENDA}?show=all")) == shown
    codes = {row.title: client.get(f"{AGENDA}{row.public_id}/").status_code for row in Session.objects.all()}
    assert codes == dict.fromkeys(shown, 200) | dict.fromkeys(("Not ours", "Behind the scenes"), 404)
    text = page(client, f"{AGENDA}{Session.objects.get(title='Ours').public_id}/")
    assert ("Aland" in text, "09:00</time>–" in text) == (True, True)
    # Another summit's delegate sees nothing of this one.
    elsewhere = signed_in(f.PersonFactory(summit=f.SummitFactory(), user=f.UserFactory()).user)
    assert titles(page(elsewhere, f"{AGENDA}?show=all")) == set()
    assert elsewhere.get(f"{AGENDA}?summit={summit.slug}").status_code == 404


def test_a_colleagues_own_sessions_are_hidden(client: Client, summit: Summit, party: Party) -> None:
    head = f.PersonFactory(summit=summit)
    f.MembershipFactory(party=party, person=head)
    f.ParticipantFactory(session=session(summit, title="Head alone"), person=head)
    release(summit)
    assert titles(page(client, f"{AGENDA}?show=all")) == set()
    assert titles(page(signed_in(focal(party).user), AGENDA)) == {"Head alone"}


def test_now_and_next(client: Client, summit: Summit, party: Party) -> None:
    now = timezone.now()

    def at(begins: float, ends: float, *parties: Party, **values: str) -> Session:
        """Make a session between so many minutes from now."""
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
    assert "No changes" in page(client, CHANGES)
    later(moved, organiser, hours=2)
    cancel_and_move.cancel(session=cancelled, by=organiser)
    Session.objects.filter(pk=hidden.pk).update(visibility=Visibility.ORGANISERS, title="Secret")
    cancel_and_move.cancel(session=other, by=organiser)
    releases.release(summit=summit, by=organiser, note="After lunch")
    text = page(client, CHANGES)
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
    assert "Secret" not in text
    assert "Other" not in text
    assert "Other" in page(client, f"{CHANGES}?show=all")
