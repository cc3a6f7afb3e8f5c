"""Coming in by a code to one's mailbox or by a letter's link, and the browsers in which the portal is open."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session as BrowserSession
from django.db.models import Q
from django.db.models.functions import Now
from django.test import Client

from delegations.invitations.models.invitations import Invitation, InvitationLink
from delegations.invitations.services import links
from delegations.parties.models.parties import Party
from delegations.portal_access.models import PortalSession, PortalSessionQuerySet, SignInCode
from delegations.portal_access.services import sign_in_codes
from portal.views import sign_in_codes as sign_in_pages
from summit.audit.models import AuditEntry
from summit.core.database_clock import db_now
from summit.maintenance import heartbeats
from summit.outbox.models import Message
from summit.people.models import Person
from summit.users.models import User
from tests import factories as f
from tests.delegations.helpers import queries

pytestmark = pytest.mark.django_db
BOX = "embassy@land.example"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605 Version/18.1 Mobile/15E Safari/604.1"


def ask(client: Client, mailbox: str = BOX) -> Any:
    return client.post("/portal/sign-in/", {"mailbox": mailbox})


def code() -> str:
    row = SignInCode.objects.latest("pk")
    return sign_in_codes.code_of(row.nonce, digits=row.digits)


def come_in(mailbox: str = BOX, person: Person | None = None, **extra: Any) -> Client:
    client = Client(**extra)
    ask(client, mailbox)
    entered = client.post("/portal/sign-in/code/", {"code": code()})
    if person is not None:
        assert entered["Location"] == "/portal/sign-in/person/"
        entered = client.post("/portal/sign-in/person/", {"person": person.public_id})
    assert (entered.status_code, entered["Location"]) == (303, "/portal/")
    return client


def open_link(*followed: InvitationLink) -> Client:
    client = Client()
    for link in followed:
        client.get(path(link))
    return client


def path(link: InvitationLink) -> str:
    return f"/i/{links.token(link)}/"


def focal(**kwargs: Any) -> Any:
    """Make a focal point whose mailbox is BOX, of an invited party."""
    point = f.FocalPointFactory(person__email=BOX, **kwargs)
    f.InvitationFactory(party=point.party, state="sent", sent_at=f.START)
    return point


class TestComingIn:
    def test_mailbox_then_code_then_portal(self) -> None:
        point = focal()
        client, thief = Client(), Client()
        asked = ask(client)
        assert (asked.status_code, asked["Location"]) == (303, "/portal/sign-in/code/")
        before, told = client.session.session_key, code()
        # The code opens only where it was asked for: without asking there is nothing to enter.
        assert thief.get("/portal/sign-in/code/")["Location"] == "/portal/sign-in/"
        assert thief.post("/portal/sign-in/code/", {"code": told})["Location"] == "/portal/sign-in/"
        ask(thief, "nobody@land.example")
        assert thief.post("/portal/sign-in/code/", {"code": told}).status_code == 422
        entered = client.post("/portal/sign-in/code/", {"code": told})
        assert (entered.status_code, entered["Location"]) == (303, "/portal/")
        assert client.session.session_key != before
        page = client.get("/portal/").content.decode()
        assert point.party.name in page
        assert "_auth_user_id" not in client.session

    def test_of_several_one_is_chosen_and_the_portal_is_theirs_alone(self) -> None:
        party = f.PartyFactory(mission_email=BOX)
        one, two = (f.MembershipFactory(party=party, person__office=name).person for name in ("Head", "Adviser"))
        client = Client()
        ask(client)
        assert client.get("/portal/sign-in/person/")["Location"] == "/portal/sign-in/"
        client.post("/portal/sign-in/code/", {"code": code()})
        page = client.get("/portal/sign-in/person/").content.decode()
        assert re.findall(r'value="(\w{16})"', page) == [two.public_id, one.public_id]
        assert client.get("/portal/").status_code == 302
        other = f.PersonFactory(email="other@land.example")
        assert client.post("/portal/sign-in/person/", {"person": other.public_id}).status_code == 422
        client.post("/portal/sign-in/person/", {"person": one.public_id})
        (viewer,) = client.get("/portal/").context["request"].viewers
        assert (viewer.people, viewer.parties, viewer.acts) == ((one,), (party,), {})
        assert client.get("/portal/sign-in/person/")["Location"] == "/portal/sign-in/"

    def test_what_is_no_address_is_said(self) -> None:
        client = Client()
        for mailbox in ("", "x", "a@b", "a b@c.example", "a@b.example\nBcc: c@d.example", f"{'a' * 250}@b.example"):
            answer = ask(client, mailbox)
            assert (answer.status_code, "Enter a full email address" in answer.content.decode()) == (422, True)
        assert SignInCode.objects.count() == 0

    def test_the_audit_knows_the_sign_in_and_no_mailbox_and_it_opens_no_account(self) -> None:
        point = focal(person__user=f.UserFactory(email=BOX, is_superuser=True))
        client = come_in()
        path = f"/portal/invitation/{Invitation.objects.get().public_id}/"
        assert client.post(path, {"answer": "attending", "name": "Zoe", "note": ""}).status_code == 303
        entries = AuditEntry.objects.order_by("pk")
        told = [(entry.action, entry.by, entry.by_label) for entry in entries]
        by = f"mailbox:{PortalSession.objects.get().public_id}"
        assert told == [("delegations.sign_in", None, by), ("delegations.answer", None, by)]
        assert entries[0].object_key == point.person.public_id
        assert BOX not in str(list(entries.values()))
        for path in ("/admin/", "/accounts/sessions/", "/accounts/2fa/"):
            assert client.get(path)["Location"].startswith(("/accounts/login/", "/admin/login/"))


@pytest.mark.slow("asks after each way in which a sign-in ends")
def test_what_a_code_opened_is_dead_at_the_next_request(monkeypatch: pytest.MonkeyPatch) -> None:
    focal()
    client, ended = come_in(), come_in()
    path = f"/portal/invitation/{Invitation.objects.get().public_id}/"

    def statuses(client: Client) -> set[int]:
        return {client.get(path).status_code, client.post(path, {}).status_code}

    PortalSession.objects.filter(pk=PortalSession.objects.latest("pk").pk).update(ended_at=f.START)
    assert (client.get(path).status_code, statuses(ended)) == (200, {302})
    Invitation.objects.update(state="revoked")
    assert statuses(client) == {410}
    Invitation.objects.update(state="sent")
    Person.objects.update(email="new@land.example")
    assert statuses(client) == {410}
    # The control: looked at once it would still open.
    with monkeypatch.context() as patch:
        patch.setattr(PortalSessionQuerySet, "live", lambda self: self)
        assert client.get("/portal/").status_code == 200
    Person.objects.all().delete()
    assert statuses(client) == {302}


class TestBrowsers:
    @pytest.mark.slow("comes in from three browsers")
    def test_they_are_listed_and_one_is_ended(self) -> None:
        focal()
        lost, kept = come_in(headers={"user-agent": PHONE}), come_in(headers={"user-agent": "X11; Linux Firefox/1"})
        page = kept.get("/portal/browsers/").content.decode()
        assert re.findall(r"<strong>(.*?)</strong>", page) == ["Firefox on Linux", "Safari on iPhone"]
        (wanted,) = re.findall(r'name="end" value="(\w{16})"', page)
        f.PersonFactory(email="thief@land.example")
        thief = come_in("thief@land.example")
        for each in (wanted, "others"):
            thief.post("/portal/browsers/", {"end": each})
        assert lost.get("/portal/").status_code == 200
        said = kept.post("/portal/browsers/", {"end": wanted}, follow=True).content.decode()
        assert "1 browser signed out." in said
        assert (lost.get("/portal/").status_code, kept.get("/portal/").status_code) == (302, 200)

    def test_a_letters_link_lists_those_who_followed_it(self) -> None:
        link, other = f.InvitationLinkFactory(), f.InvitationLinkFactory()
        clients, stranger = [open_link(link, link) for _ in range(3)], open_link(other)
        assert clients[0].get("/portal/browsers/").content.decode().count("<strong>") == 3
        clients[0].post("/portal/browsers/", {"end": "others"})
        assert [client.get("/portal/").status_code for client in [*clients, stranger]] == [200, 302, 302, 200]
        InvitationLink.objects.update(revoked_at=f.START)
        assert clients[0].get("/portal/browsers/").status_code == 410
        assert clients[0].post("/portal/browsers/", {"end": "others"}).status_code == 410
        # Those of an account are shown where its own are.
        user: User = f.UserFactory()
        f.FocalPointFactory(person__user=user)
        clients[1].force_login(user)
        assert "/accounts/sessions/" in clients[1].get("/portal/browsers/").content.decode()

    def test_those_that_are_gone_are_not_listed_and_cleared_away(self) -> None:
        link = f.InvitationLinkFactory()
        clients = [open_link(link) for _ in range(2)]
        focal()
        come_in()
        gone = PortalSession.objects.filter(link=link).earliest("pk")
        PortalSession.objects.filter(Q(pk=gone.pk) | Q(link=None)).update(last_seen_at=f.START)
        assert clients[1].get("/portal/browsers/").content.decode().count("<strong>") == 1
        heartbeats.clear_expired()
        # What a code opened stays: the audit names it.
        assert [row.link for row in PortalSession.objects.order_by("pk")] == [link, None]

    def test_one_signs_out(self) -> None:
        focal()
        link = f.InvitationLinkFactory()
        client = come_in()
        client.get(path(link))
        planted = client.session.session_key
        session = client.session
        session["portal_seen"] = {"here": 3}
        session.save()
        assert client.post("/portal/leave/")["Location"] == "/"
        assert client.get("/portal/").status_code == 302
        assert client.session.session_key != planted
        # Whoever comes in here next has seen nothing yet.
        assert list(client.session.keys()) == []
        assert PortalSession.objects.live().count() == 0
        assert InvitationLink.objects.live().count() == 1
        opened = PortalSession.objects.get(person__isnull=False)
        by = f"mailbox:{opened.public_id}"
        told = list(AuditEntry.objects.order_by("pk").values_list("action", "by_label", "object_key"))
        key = Person.objects.get(portal_sessions=opened).public_id
        assert told == [("delegations.sign_in", by, key), ("delegations.sign_out", by, key)]
        assert client.get("/portal/leave/").status_code == 405


class TestAttacked:
    def test_a_client_that_asks_all_the_time_is_stopped_alone(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert sign_in_pages.LIMITS == {"code": "40/10m/ip,120/h/ip"}
        monkeypatch.setitem(sign_in_pages.LIMITS, "code", "3/10m/ip")
        focal()
        flooder, owner = Client(REMOTE_ADDR="192.0.2.1"), Client(REMOTE_ADDR="192.0.2.2")
        statuses = [ask(flooder, f"nobody{number}@land.example").status_code for number in range(4)]
        assert statuses == [303, 303, 303, 429]
        assert ask(owner).status_code == 303
        assert owner.post("/portal/sign-in/code/", {"code": code()})["Location"] == "/portal/"

    def test_who_guesses_at_a_mailbox_keeps_its_owner_out_of_nothing(self) -> None:
        focal()
        owner = Client(REMOTE_ADDR="192.0.2.2")
        ask(owner)
        told = code()
        for number in range(2):
            guesser = Client(REMOTE_ADDR=f"198.51.100.{number}")
            ask(guesser)
            answers = [guesser.post("/portal/sign-in/code/", {"code": "0"}).status_code for _ in range(6)]
            assert answers == [422] * 6
        assert owner.post("/portal/sign-in/code/", {"code": told})["Location"] == "/portal/"

    def test_whoever_asks_when_codes_were_asked_for_often_is_told_of_the_one_that_lies_there(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sign_in_codes, "MOST_UNUSED", ((2, timedelta(hours=1)),))
        focal()
        for mailbox in (BOX, "nobody@land.example"):
            for number in range(3):
                ask(Client(REMOTE_ADDR=f"198.51.100.{number}"), mailbox)
            SignInCode.objects.update(written_at=Now() - timedelta(minutes=3))
        pages = []
        for mailbox in ("nobody@land.example", BOX):
            owner = Client(REMOTE_ADDR="192.0.2.2")
            ask(owner, mailbox)
            pages.append(owner.get("/portal/sign-in/code/").content.decode())
        assert "we emailed a twelve-digit code 3 minutes ago" in pages[1]
        assert len({re.sub('name="csrfmiddlewaretoken" value="[^"]*"', "", page) for page in pages}) == 1
        typed = f"{code()[:4]} {code()[4:8]} {code()[8:]}"
        assert owner.post("/portal/sign-in/code/", {"code": typed})["Location"] == "/portal/"

    def test_control_one_row_for_the_mailbox_would_keep_them_out(self) -> None:
        focal()
        owner, guesser = Client(), Client()
        ask(owner)
        told = code()
        session = guesser.session
        session["portal_code"] = owner.session["portal_code"]
        session.save()
        guesser.cookies["sessionid"] = session.session_key
        for _ in range(5):
            guesser.post("/portal/sign-in/code/", {"code": "0"})
        assert owner.post("/portal/sign-in/code/", {"code": told}).status_code == 422


def test_a_letters_link_leads_on_in_a_new_session_without_the_token() -> None:
    link, second, client = f.InvitationLinkFactory(), f.InvitationLinkFactory(), Client()
    client.get("/portal/?lang=fr")
    before = client.session.session_key
    response = client.get(path(link))
    assert response.status_code == 303
    assert response["Location"] == f"/portal/invitation/{link.invitation.public_id}/"
    assert (response["Referrer-Policy"], response["Cache-Control"]) == ("no-referrer", "no-store")
    page = client.get(response["Location"])
    assert (page.status_code, page["Cache-Control"]) == (200, "private, no-store")
    assert links.token(link) not in page.content.decode()
    assert client.session.session_key != before
    assert client.session["language"] == "fr"

    def opened() -> list[InvitationLink | None]:
        return [PortalSession.objects.get(public_id=key).link for key in client.session["portal_sessions"]]

    assert opened() == [link]
    for each in (second, link):
        client.get(path(each))
    assert opened() == [second, link]
    assert client.get(f"/portal/invitation/{second.invitation.public_id}/").status_code == 200


def everything() -> list[Any]:
    """All that a scanner could have changed, without when the link was first followed."""
    return [
        list(Party.objects.values()),
        list(Invitation.objects.values()),
        [{**row, "first_used_at": None} for row in InvitationLink.objects.values()],
        list(Message.objects.values()),
        list(AuditEntry.objects.values()),
    ]


def test_looks_of_a_scanner_change_nothing() -> None:
    link = f.InvitationLinkFactory()
    before, firsts = everything(), set()
    for method, agent in (("get", ""), ("head", "python-requests/2"), ("get", "Mozilla/5.0 (compatible; SafeLinks)")):
        client = Client(headers={"user-agent": agent})
        response = getattr(client, method)(path(link))
        assert response.status_code == 303
        assert getattr(client, method)(response["Location"]).status_code == 200
        firsts.add(InvitationLink.objects.get().first_used_at)
    for method in ("post", "put", "delete"):
        assert getattr(Client(), method)(path(link)).status_code == 405
    assert everything() == before
    assert (len(firsts), None in firsts) == (1, False)


@pytest.mark.parametrize(
    ("change", "status", "title"),
    [
        ("mangled", 404, "This link is incomplete"),
        ("unknown", 404, "This link is incomplete"),
        ("expired", 410, "This link has expired"),
        ("revoked", 410, "This link was revoked"),
        ("superseded", 410, "A newer letter replaced this one"),
    ],
)
def test_problems_are_told_with_whom_to_write_to(change: str, status: int, title: str) -> None:
    link = f.InvitationLinkFactory(invitation__party__name="Aland <b>")
    address = path(link)
    match change:
        case "mangled":
            address = f"{address[:-3]}/"
        case "unknown":
            link.delete()
        case "expired":
            InvitationLink.objects.update(expires_at=db_now() - timedelta(seconds=1))
        case _:
            InvitationLink.objects.update(revoked_at=f.START)
            Invitation.objects.update(state="superseded" if change == "superseded" else "sent")
    client = Client()
    response = client.get(address)
    content = response.content.decode()
    assert (response.status_code, f"<h1>{title}</h1>" in content) == (status, True)
    # Its origin alone: a browser that told nothing would have its form refused.
    assert (response["Referrer-Policy"], response["Cache-Control"]) == ("strict-origin", "no-store")
    if status == 410:
        assert 'href="mailto:protocol@host.example"' in content
        assert "Aland &lt;b&gt;" in content
    else:
        assert "reply to the letter" in content
        assert "Aland" not in content
    assert BrowserSession.objects.count() == 0


def test_a_token_with_odd_characters_is_told_too_and_following_costs_the_same_however_many_there_are() -> None:
    for token in ("x", "%20", "a%0Ab", "%F0%9F%98%80", "x" * 500):
        assert Client().get(f"/i/{token}/").status_code == 404
    link = f.InvitationLinkFactory()
    Client().get(path(link))
    few = queries(lambda: Client().get(path(link)))
    f.InvitationLinkFactory.create_batch(3)
    assert queries(lambda: Client().get(path(link))) == few
