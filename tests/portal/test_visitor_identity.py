"""Who is in the portal, read anew at every request, and what is held of them: shown, taken, corrected on request."""

import ast
import json
import re
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.test import Client, RequestFactory

from delegations.invitations.models.invitations import Invitation, InvitationLink
from delegations.invitations.permissions import can_answer
from delegations.invitations.services import links
from delegations.members.models.members import Membership
from delegations.members.models.particulars import Particulars
from delegations.members.permissions import can_act
from delegations.portal_access.models import PartyProvider, PortalSession
from delegations.portal_access.services import portal_sessions, provider_sign_ins, sign_in_codes
from portal import browser_session
from portal.personal_data import ORDER
from portal.views import personal_data
from portal.visitor_identity import Viewer, viewers
from sessions.calendars import services as calendars
from sessions.signups.permissions import can_sign_up
from summit.audit.access_log import SEEN
from summit.audit.models import AuditEntry
from summit.audit.services import Link, Mailbox
from summit.core.database_clock import db_now
from summit.core.personal_data import activity_of
from summit.outbox.models import Message
from summit.privacy import registry
from summit.single_sign_on.facts import SignInFacts
from summit.single_sign_on.refusals import SignInRefused
from summit.users.models import User
from tests import factories as f
from tests.clients import signed_in
from tests.delegations.helpers import queries, refuses
from tests.delegations.invitations.test_letters import sent, text_of
from tests.portal.delegation.helpers import PASSPORT
from tests.portal.test_sign_in_codes import BOX, come_in
from tests.ratchets import hold, table
from tests.sources import calls, sources, tree

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

        assert (cost(1), cost(2)) == (6, 6)
        # Nobody costs nothing.
        assert queries(seen_by) == 0


class TestRequired:
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
            summit = f.SummitFactory(slug=slug, starts_on=date(year, 3, 1))
            f.MembershipFactory(person__user=user, party__summit=summit)
        client = signed_in(user)

        def shown(address: str) -> str:
            return str(client.get(address).context["summit"].slug)

        assert shown("/portal/") == "new"
        assert shown("/portal/?summit=old") == "old"
        assert shown("/portal/") == "old"
        assert client.get("/portal/?summit=elsewhere").status_code == 404
        response = signed_in(f.UserFactory()).get("/portal/")
        assert response.status_code == 403
        assert "This account has no delegation" in response.content.decode()

    def test_the_link_outlives_this_machines_clock(self) -> None:
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


HELD, TAKE = "/portal/held/", "/portal/held/data.zip"


@pytest.fixture
def row() -> Membership:
    found: Membership = f.MembershipFactory(
        party__name="Aland", person__name="Ada", person__office="", person__user=f.UserFactory(), person__email=BOX
    )
    f.InvitationFactory(party=found.party, state="sent", sent_at=f.START)
    Particulars.objects.create(
        person=found.person, entered_for=found.party, withheld=["diet"], diet="No nuts", **PASSPORT
    )
    return found


def user(row: Membership) -> User:
    assert row.person.user is not None
    return row.person.user


def text(client: Client) -> str:
    response = client.get(HELD)
    assert (response.status_code, response["Cache-Control"]) == (200, "private, no-store")
    return " ".join(response.content.decode().split())


def looked() -> list[list[str]]:
    return list(AuditEntry.objects.filter(action=SEEN).values_list("fields", flat=True))


def test_nothing_that_is_handed_over_is_forgotten() -> None:
    names = sorted(each.name for each in registry.own_portions())
    assert sorted(ORDER) == names, "name each portion in ORDER in portal/personal_data.py"
    assert [each.name for each in registry.own_portions() if activity_of(each.model) is None] == []
    of_desks = {each.name for each in registry.portions() if each.desks}
    assert of_desks == {"calls", "hand_over_requests", "places", "speeches", "texts"}


class TestReading:
    def test_each_field_with_who_sees_it_until_when_and_whence(self, row: Membership) -> None:
        row.party.summit.ends_on = f.START.date()
        row.party.summit.save()
        page = text(signed_in(user(row)))
        assert '<dt>Passport number</dt> <dd><bdi lang="">X4821397</bdi></dd>' in page
        assert '<dt>Nationality</dt> <dd><bdi lang="">France</bdi></dd>' in page
        seen_by = "Also visible to: vetting, focal point. Erased automatically on "
        assert f"Entered by the focal points of Aland. {seen_by}" in page
        assert "Some of it was entered by the host." in page
        assert looked() == [sorted(PASSPORT)]
        assert "X4821397" in text(come_in())
        assert AuditEntry.objects.filter(action=SEEN).latest("pk").by_label.startswith("mailbox:")

    @pytest.mark.slow("comes in twice by a code")
    def test_behind_a_shared_mailbox_it_is_not_said(self, row: Membership, monkeypatch: pytest.MonkeyPatch) -> None:
        def is_not_said(client: Client) -> None:
            page = text(client)
            assert "Data held: Name in the passport, Date of birth, Nationality, Passport number, Valid until" in page
            assert "X4821397" not in page
            assert looked() == []
            assert client.post(TAKE).status_code == 302

        colleague = f.MembershipFactory(party=row.party, person__email=BOX).person
        is_not_said(come_in(person=row.person))
        colleague.email = ""
        colleague.save()
        row.party.mission_email = BOX
        row.party.save()
        client = come_in(person=row.person)
        is_not_said(client)
        # The control: without asking who else reads there it would be.
        monkeypatch.setattr(personal_data, "is_own", lambda mailbox, subject: True)
        assert "X4821397" in text(client)

    def test_a_letters_link_says_nothing_of_who_reads(self, row: Membership) -> None:
        client = follow(f.InvitationLinkFactory(invitation=row.party.invitations.get(), person=row.person))
        assert "doesn’t identify you" in text(client)
        assert "X4821397" not in text(client)
        assert client.post(TAKE).status_code == 302
        assert client.post(HELD, {"what": "erase"}).status_code == 200
        assert not Message.objects.exists()


def test_what_is_taken_is_the_same_file_without_what_desks_draft(row: Membership) -> None:
    f.SlotFactory(session__summit=row.party.summit, speaker=row.person, party=row.party, title="Secret")
    f.DeclarationFactory(party=row.party, person=row.person)
    with ZipFile(BytesIO(signed_in(user(row)).post(TAKE).content)) as packed:
        data = json.loads(packed.read("data.json"))
    assert data["parts"]["particulars"][0]["passport_number"] == "X4821397"
    assert "speeches" not in data["parts"]
    assert "Secret" not in json.dumps(data)
    assert "decided_by" not in data["parts"]["declarations"][0]
    entry = AuditEntry.objects.get(action="summit.take_own_data")
    assert (entry.object_key, "particulars" in entry.detail["parts"]) == (row.person.public_id, True)
    assert looked() == [sorted(PASSPORT)]


@pytest.mark.slow("opens the page of all that is held again and again")
def test_protocol_is_asked_once_for_each_request_and_answers_the_mailbox(row: Membership) -> None:
    client, summit = signed_in(user(row)), row.party.summit
    for asked, said in (
        ({"what": "", "words": "x" * 2001}, "Choose a request."),
        ({"what": "correct", "words": " "}, "Enter what is wrong and what it should be."),
    ):
        response = client.post(HELD, asked)
        assert (response.status_code, said in response.content.decode()) == (422, True)
    assert not Message.objects.exists()
    asked = {"what": "correct", "words": "My name has two n."}
    for said in (f"Request sent. Protocol will reply to {user(row).email}.", "You have already sent this request."):
        assert client.post(HELD, asked).status_code == 302
        assert said in text(client)
    (letter,) = sent()
    assert (letter["To"], letter["Reply-To"]) == (summit.contact_email, user(row).email)
    assert letter["Subject"] == "Ada asks to have their data corrected"
    assert "My name has two n." in text_of(letter)
    assert f"/admin/summit/person/{row.person_id}/" in text_of(letter)
    entry = AuditEntry.objects.get(action="delegations.ask_own_data")
    assert entry.detail == {"what": "correct"}
    for number in range(4):
        assert client.post(HELD, {"what": "erase", "words": str(number)}).status_code == 302
    response = client.post(HELD, {"what": "erase", "words": "again"})
    assert "You have made 5 requests since yesterday." in response.content.decode()
    assert Message.objects.filter(kind="own_data").count() == 5


class TestWaysIn:
    """Every way in asks `people_with_access` or `standing_parties` who has access to the portal."""

    def test_a_party_that_has_left_is_let_in_by_none_although_a_session_still_invites_it(self) -> None:
        point = f.FocalPointFactory(person__email=BOX, person__user=f.UserFactory(), party__mission_email=BOX)
        party, person = point.party, point.person
        f.MembershipFactory(party=party, person=person)
        to_summit = f.InvitationFactory(party=party, state="sent", sent_at=f.START)
        to_session = f.InvitationFactory(party=party, state="sent", sent_at=f.START, occasion="abc")
        link = f.InvitationLinkFactory(invitation=to_session, person=person)
        PartyProvider.objects.create(party=party, issuer="https://idp.example")
        facts = SignInFacts(issuer="https://idp.example", subject="1", email=BOX, email_verified=True)
        opened = {
            "link": portal_sessions.open_by_link(link=link, agent=""),
            "code": portal_sessions.open_by_code(mailbox=BOX, person=person, agent=""),
            "provider": provider_sign_ins.open_sessions(facts=facts, agent="")[0],
        }
        by_code, by_provider = Mailbox(opened["code"].public_id), Mailbox(opened["provider"].public_id)
        actors = (person.user, Link(link.public_id), by_code, by_provider)
        tokens = [calendars.make(by=by, person=person)[1] for by in actors]
        tokens += [calendars.make(by=by, party=party)[1] for by in actors]

        def lets_in() -> dict[str, bool]:
            browsers = {way: asking(None) for way in opened}
            for way, row in opened.items():
                browsers[way].session[browser_session.SIGN_INS_KEY] = [row.public_id]
            found = {f"session by {way}": bool(viewers(request)) for way, request in browsers.items()}
            found |= {f"live by {way}": row in PortalSession.objects.live() for way, row in opened.items()}
            found |= {"account": bool(seen_by(person.user)), "code": bool(sign_in_codes.people_at(BOX))}
            for way, enter in (
                ("link", lambda: links.resolve(links.token(link))),
                ("provider", lambda: provider_sign_ins.open_sessions(facts=facts, agent="")),
            ):
                try:
                    found[way] = bool(enter())
                except (links.LinkProblem, SignInRefused):
                    found[way] = False
            for number, token in enumerate(tokens):
                found[f"calendar {number}"] = calendars.find_by_token(token) is not None
            found["calendars"] = bool(calendars.listed(people=[person], parties=[party]))
            for by in actors:
                found[f"acting {by}"] = can_act(by, "delegations.name", party)
                found[f"signing up {by}"] = can_sign_up(by, person, party)
            return found | {f"answering {by}": can_answer(by, to_session) for by in actors}

        assert {way for way, is_in in lets_in().items() if not is_in} == set()
        Invitation.objects.filter(pk=to_summit.pk).update(state="revoked")
        assert {way for way, is_in in lets_in().items() if is_in} == set()
        problem = refuses(links.LinkProblem, links.resolve, links.token(link))
        assert problem.reason == "revoked"

    def test_none_reads_who_comes_without_asking_whether_they_may(self) -> None:
        asked = {f"{path}:{name}": line for path in sources() for name, line in looks_up_credentials(path)}
        todo = "Add .live() to the query. What lets nobody in, add to {table} with the reason."
        hold(table(asked, NOT_A_WAY_IN, f"{__file__} NOT_A_WAY_IN", todo))


# Functions that look up what somebody brings with them and don't ask `live()`, with the reason.
AFTER = "asked before, whether they act for the party"
NOT_A_WAY_IN = {
    "delegations/focal_points/services/focal_points.py:own": AFTER,
    "delegations/focal_points/services/requests.py:_asker": AFTER,
    "delegations/invitations/audit_messages.py:_followers": "says who did what the audit has",
    "delegations/portal_access/audit_messages.py:_provers": "says who did what the audit has",
    "delegations/portal_access/services/portal_sessions.py:mailbox_of": "writes to whom uploaded a file",
    "delegations/portal_access/services/portal_sessions.py:record_activity": "counts a browser's requests",
    "portal/browser_session.py:forget": "ends sessions",
    "portal/views/calendars.py:own_person": "has a viewer",
    "portal/views/letter_links.py:_dead_link": "finds a link that is dead",
    "portal/visitor_identity.py:_nobody": "says why somebody has no access",
    "sessions/calendars/services.py:_sign_in_fields": "the calendar made by it is asked for",
}
CREDENTIALS = {"public_id", "public_id__in", "nonce", "digest", "token"}


def looks_up_credentials(path: Path) -> set[tuple[str, str]]:
    """Return the functions of a module that find a link, portal session or calendar by what somebody brings, without
    `live()` in the query, each with the line."""
    found = set()
    for function in (node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef)):
        for call in calls(function):
            chain = ast.unparse(call.func)
            looks_up = re.match(r"(InvitationLink|PortalSession|CalendarFeed)\.objects\b.*\b(get|filter)$", chain)
            asks = looks_up is None or re.search(r"\.(live|for_party)\(", chain)
            if not asks and CREDENTIALS & {keyword.arg for keyword in call.keywords}:
                found.add((function.name, f"{path}:{call.lineno}"))
    return found
