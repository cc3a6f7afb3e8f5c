"""The links in letters: what opens and what doesn't; and a new letter, asked for by a link that opens nothing any
more, or because the last one came back."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from delegations.invitations import link_tokens
from delegations.invitations.models.invitations import Invitation, InvitationLink
from delegations.invitations.selectors import bounces, letter_facts
from delegations.invitations.services import invitations, link_requests, links
from delegations.invitations.services.links import LinkProblem
from delegations.parties.models.parties import Party
from portal.views import letter_links
from summit.audit.models import AuditEntry
from summit.core.database_clock import db_now
from summit.outbox.models import Message
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.delegations.helpers import queries, refuses, said, text

pytestmark = pytest.mark.django_db
LINKS = "/admin/delegations/invitationlink/"
CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def problem_of(token: str) -> str:
    refused = refuses(LinkProblem, links.resolve, token)
    return refused.reason


def test_a_token_is_the_same_every_time_and_opens_its_link(settings: Any) -> None:
    settings.BASE_URL = "https://summit.example"
    link = f.InvitationLinkFactory()
    token = links.token(link)
    assert (len(token), set(token) <= set(CHARACTERS)) == (44, True)
    assert links.token(InvitationLink.objects.get(pk=link.pk)) == token
    assert links.url(link) == f"https://summit.example/i/{token}/"
    assert links.resolve(token) == link
    # One that is signed and has no row is unknown; changing any character mangles it.
    assert problem_of(links.sign("0" * 32)) == "unknown"
    for position, character in enumerate(token):
        other = CHARACTERS[(CHARACTERS.index(character) + 1) % 64]
        assert problem_of(token[:position] + other + token[position + 1 :]) == "mangled"


def test_what_has_not_the_form_is_mangled_without_a_query(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        for bad in ("", "x", "A" * 43, "A" * 45, "A" * 44, "é" * 44, "+" * 44, "=" * 44):
            assert problem_of(bad) == "mangled"


def test_the_database_alone_opens_nothing(settings: Any) -> None:
    link = f.InvitationLinkFactory()
    token = links.token(link)
    settings.SECRET_KEY = "another"
    assert links.token(link) != token
    assert problem_of(token) == "mangled"
    settings.SECRET_KEY_FALLBACKS = ["development only: known to everybody who can read this file"]
    assert links.resolve(token) == link


def test_control_without_the_signature_a_nonce_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    link = f.InvitationLinkFactory()
    monkeypatch.setattr(link_tokens, "signature", lambda nonce, secret: b"\0" * 17)
    forged = links.sign(link.nonce)
    assert links.resolve(forged) == link
    monkeypatch.undo()
    assert problem_of(forged) == "mangled"


def test_expired_on_the_databases_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    now = db_now()
    old = f.InvitationLinkFactory(expires_at=now - timedelta(seconds=1))
    young = f.InvitationLinkFactory(expires_at=now + timedelta(minutes=1))
    assert problem_of(links.token(old)) == "expired"
    assert links.resolve(links.token(young)) == young
    # Control: without `live` an expired link opens.
    monkeypatch.setattr("delegations.invitations.models.invitations.LinkQuerySet.live", lambda self: self)
    assert links.resolve(links.token(old)) == old


def test_revoked_with_its_link_or_its_invitation() -> None:
    revoked = f.InvitationLinkFactory(revoked_at=f.START, expires_at=f.START)
    with_invitation = f.InvitationLinkFactory()
    Invitation.objects.filter(pk=with_invitation.invitation_id).update(state="revoked")
    for link in (revoked, with_invitation):
        refused = refuses(LinkProblem, links.resolve, links.token(link))
        assert (refused.reason, refused.link) == ("revoked", link)


def test_a_link_lasts_sixty_days_or_until_answers_are_due_or_through_the_last_day() -> None:
    now = db_now()
    for answer_in, expected_in in ((None, 60), (10, 60), (90, 90)):
        due = None if answer_in is None else now + timedelta(days=answer_in)
        summit = f.SummitFactory(answer_by=due)
        assert abs(links.expiry(summit) - now - timedelta(days=expected_in)) < timedelta(minutes=1)
    summit = f.SummitFactory(starts_on=date(2099, 6, 1), ends_on=date(2099, 6, 2))
    assert links.expiry(summit) == datetime(2099, 6, 2, 23, 0, tzinfo=UTC)


def test_protocol_revokes_links_and_others_do_not(summit: Summit, protocol: User) -> None:
    link = f.InvitationLinkFactory(invitation__party__summit=summit)
    with pytest.raises(PermissionDenied, match="organiser, protocol"):
        links.revoke(link=link, by=f.UserFactory.with_role(Role.PROGRAMME, summit))
    assert links.resolve(links.token(link)) == link
    links.revoke(link=link, by=protocol)
    assert problem_of(links.token(link)) == "revoked"
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.object_key, entry.by) == ("delegations.revoke_link", link.public_id, protocol)
    assert "already revoked" in str(refuses(ValueError, links.revoke, link=link, by=protocol))


@pytest.fixture
def dead(summit: Summit) -> InvitationLink:
    return f.InvitationLinkFactory(invitation__party__summit=summit, revoked_at=f.START)


def test_asking_twice_is_asking_once(dead: InvitationLink) -> None:
    assert [link_requests.ask(link=dead) for _ in range(3)] == [True, False, False]
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.by_label) == ("delegations.ask_letter", f"link:{dead.public_id}")
    assert (entry.fields, entry.detail) == (["asked_at"], {"link": "revoked"})
    assert link_requests.of(dead.invitation.party.summit).count() == 1
    InvitationLink.objects.update(asked_at=db_now() - timedelta(hours=25))
    assert link_requests.ask(link=dead) is True
    refuses(ValueError, link_requests.ask, link=f.InvitationLinkFactory(), match="This link still works. Follow it")


def test_a_letter_settles_nothing_that_is_asked_of_it(dead: InvitationLink, summit: Summit) -> None:
    """The process's clock made it, and the database's says when it was asked about: they differ."""
    link_requests.ask(link=dead)
    InvitationLink.objects.update(created_at=db_now() + timedelta(seconds=5))
    assert link_requests.of(summit).count() == 1


def test_a_desk_or_a_newer_letter_settles_it(dead: InvitationLink, summit: Summit, protocol: User) -> None:
    link_requests.ask(link=dead)
    refuses(PermissionDenied, link_requests.settle, link=dead, by=f.UserFactory.with_role(Role.PROGRAMME, summit))
    assert link_requests.of(summit).count() == 1
    assert [link_requests.settle(link=dead, by=protocol) for _ in range(2)] == [True, False]
    assert AuditEntry.objects.filter(action="delegations.settle_letter").count() == 1
    assert link_requests.of(summit).count() == 0
    InvitationLink.objects.update(asked_at=None)
    link_requests.ask(link=dead)
    f.InvitationLinkFactory(invitation__party__summit=summit)
    assert link_requests.of(summit).count() == 1
    invitations.write_anew(invitation=dead.invitation, by=protocol)
    assert link_requests.of(summit).count() == 0


class TestPage:
    def test_the_pages_button_asks_and_a_foreign_form_is_not_taken(self, dead: InvitationLink) -> None:
        client, given = Client(enforce_csrf_checks=True), {"token": links.token(dead)}
        page = text(client.get(f"/i/{links.token(dead)}/"))
        assert 'action="/i/ask/"' in page
        assert f'name="token" value="{links.token(dead)}"' in page
        assert client.post("/i/ask/", given).status_code == 403
        given["csrfmiddlewaretoken"] = client.cookies["csrftoken"].value
        response = client.post("/i/ask/", given)
        assert (response.status_code, response["Referrer-Policy"]) == (200, "strict-origin")
        assert "New letter requested" in text(response)
        assert InvitationLink.objects.get().asked_at is not None

    def test_whoever_followed_it_before_asks_without_its_token(self, summit: Summit) -> None:
        link = f.InvitationLinkFactory(invitation__party__summit=summit)
        client = Client()
        client.get(f"/i/{links.token(link)}/")
        InvitationLink.objects.update(revoked_at=f.START)
        page = client.get("/portal/")
        assert (page.status_code, 'action="/i/ask/"' in text(page)) == (410, True)
        assert client.post("/i/ask/").status_code == 200
        assert link_requests.of(summit).count() == 1

    def test_a_stranger_is_told_nothing_and_writes_nothing(self, dead: InvitationLink) -> None:
        for token in ("", "x" * 44, "%00"):
            response = Client().post("/i/ask/", {"token": token})
            assert (response.status_code, "This link is incomplete" in text(response)) == (422, True)
            assert dead.invitation.party.name not in text(response)
        assert (AuditEntry.objects.count(), link_requests.waiting().count()) == (0, 0)

    def test_too_many_from_one_place_are_asked_to_wait(
        self, dead: InvitationLink, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert letter_links.LIMITS == {"letter": "20/h/ip"}
        monkeypatch.setattr(letter_links, "LIMITS", {"letter": "2/h/ip"})
        both = [{"token": links.token(dead)}, {"mailbox": "x@land.example"}]
        assert [Client().post("/i/ask/", given).status_code for given in both * 2] == [200, 200, 429, 429]


class TestMailbox:
    """Whoever holds a mangled link names the mailbox; the answer is the same whoever reads letters there."""

    def ask(self, mailbox: str) -> tuple[int, str]:
        response = Client().post("/i/ask/", {"mailbox": mailbox})
        assert response["Referrer-Policy"] == "strict-origin"
        return response.status_code, re.sub(r"csrf[^>]*|nonce-[^\"]*", "", response.content.decode())

    def test_the_page_of_a_mangled_link_has_the_form(self) -> None:
        link = f.InvitationLinkFactory()
        token = links.token(link)
        for rest in (token[:-2], f"{token[:20]}/more"):
            response = Client().get(f"/i/{rest}/")
            assert response.status_code == 404
            assert all(words in text(response) for words in ('name="mailbox"', 'action="/i/ask/"'))
        # What stands around an address is no part of it.
        for around in (".", "’,"):
            response = Client().get(f"/i/{token}/{around}", follow=True)
            assert response.redirect_chain[-1] == (f"/portal/invitation/{link.invitation.public_id}/", 303)
        status, content = self.ask("office")
        assert (status, "Enter a full email address, such as office@mission.example." in content) == (422, True)
        assert 'value="office"' in content

    def test_the_newest_letter_of_each_invitation_is_asked_for_once(self) -> None:
        old = f.InvitationLinkFactory(address="office@land.example")
        new = f.InvitationLinkFactory(invitation=old.invitation, address="Office@land.example")
        other = f.InvitationLinkFactory(address="office@land.example")
        f.InvitationLinkFactory(address="office@land.example", invitation__state="revoked")
        for _time in range(2):
            assert self.ask("OFFICE@land.example")[0] == 200
        assert {row.pk for row in link_requests.waiting()} == {new.pk, other.pk}
        entries = AuditEntry.objects.filter(action="delegations.ask_letter")
        assert [(row.by_label, row.detail) for row in entries] == [("system", {"link": "mailbox"})] * 2

    def test_nobody_learns_whether_a_mailbox_is_known(self, monkeypatch: pytest.MonkeyPatch) -> None:
        f.InvitationLinkFactory(address="office@land.example")
        status, known = self.ask("office@land.example")
        again, unknown = self.ask("nobody@land.example")
        assert (status, again) == (200, 200)
        assert known.replace("office@", "nobody@") == unknown
        # What was noted for somebody else, so that it takes as long, is taken back.
        assert (link_requests.waiting().count(), AuditEntry.objects.count()) == (1, 1)
        # Control: without that it would be asked for another.
        monkeypatch.setattr(link_requests.transaction, "set_rollback", lambda *_args: None)
        InvitationLink.objects.update(asked_at=None)
        self.ask("nobody@land.example")
        assert link_requests.waiting().count() == 1

    def test_as_many_queries_for_both(self) -> None:
        f.InvitationLinkFactory(address="office@land.example")
        boxes = ("nobody@land.example", "office@land.example")
        unknown, known = (queries(lambda box=box: link_requests.ask_at(mailbox=box)) for box in boxes)
        # The decoy is one query more, and its savepoint is rolled back and then released.
        assert unknown - known in (1, 2)


def test_the_home_counts_the_list_and_the_action_settles(dead: InvitationLink, summit: Summit, desk: Client) -> None:
    link_requests.ask(link=dead)
    link_requests.ask(link=f.InvitationLinkFactory(revoked_at=f.START))
    f.InvitationLinkFactory(invitation__party__summit=summit)
    home = text(desk.get("/admin/"))
    assert "1 recipient has requested a new letter because the link doesn’t work. Send one." in home
    query = f"?invitation__party__summit__id__exact={summit.pk}&asks=open"
    assert query.replace("&", "&amp;") in home
    assert [row.pk for row in desk.get(f"{LINKS}{query}").context["cl"].result_list] == [dead.pk]
    response = desk.post(LINKS, {"action": "settle", "_selected_action": [dead.pk]})
    assert said(response) == ["1 request dismissed."]
    assert desk.get(f"{LINKS}{query}").context["cl"].result_count == 0


def back(party: Party, by: User) -> Invitation:
    invitations.invite(parties=[party], by=by)
    row = Invitation.objects.get(party=party)
    letter = Message.objects.filter(subject_key=letter_facts.subject_key(row))
    letter.update(state="sent", sent_at=f.START, returned_at="2099-01-01T00:00Z", returned_why="5.1.1 550 unknown")
    return row


def test_a_new_letter_settles_it(party: Party, protocol: User) -> None:
    row = back(party, protocol)
    assert len(bounces.letters_back([row])) == 1
    Message.objects.update(returned_at=f.START)
    Party.objects.update(mission_email="office@land.example")
    invitations.write_anew(invitation=row, by=protocol)
    assert bounces.letters_back([row]) == []
