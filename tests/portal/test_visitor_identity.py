"""Who is in the portal: accounts and letters' links, read anew at every request."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.test import Client, RequestFactory

from delegations.invitations.models.invitations import Invitation, InvitationLink
from delegations.invitations.services import links
from portal import browser_session
from portal.visitor_identity import Viewer, viewers
from summit.audit.services import Link
from summit.core.database_clock import db_now
from summit.users.models import User
from tests import factories as f
from tests.clients import signed_in
from tests.delegations.helpers import queries

pytestmark = pytest.mark.django_db


def asking(user: User | None, *followed: InvitationLink) -> HttpRequest:
    request = RequestFactory().get("/portal/")
    request.session = SessionStore()
    request.session[browser_session.SIGN_INS_KEY] = [f.PortalSessionFactory(link=link).public_id for link in followed]
    request.user = user or AnonymousUser()
    return request


def seen_by(user: User | None = None, *followed: InvitationLink) -> list[Viewer]:
    return viewers(asking(user, *followed))


def follow(link: InvitationLink) -> Client:
    client = Client()
    assert client.get(f"/i/{links.token(link)}/").status_code == 303
    return client


class TestViewers:
    def test_a_focal_point_acts_for_their_parties_and_sees_their_members_places(self) -> None:
        user = f.UserFactory()
        one = f.PartyFactory(name="Aland")
        person = f.PersonFactory(summit=one.summit, user=user)
        two = f.PartyFactory(name="Bland", summit=one.summit)
        for party in (one, two):
            f.FocalPointFactory(party=party, person=person)
        member = f.MembershipFactory(party=two).person
        f.MembershipFactory(party__summit=one.summit)
        invitation = f.InvitationFactory(party=one, state="sent", sent_at=f.START)
        f.InvitationFactory(party=two)
        (viewer,) = seen_by(user)
        assert (viewer.summit, viewer.parties, viewer.people) == (one.summit, (one, two), (person, member))
        assert (viewer.invitations, viewer.by) == ((invitation,), user)
        assert viewer.acts == {one.pk: user, two.pk: user}

    def test_a_delegate_belongs_to_their_party_and_acts_for_none(self) -> None:
        user = f.UserFactory()
        member = f.MembershipFactory(person__user=user)
        f.MembershipFactory(party=member.party)
        invitation = f.InvitationFactory(party=member.party, state="sent", sent_at=f.START)
        (viewer,) = seen_by(user)
        assert (viewer.parties, viewer.people) == ((member.party,), (member.person,))
        assert (viewer.acts, viewer.may_answer(invitation)) == ({}, False)
        # Somebody of no party is there alone.
        alone = f.PersonFactory(user=f.UserFactory())
        (viewer,) = seen_by(alone.user)
        assert (viewer.parties, viewer.people, viewer.invitations) == ((), (alone,), ())

    def test_a_link_acts_for_its_party_and_shows_its_holders_own_places(self) -> None:
        link = f.InvitationLinkFactory()
        member = f.MembershipFactory(party=link.invitation.party).person
        (viewer,) = seen_by(None, link)
        assert (viewer.parties, viewer.people) == ((link.invitation.party,), (member,))
        assert (viewer.by, viewer.invitations) == (Link(link.public_id), (link.invitation,))
        link.person = f.FocalPointFactory(party=link.invitation.party).person
        link.save()
        (viewer,) = seen_by(None, link)
        assert (link.person in viewer.people, viewer.name) == (True, link.person.label)
        # An account counts before it.
        user = link.person.user = f.UserFactory()
        link.person.save()
        (viewer,) = seen_by(user, link)
        assert viewer.acts == {link.invitation.party_id: user}

    def test_one_for_each_summit_the_newest_first(self) -> None:
        user = f.UserFactory()
        old = f.MembershipFactory(person__user=user, party__summit__starts_on=date(2024, 5, 1)).party
        new = f.InvitationLinkFactory()
        found = seen_by(user, new)
        assert [viewer.summit for viewer in found] == [new.invitation.party.summit, old.summit]
        assert [viewer.by for viewer in found] == [Link(new.public_id), user]

    def test_a_party_whose_invitation_was_revoked_has_left(self) -> None:
        user = f.UserFactory()
        point = f.FocalPointFactory(person__user=user)
        f.MembershipFactory(party=point.party)
        invitation = f.InvitationFactory(party=point.party, state="revoked")
        assert seen_by(user) == []
        again = f.InvitationFactory(party=point.party, state="sent", sent_at=f.START)
        (viewer,) = seen_by(user)
        assert viewer.invitations == (again,)
        assert invitation not in viewer.invitations

    def test_a_dead_link_is_nobody(self) -> None:
        for model, how in (
            (InvitationLink, {"revoked_at": f.START}),
            (InvitationLink, {"expires_at": f.START}),
            (Invitation, {"state": "revoked"}),
        ):
            link = f.InvitationLinkFactory()
            model.objects.update(**how)
            assert seen_by(None, link) == []

    def test_queries_do_not_grow(self) -> None:
        def cost(size: int) -> int:
            user = f.UserFactory()
            followed = []
            for _ in range(size):
                person = f.PersonFactory(user=user)
                for party in f.PartyFactory.create_batch(size, summit=person.summit):
                    f.FocalPointFactory(party=party, person=person)
                    f.MembershipFactory.create_batch(size, party=party)
                    f.InvitationFactory(party=party, state="sent", sent_at=f.START)
                followed.append(f.InvitationLinkFactory(invitation__party__summit=person.summit))
            request = asking(user, *followed)
            return queries(lambda: viewers(request))

        assert (cost(1), cost(2)) == (5, 5)
        # Nobody costs nothing.
        assert queries(seen_by) == 0


class TestRequired:
    def test_an_account_that_stands_for_nobody_is_told(self) -> None:
        client = signed_in(f.UserFactory())
        response = client.get("/portal/")
        assert response.status_code == 403
        assert "This account has no delegation" in response.content.decode()

    def test_a_link_is_dead_at_the_next_request(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for how in ({"revoked_at": f.START}, {"expires_at": f.START}):
            link = f.InvitationLinkFactory()
            client = follow(link)
            address = f"/portal/invitation/{link.invitation.public_id}/"
            assert client.get(address).status_code == 200
            InvitationLink.objects.update(**how)
            for method in (client.get, client.post):
                response = method(address)
                assert response.status_code == 410
                assert "This link no longer works" in response.content.decode()
        assert set(Invitation.objects.values_list("state", flat=True)) == {"sent"}
        # The control: without looking anew it would still open.
        monkeypatch.setattr("delegations.invitations.models.invitations.LinkQuerySet.live", lambda self: self)
        assert client.get(address).status_code == 200

    def test_the_summit_is_chosen_by_address_and_remembered(self) -> None:
        user = f.UserFactory()
        for slug, year in (("old", 2024), ("new", 2025)):
            f.MembershipFactory(
                person__user=user, party__summit__slug=slug, party__summit__starts_on=date(year, 3, 1)
            )
        client = signed_in(user)

        def shown(address: str) -> str:
            return str(client.get(address).context["summit"].slug)

        assert shown("/portal/") == "new"
        assert shown("/portal/?summit=old") == "old"
        assert shown("/portal/") == "old"
        assert client.get("/portal/?summit=elsewhere").status_code == 404

    def test_the_link_outlives_this_machines_clock(self) -> None:
        time_machine = pytest.importorskip("time_machine")
        link = f.InvitationLinkFactory(expires_at=db_now() + timedelta(hours=1))
        with time_machine.travel(db_now() + timedelta(days=400), tick=True):
            client = follow(link)
            # The browser's session is this machine's; what it names is looked up on the database's clock.
            assert client.get("/portal/").status_code == 200


def test_what_was_not_sent_is_no_invitation_yet_and_who_was_not_revoked_has_not_left() -> None:
    user = f.UserFactory()
    point = f.FocalPointFactory(person__user=user)
    client = signed_in(user)
    row = f.InvitationFactory(party=point.party, state="draft")
    for approved in ({}, {"state": "approved", "approved_at": f.START, "approved_by": f.UserFactory()}):
        Invitation.objects.update(**approved or {"state": "draft"})
        assert client.get(f"/portal/invitation/{row.public_id}/").status_code == 404
        assert "Not invited yet" in client.get("/portal/").content.decode()
    # A party whose letter is written anew, or that was only taken off a session, has not left.
    Invitation.objects.update(state="superseded")
    f.InvitationFactory(party=point.party, supersedes=row)
    f.InvitationFactory(party=point.party, state="revoked", occasion="abc")
    assert client.get("/portal/").status_code == 200
