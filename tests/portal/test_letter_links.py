"""Following a letter's link: what opens, what the page says else, and that looking changes nothing."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session as BrowserSession
from django.test import Client

from delegations.invitations.models.invitations import Invitation, InvitationLink
from delegations.invitations.services import links
from delegations.parties.models.parties import Party
from delegations.portal_access.models import PortalSession
from summit.audit.models import AuditEntry
from summit.core.database_clock import db_now
from summit.outbox.models import Message
from summit.summits.models import Summit
from tests import factories as f
from tests.delegations.helpers import queries

pytestmark = pytest.mark.django_db


def path(link: InvitationLink) -> str:
    return f"/i/{links.token(link)}/"


def test_it_leads_on_in_a_new_session_without_the_token() -> None:
    link, client = f.InvitationLinkFactory(), Client()
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
    assert [PortalSession.objects.get(public_id=key).link for key in client.session["portal_sessions"]] == [link]
    assert client.session["language"] == "fr"


def test_after_the_deadline_the_page_asks_nothing_and_says_who_can_still_record_it() -> None:
    link, client = f.InvitationLinkFactory(), Client()
    for late in (False, True):
        Summit.objects.update(answer_by=db_now() + timedelta(hours=-1 if late else 1))
        page = client.get(path(link), follow=True).content.decode()
        assert ('name="answer"' in page, "Protocol can still record or change your answer" in page) == (
            not late,
            late,
        )


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
    for method in ("get", "head"):
        for agent in ("", "Mozilla/5.0 (compatible; SafeLinks)", "python-requests/2"):
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
    if change == "mangled":
        address = f"{address[:-3]}/"
    elif change == "unknown":
        link.delete()
    elif change == "expired":
        InvitationLink.objects.update(expires_at=db_now() - timedelta(seconds=1))
    elif change == "superseded":
        InvitationLink.objects.update(revoked_at=f.START)
        Invitation.objects.update(state="superseded")
    else:
        InvitationLink.objects.update(revoked_at=f.START)
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


def test_a_token_on_two_lines_or_with_odd_characters_is_told_too() -> None:
    for token in ("x", "%20", "a%0Ab", "%F0%9F%98%80", "x" * 500):
        assert Client().get(f"/i/{token}/").status_code == 404


def test_following_costs_the_same_however_many_links_there_are() -> None:
    link = f.InvitationLinkFactory()

    Client().get(path(link))
    few = queries(lambda: Client().get(path(link)))
    f.InvitationLinkFactory.create_batch(3)
    assert queries(lambda: Client().get(path(link))) == few


def test_a_second_link_joins_the_first_in_the_same_browser() -> None:
    one, two = f.InvitationLinkFactory(), f.InvitationLinkFactory()
    client = Client()
    for link in (one, two, one):
        client.get(path(link))
    assert [PortalSession.objects.get(public_id=key).link for key in client.session["portal_sessions"]] == [two, one]
    for link in (one, two):
        assert client.get(f"/portal/invitation/{link.invitation.public_id}/").status_code == 200
