"""The page of a summit's letters: listed, read with real data, kept, tried and put back."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from delegations.domain import links
from delegations.domain.links import LinkProblem
from delegations.models import Invitation, InvitationLink, LetterTemplate
from summit.models import AuditEntry, Role, Summit, User
from summit.outbox.domain import mime
from summit.outbox.models import Message
from tests import factories as f
from tests.delegations.test_admin import said, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def summit() -> Summit:
    found: Summit = f.SummitFactory(slug="here", name="Border Summit")
    return found


def page_of(purpose: str = "delegation", language: str = "en") -> str:
    return f"{reverse('admin:delegations_letters', args=['here'])}?purpose={purpose}&language={language}"


def test_all_letters_are_listed_with_whose_text_they_have(summit: Summit) -> None:
    LetterTemplate.objects.create(summit=summit, purpose="guest", language="fr", subject="S", body="{link}")
    page = sign_in(summit).get(reverse("admin:delegations_letters", args=["here"]))
    texts = [(str(label), [own for _name, _address, own in row]) for label, row in page.context["rows"]]
    assert ("invitation of a single guest", [False, True, False]) in texts
    assert len(texts) == 6


def test_it_is_read_with_the_data_of_the_party_that_one_chooses(summit: Summit) -> None:
    f.PartyFactory(summit=summit, name="Aland")
    other = f.PartyFactory(summit=summit, name="Zland", formal_name="Republic of Zland")
    client = sign_in(summit)
    assert "Invitation to the Border Summit (Aland)" in client.get(page_of()).content.decode()
    text = {"subject": "To {party}", "body": "{formal_name}: {link}", "party": other.pk, "do": "read"}
    content = client.post(page_of(), text).content.decode()
    assert ("To Zland" in content, "Republic of Zland: http" in content) == (True, True)
    assert not LetterTemplate.objects.exists()
    assert not Message.objects.exists()


@pytest.mark.parametrize("purpose", ["delegation", "organisation", "guest", "occasion", "reminder", "visa"])
@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_every_letter_can_be_read(summit: Summit, purpose: str, language: str) -> None:
    f.PartyFactory(summit=summit)
    f.SessionFactory(summit=summit, title="Working lunch")
    page = sign_in(summit).get(page_of(purpose, language))
    assert page.status_code == 200
    letter = page.context["letter"]
    assert letter.language == language
    assert not {"{", "}"} & set(letter.subject + letter.text)


def test_what_is_refused_is_told_at_its_field_and_kept_in_the_form(summit: Summit) -> None:
    f.PartyFactory(summit=summit)
    page = sign_in(summit).post(page_of(), {"subject": "S", "body": "{fee} {link}", "do": "save"})
    assert page.status_code == 422
    content = page.content.decode()
    assert "Here {fee} stands for nothing. There are: {party}, " in content
    assert "{fee} {link}</textarea>" in content
    assert not LetterTemplate.objects.exists()


def test_it_is_kept_and_put_back(summit: Summit) -> None:
    client = sign_in(summit)
    saved = client.post(page_of(), {"subject": "S", "body": "Ours {link}", "do": "save"})
    assert (saved.status_code, saved["Location"]) == (302, page_of())
    assert LetterTemplate.objects.get().body == "Ours {link}"
    assert "the summit’s own" in client.get(page_of()).content.decode()
    client.post(page_of(), {"subject": "S", "body": "Ours {link}", "do": "remove"})
    assert not LetterTemplate.objects.exists()


def test_a_test_goes_to_whoever_asks_is_marked_and_opens_nothing(summit: Summit) -> None:
    party = f.PartyFactory(summit=summit, name="Aland")
    client = sign_in(summit)
    user = User.objects.get()
    text = {"subject": "To {party}", "body": "{link}", "party": party.pk, "do": "test"}
    answer = client.post(page_of(), text)
    assert said(answer) == [f"A test is on its way to {user.email}."]
    message = Message.objects.get()
    assert (message.kind, message.address) == ("invitation_test", user.email)
    mail = mime.render(message)
    assert mail.subject == "Test: To Aland"
    first, address = mail.text.strip().split("\n\n")
    assert first == "This is a test that somebody at your desk sent to you. The address in it opens nothing."
    with pytest.raises(LinkProblem, match="unknown"):
        links.resolve(address.rstrip("/").rpartition("/")[2])
    assert (Invitation.objects.count(), InvitationLink.objects.count()) == (0, 0)
    entry = AuditEntry.objects.get(action="delegations.test_letter")
    assert entry.detail == {"purpose": "delegation", "language": "en"}


def test_programme_reads_and_cannot_change(summit: Summit) -> None:
    f.PartyFactory(summit=summit)
    client = sign_in(summit, Role.PROGRAMME)
    assert "Save the letter" not in client.get(page_of()).content.decode()
    assert client.post(page_of(), {"subject": "S", "body": "{link}", "do": "save"}).status_code == 403
    assert sign_in(summit, Role.PRESS_OFFICER).get(page_of()).status_code == 403


def test_queries_do_not_grow_with_the_parties(summit: Summit) -> None:
    client = sign_in(summit)

    def cost(**_: Any) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(page_of()).status_code == 200
        return len(captured)

    f.PartyFactory(summit=summit)
    cost()
    before = cost()
    f.PartyFactory.create_batch(20, summit=summit)
    assert cost() == before
