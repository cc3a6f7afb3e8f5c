"""Inviting by the desk's pages: the letters, a second person's part, a single guest, one session; and who saw whom
letters reach."""

import re
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.test import Client
from django.urls import reverse

from delegations.invitations.models.invitations import Invitation, InvitationLink
from delegations.invitations.models.letters import LetterTemplate
from delegations.invitations.services import links
from delegations.invitations.services.links import LinkProblem
from delegations.members.models.members import Membership
from delegations.parties.models.parties import Party
from delegations.parties.models.policy import Policy
from summit.admin_base import selections
from summit.audit import access_log
from summit.audit.models import AuditEntry
from summit.core.database_clock import db_now
from summit.outbox import mime
from summit.outbox.models import Message
from summit.people.models import Person
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.clients import signed_in
from tests.delegations.helpers import refuses, said, sign_in, text

pytestmark = pytest.mark.django_db
INVITE = "admin:delegations_party_invite"
LETTERS = "/admin/delegations/letters/here/"
PAGE = f"{LETTERS}?purpose=delegation&language=en"


@pytest.fixture
def summit(db: None) -> Summit:
    return f.SummitFactory(slug="here", name="Border Summit")


def ask(client: Client, **query: Any) -> Any:
    page = client.get(reverse(INVITE), {"summit": "here", **query})
    assert page.status_code == 200
    return page


def press(client: Client, page: Any, step: str, **more: Any) -> Any:
    (found,) = [found for found in page.context["steps"] if found["step"] == step]
    assert f'name="do" value="{step}"' in page.content.decode()
    keys = [party.pk for party, _addresses in found["rows"]]
    return client.post(reverse(INVITE), {"row": keys, "do": step, **more})


def seen() -> list[tuple[Any, ...]]:
    """Return what personal data somebody was seen to have read."""
    rows = AuditEntry.objects.filter(action=access_log.SEEN).order_by("id")
    return list(rows.values_list("object_type", "fields", "detail"))


def keys(*rows: Any) -> dict[str, Any]:
    return {"number": len(rows), "keys": [row.public_id for row in rows]}


@pytest.mark.parametrize("data", [{}, {"do": "read", "answer_by": "2027-06-01T17:00"}])
def test_who_reads_the_first_letter_has_seen_its_mailboxes(party: Party, desk: Client, data: dict[str, str]) -> None:
    focal = f.FocalPointFactory(party=party, person__email="focal@example.org").person
    page = desk.post("/admin/setup/here/letter/", data) if data else desk.get("/admin/setup/here/letter/")
    assert ("focal@example.org" in text(page), page.status_code) == (True, 200)
    assert seen() == [("summit.person", ["email"], keys(focal))]


def test_who_gave_an_answer_and_mailboxes_of_links_are_seen(summit: Summit, desk: Client) -> None:
    row = f.InvitationFactory(party__summit=summit, answered=True, answered_by="Zoe Example")
    assert "Zoe Example" in text(desk.get(reverse("admin:delegations_invitation_answer", args=[row.pk])))
    link = f.InvitationLinkFactory(invitation__party__summit=summit, address="zoe@example.org")
    assert "zoe@example.org" in text(desk.get("/admin/delegations/invitationlink/revoke/", {"row": link.pk}))
    assert seen() == [
        *(
            ("delegations.invitation", ["answered_by", "note"], {}),
            ("delegations.invitationlink", ["address"], keys(link)),
        ),
    ]


def test_the_letter_is_read_before_it_is_sent(summit: Summit, desk: Client) -> None:
    for name, french, mailbox in (("Germany", "Allemagne", "m@de.example"), ("Spain", "Espagne", "")):
        party = f.PartyFactory(summit=summit, name=name, mission_email=mailbox)
        f.PartyNameFactory(party=party, name=french)
    focal = f.FocalPointFactory(party=Party.objects.get(name="Germany"), person__email="focal@de.example").person
    page = ask(desk)
    assert ("focal@de.example" in text(page), seen()) == (True, [("summit.person", ["email"], keys(focal))])
    assert page.context["letter"].subject == "Invitation to the Border Summit (Germany)"
    assert "The letter to Germany" in text(page)
    assert "The link in this preview doesn’t work." in text(page)
    assert not InvitationLink.objects.exists()
    shown = text(ask(desk, lang="fr"))
    found = [f"{name}</bdi>" in shown for name in ("Allemagne", "Espagne", "Germany", "Spain")]
    assert found == [True, True, False, False]


def test_hundreds_of_delegations_make_no_long_address(summit: Summit, desk: Client) -> None:
    Policy.objects.create(summit=summit, second_person=True)
    parties = f.PartyFactory.create_batch(3, summit=summit)
    rest = f.PartyFactory(summit=summit)
    with patch.object(selections, "MOST", 2):
        page = ask(desk, row=[party.pk for party in parties])
        assert 'name="chosen"' in page.content.decode()
        token = re.findall(r'name="chosen" value="([^"]+)"', page.content.decode())[0]
        prepared = desk.post(reverse(INVITE), {"chosen": token, "do": "prepare"})
    assert said(prepared) == ["3 invitations prepared. Another person can approve them."]
    assert re.fullmatch(rf"{reverse(INVITE)}\?summit=here&chosen=[\w-]+", prepared["Location"])
    assert not Invitation.objects.filter(party=rest).exists()
    # A selection that is no longer stored stands for nobody, and not for all who aren't invited.
    gone = desk.get(reverse(INVITE), {"summit": "here", "chosen": "gone"})
    assert (gone.status_code, said(gone)[-1]) == (302, "Select the delegations to invite.")


class TestASecondPerson:
    @pytest.fixture(autouse=True)
    def needed(self, summit: Summit) -> None:
        Policy.objects.create(summit=summit, second_person=True)

    @pytest.mark.slow("opens the page before each step, and the home of both")
    def test_one_prepares_another_approves_and_it_is_sent(self, summit: Summit, desk: Client) -> None:
        party = f.PartyFactory(summit=summit, name="Aland")
        bo = f.UserFactory.with_role(Role.ORGANISER, summit, name="Bo")
        waits = "1 invitation is waiting for approval by a second person."
        prepared = press(desk, ask(desk), "prepare")
        assert said(prepared) == ["1 invitation prepared. Another person can approve it."]
        assert prepared["Location"] == f"{reverse(INVITE)}?summit=here&row={party.pk}"
        page = ask(desk)
        assert (page.context["steps"], page.context["number"]) == ([], 0)
        ((_party, why),) = page.context["skipped"]
        assert why == "Its invitation is not approved yet. It can be approved by: Bo."
        other = signed_in(bo)
        assert [waits in text(client.get("/admin/")) for client in (other, desk)] == [True, False]
        approved = other.post(reverse(INVITE), {"row": [party.pk], "do": "approve"})
        assert said(approved)[-1] == "1 invitation approved. It is ready to send."
        assert not Message.objects.exists()
        sent = press(desk, ask(desk), "send")
        assert said(sent)[-1] == "1 delegation invited; sending its letters (1)."
        assert list(Invitation.objects.values_list("party", "state")) == [(party.pk, "sent")]
        assert Message.objects.count() == 1


GUEST = {
    "name": "Ada Rossi",
    "office": "Professor of law",
    "form_of_address": "Dear Professor Rossi",
    "mailbox": "ada@university.example",
    "language": "fr",
}


class TestAGuest:
    PAGE = "/admin/delegations/guest/here/"

    def create(self, client: Client, **changed: Any) -> Any:
        return client.post(self.PAGE, {**GUEST, **changed})

    def test_they_are_entered_once_and_the_letter_is_read(self, summit: Summit, desk: Client) -> None:
        responses = [self.create(desk, once="mark") for _time in range(2)]
        assert [said(response)[-1] for response in responses] == [
            "Guest added. Read the letter, then send it.",
            "This was sent twice but added only once.",
        ]
        party = Party.objects.get()
        leads = f"{reverse(INVITE)}?summit=here&row={party.pk}"
        assert [response["Location"] for response in responses] == [leads] * 2
        assert (party.kind, party.name, party.mission_email, party.language) == (
            *("guest", "Ada Rossi", "ada@university.example", "fr"),
        )
        member = Membership.objects.get(party=party)
        assert (member.person.name, member.person.office) == ("Ada Rossi", "Professor of law")
        assert member.capacity == "guest"
        page = desk.get(leads)
        assert "Dear Professor Rossi," in page.context["letter"].text

    def test_who_seems_to_be_there_is_named_first(self, summit: Summit, desk: Client) -> None:
        there = f.PersonFactory(summit=summit, name="Rossi Ada")
        asked = self.create(desk)
        assert asked.status_code == 409
        assert f'href="/admin/summit/person/{there.pk}/"' in text(asked)
        assert not Party.objects.exists()
        entry = AuditEntry.objects.get(detail__keys=[there.public_id])
        assert (entry.action, entry.fields) == ("summit.person.seen", ["name"])
        assert self.create(desk, another=there.public_id).status_code == 302
        assert Person.objects.count() == 2


class TestASession:
    PAGE = "/admin/delegations/session/here/"

    def session(self, summit: Summit, **kwargs: Any) -> Any:
        at = db_now() + timedelta(days=3)
        times = {"starts_at": at, "ends_at": at + timedelta(hours=1)}
        return f.SessionFactory(summit=summit, **{"title": "Working lunch", **times, **kwargs})

    def test_whom_one_chooses_reads_the_letter_and_is_invited(self, summit: Summit, desk: Client) -> None:
        row = self.session(summit)
        one, two, three = f.PartyFactory.create_batch(3, summit=summit)
        f.InvitationFactory(party=three, occasion=row.public_id, sent=True)
        address = f"{self.PAGE}?session={row.public_id}"
        shown = text(desk.get(address))
        assert [f'value="{party.pk}"' in shown for party in (one, two, three)] == [True, True, False]
        nobody = desk.post(address, {"party": []})
        assert (nobody.status_code, "Choose who to invite." in text(nobody)) == (422, True)
        page = desk.get(desk.post(address, {"party": [one.pk, two.pk]})["Location"])
        assert page.context["title"] == "Invite 2 delegations to “Working lunch”"
        assert page.context["letter"].subject == f"Invitation to Working lunch ({one.name})"
        sent = press(desk, page, "send", occasion=row.public_id)
        assert said(sent)[-1] == "2 delegations invited; sending their letters (2)."
        made = Invitation.objects.filter(occasion=row.public_id, state="sent")
        assert set(made.values_list("party", flat=True)) == {one.pk, two.pk, three.pk}


def test_all_letters_are_listed_with_whose_text_they_have(summit: Summit, desk: Client) -> None:
    f.LetterTemplateFactory(summit=summit, purpose="guest", language="fr", body="{link}")
    rows = [(str(label), [own for _name, _address, own in row]) for label, row in desk.get(LETTERS).context["rows"]]
    assert ("invitation to an individual guest", [False, True, False]) in rows
    assert len(rows) == 6


def test_it_is_kept_and_put_back_and_what_is_refused_is_told_at_its_field(summit: Summit, desk: Client) -> None:
    f.PartyFactory(summit=summit)
    page = desk.post(PAGE, {"subject": "S", "body": "{fee} {link}", "do": "save"})
    assert (page.status_code, "{fee} {link}</textarea>" in text(page)) == (422, True)
    given = {"subject": "S", "body": "Ours {link}"}
    reader = sign_in(summit, Role.PROGRAMME)
    assert "Save letter" not in text(reader.get(PAGE))
    assert not LetterTemplate.objects.exists()
    saved = desk.post(PAGE, {**given, "do": "save"})
    assert (saved.status_code, saved["Location"]) == (302, PAGE)
    assert LetterTemplate.objects.get().body == "Ours {link}"
    desk.post(PAGE, {**given, "do": "remove"})
    assert not LetterTemplate.objects.exists()


def test_a_test_goes_to_whoever_asks_and_opens_nothing(summit: Summit, protocol: User, desk: Client) -> None:
    party = f.PartyFactory(summit=summit, name="Aland")
    answer = desk.post(PAGE, {"subject": "To {party}", "body": "{link}", "party": party.pk, "do": "test"})
    assert said(answer) == [f"Test sent to {protocol.email}."]
    message = Message.objects.get()
    assert (message.kind, message.address) == ("invitation_test", protocol.email)
    mail = mime.render(message)
    assert mail.subject == "Test: To Aland"
    first, address = mail.text.strip().split("\n\n")
    assert first == "This is a test sent by your team. Its link doesn’t work."
    assert "unknown" in str(refuses(LinkProblem, links.resolve, address.rstrip("/").rpartition("/")[2]))
    entry = AuditEntry.objects.get(action="delegations.test_letter")
    assert entry.detail == {"purpose": "delegation", "language": "en"}
