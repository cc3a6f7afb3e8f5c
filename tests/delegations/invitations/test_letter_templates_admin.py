"""The page of a summit's letters: listed, read with real data, kept, tried and put back."""

import pytest
from django.test import Client

from delegations.invitations.models.letters import LetterTemplate
from delegations.invitations.services import links
from delegations.invitations.services.links import LinkProblem
from summit.audit.models import AuditEntry
from summit.outbox import mime
from summit.outbox.models import Message
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.delegations.helpers import refuses, said, sign_in, text

pytestmark = pytest.mark.django_db
LETTERS = "/admin/delegations/letters/here/"
PAGE = f"{LETTERS}?purpose=delegation&language=en"


@pytest.fixture
def summit(db: None) -> Summit:
    return f.SummitFactory(slug="here", name="Border Summit")


def test_all_letters_are_listed_with_whose_text_they_have(summit: Summit, desk: Client) -> None:
    f.LetterTemplateFactory(summit=summit, purpose="guest", language="fr", body="{link}")
    rows = [(str(label), [own for _name, _address, own in row]) for label, row in desk.get(LETTERS).context["rows"]]
    assert ("invitation to an individual guest", [False, True, False]) in rows
    assert len(rows) == 6


def test_it_is_read_with_the_data_of_the_party_that_one_chooses(summit: Summit, desk: Client) -> None:
    f.PartyFactory(summit=summit, name="Aland")
    other = f.PartyFactory(summit=summit, name="Zland", formal_name="Republic of Zland")
    assert "Invitation to the Border Summit (Aland)" in text(desk.get(PAGE))
    given = {"subject": "To {party}", "body": "{formal_name}: {link}", "party": other.pk, "do": "read"}
    shown = text(desk.post(PAGE, given))
    assert ("To Zland" in shown, "Republic of Zland: http" in shown) == (True, True)
    f.SessionFactory(summit=summit, title="Working lunch")
    for purpose in ("delegation", "organisation", "guest", "occasion", "reminder", "visa"):
        letter = desk.get(f"{LETTERS}?purpose={purpose}&language=ar").context["letter"]
        assert letter.language == "ar"
        assert not {"{", "}"} & set(letter.subject + letter.text), purpose


def test_it_is_kept_and_put_back_and_what_is_refused_is_told_at_its_field(summit: Summit, desk: Client) -> None:
    f.PartyFactory(summit=summit)
    page = desk.post(PAGE, {"subject": "S", "body": "{fee} {link}", "do": "save"})
    assert page.status_code == 422
    assert "{fee} {link}</textarea>" in text(page)
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
