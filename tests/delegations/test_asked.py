"""Asking for a new letter by a link that opens nothing any more."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from delegations.domain import approval, asked, invitations, links
from delegations.models import Invitation, InvitationLink
from summit.db.clock import db_now
from summit.models import AuditEntry, Role
from tests import factories as f
from tests.delegations.test_admin import said, sign_in

pytestmark = pytest.mark.django_db
LINKS = "/admin/delegations/invitationlink/"


@pytest.fixture
def dead() -> InvitationLink:
    found: InvitationLink = f.InvitationLinkFactory(revoked_at=f.START)
    return found


def test_asking_twice_is_asking_once(dead: InvitationLink) -> None:
    assert [asked.ask(link=dead) for _ in range(3)] == [True, False, False]
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.by_label) == ("delegations.ask_letter", f"link:{dead.public_id}")
    assert (entry.fields, entry.detail) == (["asked_at"], {"link": "revoked"})
    assert asked.of(dead.invitation.party.summit).count() == 1


def test_after_a_day_it_is_heard_again(dead: InvitationLink) -> None:
    InvitationLink.objects.update(asked_at=db_now() - timedelta(hours=25))
    assert asked.ask(link=dead) is True


def test_a_link_that_opens_asks_for_nothing() -> None:
    link = f.InvitationLinkFactory()
    with pytest.raises(ValueError, match=r"This link opens\. Follow it to answer\."):
        asked.ask(link=link)
    assert AuditEntry.objects.count() == 0


def test_a_newer_letter_settles_it_and_another_partys_does_not(dead: InvitationLink) -> None:
    asked.ask(link=dead)
    summit = dead.invitation.party.summit
    f.InvitationLinkFactory(invitation__party__summit=summit)
    assert asked.of(summit).count() == 1
    by = f.UserFactory.with_role(Role.PROTOCOL, summit)
    invitations.write_anew(invitation=dead.invitation, by=by)
    assert asked.of(summit).count() == 0


@pytest.mark.parametrize("role", list(Role))
def test_a_desk_settles_it_by_hand(dead: InvitationLink, role: Role) -> None:
    asked.ask(link=dead)
    user = f.UserFactory.with_role(role, dead.invitation.party.summit)
    if role in (Role.ORGANISER, Role.PROTOCOL):
        assert [asked.settle(link=dead, by=user) for _ in range(2)] == [True, False]
        assert AuditEntry.objects.filter(action="delegations.settle_letter").count() == 1
    else:
        with pytest.raises(PermissionDenied):
            asked.settle(link=dead, by=user)
    assert asked.of(dead.invitation.party.summit).count() == (role not in (Role.ORGANISER, Role.PROTOCOL))


class TestPage:
    def ask(self, client: Client, token: str = "") -> object:
        return client.post("/i/ask/", {"token": token} if token else {})

    def test_the_pages_button_asks(self, dead: InvitationLink) -> None:
        client = Client()
        page = client.get(f"/i/{links.token(dead)}/").content.decode()
        assert 'action="/i/ask/"' in page
        assert f'name="token" value="{links.token(dead)}"' in page
        response = client.post("/i/ask/", {"token": links.token(dead)})
        assert (response.status_code, response["Referrer-Policy"]) == (200, "strict-origin")
        assert "Protocol is asked for a new letter" in response.content.decode()
        assert InvitationLink.objects.get().asked_at is not None

    def test_a_browsers_form_is_taken_and_a_foreign_one_is_not(self, dead: InvitationLink) -> None:
        client = Client(enforce_csrf_checks=True)
        client.get(f"/i/{links.token(dead)}/")
        given = {"token": links.token(dead)}
        assert client.post("/i/ask/", given).status_code == 403
        given["csrfmiddlewaretoken"] = client.cookies["csrftoken"].value
        assert client.post("/i/ask/", given).status_code == 200

    def test_whoever_followed_it_before_asks_without_its_token(self) -> None:
        link = f.InvitationLinkFactory()
        client = Client()
        client.get(f"/i/{links.token(link)}/")
        InvitationLink.objects.update(revoked_at=f.START)
        page = client.get("/portal/")
        assert (page.status_code, 'action="/i/ask/"' in page.content.decode()) == (410, True)
        assert client.post("/i/ask/").status_code == 200
        assert asked.of(link.invitation.party.summit).count() == 1

    @pytest.mark.parametrize("token", ["", "x", "x" * 44, "%00"])
    def test_a_stranger_is_told_nothing_and_writes_nothing(self, dead: InvitationLink, token: str) -> None:
        response = Client().post("/i/ask/", {"token": token})
        content = response.content.decode()
        assert (response.status_code, "This link is not complete" in content) == (422, True)
        assert dead.invitation.party.name not in content
        assert (AuditEntry.objects.count(), asked.waiting().count()) == (0, 0)

    def test_a_link_that_opens_is_followed(self) -> None:
        link = f.InvitationLinkFactory()
        response = Client().post("/i/ask/", {"token": links.token(link)})
        assert (response.status_code, response["Location"]) == (302, f"/i/{links.token(link)}/")

    def test_too_many_from_one_place_are_asked_to_wait(self) -> None:
        client = Client()
        found = f.InvitationLinkFactory.create_batch(21, revoked_at=f.START)
        statuses = [client.post("/i/ask/", {"token": links.token(link)}).status_code for link in found]
        assert statuses == [200] * 20 + [429]
        assert asked.waiting().count() == 20


class TestMailbox:
    """Whoever holds a mangled link names the mailbox; the answer is the same whoever reads letters there."""

    def ask(self, mailbox: str) -> tuple[int, str]:
        response = Client().post("/i/ask/", {"mailbox": mailbox})
        assert response["Referrer-Policy"] == "strict-origin"
        return response.status_code, re.sub(r"csrf[^>]*|nonce-[^\"]*", "", response.content.decode())

    def test_the_page_of_a_mangled_link_has_the_form(self) -> None:
        link = f.InvitationLinkFactory()
        for rest in (links.token(link)[:-2], "x", f"{links.token(link)[:20]}/more"):
            response = Client().get(f"/i/{rest}/")
            content = response.content.decode()
            assert (response.status_code, 'name="mailbox"' in content) == (404, True)
            assert 'action="/i/ask/"' in content

    def test_what_stands_around_an_address_is_no_part_of_it(self) -> None:
        link = f.InvitationLinkFactory()
        for around in (".", ")", ">", "’,"):
            response = Client().get(f"/i/{links.token(link)}/{around}", follow=True)
            assert response.redirect_chain[-1] == (f"/portal/invitation/{link.invitation.public_id}/", 303)

    def test_the_newest_letter_of_each_invitation_is_asked_for_once(self) -> None:
        old = f.InvitationLinkFactory(address="office@land.example")
        new = f.InvitationLinkFactory(invitation=old.invitation, address="Office@land.example")
        other = f.InvitationLinkFactory(address="office@land.example")
        gone = f.InvitationLinkFactory(address="office@land.example", invitation__state="revoked")
        for _time in range(2):
            assert self.ask("OFFICE@land.example")[0] == 200
        assert {row.pk for row in asked.waiting()} == {new.pk, other.pk}
        entries = AuditEntry.objects.filter(action="delegations.ask_letter")
        assert [(row.by_label, row.detail) for row in entries] == [("system", {"link": "mailbox"})] * 2
        assert gone.invitation.state == "revoked"

    def test_nobody_learns_whether_a_mailbox_is_known(self) -> None:
        f.InvitationLinkFactory(address="office@land.example")
        status, known = self.ask("office@land.example")
        again, unknown = self.ask("nobody@land.example")
        assert (status, again) == (200, 200)
        assert known.replace("office@", "nobody@") == unknown
        # What was noted for somebody else, so that it takes as long, is taken back.
        assert (asked.waiting().count(), AuditEntry.objects.count()) == (1, 1)

    def test_control_without_taking_it_back_it_would_be_asked_for_another(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(asked.transaction, "set_rollback", lambda *_args: None)
        f.InvitationLinkFactory(address="office@land.example")
        self.ask("nobody@land.example")
        assert asked.waiting().count() == 1

    def test_as_many_queries_for_both(self) -> None:
        f.InvitationLinkFactory(address="office@land.example")
        numbers = []
        for mailbox in ("nobody@land.example", "office@land.example"):
            with CaptureQueriesContext(connection) as queries:
                asked.ask_at(mailbox=mailbox)
            numbers.append(len(queries))
        # The decoy is one query more, and its savepoint is rolled back and then released.
        assert numbers[0] - numbers[1] in (1, 2)

    def test_half_an_address_is_said(self) -> None:
        status, content = self.ask("office")
        assert (status, "Enter the whole address, such as office@mission.example." in content) == (422, True)
        assert 'value="office"' in content

    def test_too_many_are_asked_to_wait(self) -> None:
        client = Client()
        statuses = [client.post("/i/ask/", {"mailbox": "x@land.example"}).status_code for _time in range(21)]
        assert statuses == [200] * 20 + [429]


class TestDesk:
    def test_the_home_counts_exactly_the_list_and_the_action_settles(self, dead: InvitationLink) -> None:
        summit = dead.invitation.party.summit
        asked.ask(link=dead)
        asked.ask(link=f.InvitationLinkFactory(revoked_at=f.START))
        f.InvitationLinkFactory(invitation__party__summit=summit)
        client = sign_in(summit)
        content = client.get("/admin/").content.decode()
        assert "1 reader of a letter asks for a new one: the link does not open for them. Write anew." in content
        query = f"?invitation__party__summit__id__exact={summit.pk}&asks=open"
        assert query.replace("&", "&amp;") in content
        assert [row.pk for row in client.get(f"{LINKS}{query}").context["cl"].result_list] == [dead.pk]
        response = client.post(LINKS, {"action": "settle", "_selected_action": [dead.pk]})
        assert said(response) == ["1 request is settled."]
        assert client.get(f"{LINKS}{query}").context["cl"].result_count == 0


def test_a_superseded_letters_link_says_so() -> None:
    link = f.InvitationLinkFactory(invitation__party__name="Aland")
    by = f.UserFactory.with_role(Role.PROTOCOL, link.invitation.party.summit)
    approval.supersede(invitation=link.invitation, by=by)
    response = Client().get(f"/i/{links.token(link)}/")
    content = response.content.decode()
    assert (response.status_code, "A newer letter took this one’s place" in content) == (410, True)
    assert 'action="/i/ask/"' in content
    assert Invitation.objects.get(pk=link.invitation_id).state == "superseded"
