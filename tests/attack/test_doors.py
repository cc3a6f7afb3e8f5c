"""Coming in at somebody else's door: codes that several browsers share, and browsers that slip out of their list."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from delegations import messages
from delegations.domain import codes, links
from delegations.models import PortalSignIn, SignInCode
from summit.domain import browsers
from summit.outbox.models import Message
from tests import factories as f

pytestmark = pytest.mark.django_db
BOX = "embassy@land.example"


@pytest.fixture(autouse=True)
def no_counts() -> Iterator[None]:
    """Begin and end without counted attempts."""
    cache.clear()
    yield
    cache.clear()


def ask(client: Client) -> None:
    client.post("/portal/sign-in/", {"mailbox": BOX})


def enter(client: Client, code: str) -> Any:
    return client.post("/portal/sign-in/code/", {"code": code})


def newest() -> str:
    row = SignInCode.objects.latest("pk")
    return codes.code_of(row.nonce, digits=row.digits)


class TestACodeThatSeveralBrowsersShare:
    @pytest.fixture
    def thief(self) -> Client:
        """Return a browser that has filled the mailbox and shares the last code in it with whoever asks next."""
        f.PersonFactory.create_batch(2, email=BOX)
        client = Client()
        for _ in range(8):
            ask(client)
        return client

    def test_who_enters_it_opens_their_own_browser_alone(self, thief: Client) -> None:
        owner = Client()
        ask(owner)
        code = newest()
        enter(owner, code)
        # The control: the owner may choose.
        assert owner.get("/portal/sign-in/person/").status_code == 200
        answer = thief.get("/portal/sign-in/person/")
        assert (answer.status_code, answer["Location"]) == (302, "/portal/sign-in/")
        person = codes.people_at(BOX)[0].public_id
        assert thief.post("/portal/sign-in/person/", {"person": person}).status_code == 302
        assert PortalSignIn.objects.count() == 0
        # It is used up for all.
        assert enter(thief, code).status_code == 422

    def test_whoever_asks_after_that_gets_a_new_one(self, thief: Client) -> None:
        first, second = Client(), Client()
        ask(first)
        enter(first, newest())
        ask(second)
        answer = enter(second, newest())
        assert (answer.status_code, answer["Location"]) == (303, "/portal/sign-in/person/")


def test_wrong_guesses_keep_no_mail_back() -> None:
    """Else whoever guesses five codes away before they are sent leaves the owner with a full mailbox of nothing."""
    f.PersonFactory(email=BOX)
    for _ in range(7):
        thief = Client()
        ask(thief)
        for guess in range(5):
            enter(thief, f"{guess:08}")
    mails = list(Message.objects.all())
    assert len(mails) == 7
    assert messages.expired_codes(mails) == {}


class TestABrowserThatChangesItsKey:
    @pytest.fixture
    def signed_in(self) -> Client:
        client = Client()
        user = f.UserFactory(email="zoe@host.example")
        client.post("/accounts/login/", {"login": user.email, "password": f.PASSWORD})
        assert len(browsers.listed(user)) == 1
        return client

    @pytest.mark.parametrize("door", ["link", "code", "leave"])
    def test_it_stays_in_the_accounts_list_and_can_be_ended(self, door: str, signed_in: Client) -> None:
        before = signed_in.session.session_key
        self._through(door, signed_in)
        assert signed_in.session.session_key != before
        user: Any = f.UserFactory._meta.model.objects.get()
        assert [row.session_key for row in browsers.listed(user)] == [signed_in.session.session_key]
        assert browsers.end_all(user=user) == 1
        assert signed_in.get("/accounts/2fa/").status_code == 302

    @staticmethod
    def _through(door: str, client: Client) -> None:
        if door == "link":
            client.get(f"/i/{links.token(f.InvitationLinkFactory())}/")
        elif door == "code":
            f.PersonFactory(email=BOX)
            ask(client)
            enter(client, newest())
        else:
            client.post("/portal/leave/")
