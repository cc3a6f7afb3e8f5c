"""Coming in at somebody else's door: codes that several browsers share, and browsers that slip out of their list."""

from typing import Any

import pytest
from django.test import Client

from delegations.invitations.services import links
from delegations.portal_access import messages as portal_access_messages
from delegations.portal_access.models import PortalSession, SignInCode
from delegations.portal_access.services import sign_in_codes
from summit.accounts import browser_sessions
from summit.outbox.models import Message
from tests import factories as f

pytestmark = pytest.mark.django_db
BOX = "embassy@land.example"


def ask(client: Client) -> None:
    client.post("/portal/sign-in/", {"mailbox": BOX})


def create(client: Client, code: str) -> Any:
    return client.post("/portal/sign-in/code/", {"code": code})


def newest() -> str:
    row = SignInCode.objects.latest("pk")
    return sign_in_codes.code_of(row.nonce, digits=row.digits)


@pytest.fixture
def thief() -> Client:
    """Return a browser that has filled the mailbox and shares the last code in it with whoever asks next."""
    f.PersonFactory.create_batch(2, email=BOX)
    client = Client()
    for _ in range(8):
        ask(client)
    return client


def test_a_shared_code_opens_the_browser_of_who_enters_it_alone(thief: Client) -> None:
    owner, second = Client(), Client()
    ask(owner)
    code = newest()
    create(owner, code)
    # The control: the owner may choose.
    assert owner.get("/portal/sign-in/person/").status_code == 200
    answer = thief.get("/portal/sign-in/person/")
    assert (answer.status_code, answer["Location"]) == (302, "/portal/sign-in/")
    person = sign_in_codes.people_at(BOX)[0].public_id
    assert thief.post("/portal/sign-in/person/", {"person": person}).status_code == 302
    assert PortalSession.objects.count() == 0
    # It is used up for all: whoever asks after that gets a new one.
    assert create(thief, code).status_code == 422
    ask(second)
    answer = create(second, newest())
    assert (answer.status_code, answer["Location"]) == (303, "/portal/sign-in/person/")


def test_wrong_guesses_keep_no_mail_back() -> None:
    """Else whoever guesses five codes away before they are sent leaves the owner with a full mailbox of nothing."""
    f.PersonFactory(email=BOX)
    for _ in range(7):
        thief = Client()
        ask(thief)
        for guess in range(5):
            create(thief, f"{guess:08}")
    mails = list(Message.objects.all())
    assert len(mails) == 7
    assert portal_access_messages.expired_codes(mails) == {}


def through(door: str, client: Client) -> None:
    if door == "link":
        client.get(f"/i/{links.token(f.InvitationLinkFactory())}/")
    elif door == "code":
        f.PersonFactory(email=BOX)
        ask(client)
        create(client, newest())
    else:
        client.post("/portal/leave/")


@pytest.mark.parametrize("door", ["link", "code", "leave"])
def test_a_browser_that_changes_its_key_stays_in_the_accounts_list_and_can_be_ended(door: str) -> None:
    client, user = Client(), f.UserFactory(email="zoe@host.example")
    client.post("/accounts/login/", {"login": user.email, "password": f.PASSWORD})
    before = client.session.session_key
    assert [row.session_key for row in browser_sessions.listed(user)] == [before]
    through(door, client)
    after = client.session.session_key
    assert after != before
    assert [row.session_key for row in browser_sessions.listed(user)] == [after]
    assert browser_sessions.end_all(user=user) == 1
    assert client.get("/accounts/2fa/").status_code == 302
