"""Where an account is signed in: listed, ended, and dead at the next request."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from summit.accounts import browser_sessions
from summit.maintenance import heartbeats
from summit.permissions.models import Role
from summit.users.models import User
from tests.factories import PASSWORD, FocalPointFactory, SummitFactory, UserFactory
from tests.summit.accounts.helpers import by_password, mails

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_counts")]
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605 Version/18.1 Mobile/15E Safari/604.1"


@pytest.fixture
def zoe() -> User:
    made: User = UserFactory.with_role(Role.ORGANISER, SummitFactory(), email="zoe@host.example")
    FocalPointFactory(person__user=made)
    return made


def is_in(client: Client) -> list[bool]:
    """Return whether a browser is signed in at the desk, in the portal and at its own list."""
    return [client.get(path).status_code == 200 for path in ("/admin/", "/portal/", "/accounts/sessions/")]


def test_they_are_listed_by_what_they_are(zoe: User, django_assert_num_queries: Any) -> None:
    by_password(zoe, headers={"user-agent": PHONE})
    by_password(UserFactory(), headers={"user-agent": "Firefox/1 Windows"})
    client = by_password(zoe, headers={"user-agent": "Mozilla/5.0 (X11; Linux) Firefox/133.0"})
    page = client.get("/accounts/sessions/").content.decode()
    assert re.findall(r"<strong>(.*?)</strong>", page) == ["Firefox on Linux", "Safari on iPhone"]
    assert page.count("this browser") == 1
    assert PHONE not in page
    with django_assert_num_queries(2):
        assert len(browser_sessions.listed(zoe)) == 2


@pytest.mark.slow("opens three pages in each of four browsers after every step")
def test_one_is_ended_and_then_all_others(zoe: User) -> None:
    lost, other, own = by_password(zoe, headers={"user-agent": PHONE}), by_password(zoe), by_password(zoe)
    stranger = by_password(UserFactory())
    row = UserSession.objects.get(session_key=lost.session.session_key)
    assert is_in(lost) == [True] * 3
    # Nobody ends those of others, nor what is none.
    for value in (row.pk, "", "x", "-1", "9" * 40, "0", "²"):
        assert stranger.post("/accounts/sessions/", {"end": value}).status_code == 302
    assert (is_in(lost), UserSession.objects.count()) == ([True] * 3, 4)
    for end, said in ((row.pk, "1 browser signed out."), ("others", "1 browser signed out.")):
        assert said in own.post("/accounts/sessions/", {"end": end}, follow=True).content.decode()
        assert (is_in(lost), is_in(own)) == ([False] * 3, [True] * 3)
        assert is_in(other) == [end != "others"] * 3
    assert stranger.get("/accounts/sessions/").status_code == 200


def test_a_new_password_ends_the_others(zoe: User) -> None:
    other, this = by_password(zoe), by_password(zoe)
    new = "another long pass phrase"
    this.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert (is_in(other), is_in(this)) == ([False] * 3, [True] * 3)
    assert this.get("/accounts/sessions/").content.decode().count("<strong>") == 1


def test_a_password_set_by_a_link_ends_all(zoe: User) -> None:
    client = by_password(zoe)
    Client().post("/accounts/password/reset/", {"email": zoe.email})
    path = re.search(r"/accounts/password/reset/key/\S+", mails()[-1])
    assert path, mails()
    fresh = Client()
    form = fresh.get(path[0], follow=True).redirect_chain[-1][0]
    new = "another long pass phrase"
    assert fresh.post(form, {"password1": new, "password2": new}).status_code == 302
    assert is_in(client) == [False] * 3
    assert UserSession.objects.count() == 0


def test_a_closed_account_is_out_at_the_next_request_and_stays_out_when_it_is_opened(zoe: User) -> None:
    client, desk = by_password(zoe), by_password(UserFactory(is_superuser=True))
    assert is_in(client) == [True] * 3
    data = {"email": zoe.email, "name": zoe.name, "language": "en"}
    for more in ({}, {"is_active": "on"}):
        assert desk.post(f"/admin/summit/user/{zoe.pk}/change/", {**data, **more}).status_code == 302
        assert is_in(client) == [False] * 3


def test_it_is_noted_every_few_minutes_that_a_browser_is_there(zoe: User) -> None:
    client = by_password(zoe)
    first = UserSession.objects.get().last_seen_at
    client.get("/portal/")
    assert UserSession.objects.get().last_seen_at == first
    with time_machine.travel(first + timedelta(minutes=6), tick=False):
        client.get(f"/{SummitFactory().slug}/")
        assert UserSession.objects.get().last_seen_at == first
        client.get("/portal/")
    assert UserSession.objects.get().last_seen_at == first + timedelta(minutes=6)


def test_what_has_expired_is_cleared_away(zoe: User) -> None:
    by_password(zoe)
    by_password(zoe)
    Session.objects.filter(pk=UserSession.objects.earliest("pk").session_key).update(
        expire_date=timezone.now() - timedelta(hours=1)
    )
    assert len(browser_sessions.listed(zoe)) == 1
    heartbeats.clear_expired()
    assert UserSession.objects.count() == 1
