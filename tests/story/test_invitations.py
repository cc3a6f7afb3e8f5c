"""From an empty list to 46 answers: by link, by telephone, by note verbale."""

from collections import Counter
from email.message import EmailMessage

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from delegations.invitations.models.invitations import Invitation, Reply
from delegations.invitations.selectors import invitation_status
from delegations.overview.selectors import completeness
from delegations.parties.models.parties import PartyKind
from portal.demo import border_security
from portal.demo.names import SUMMIT
from summit.audit.models import AuditEntry
from summit.outbox.models import Message
from summit.summits.models import Summit
from tests.story.helpers import DATED, SCAN, browser, follow, go_out, link_in, record, subject_of, text

# Alike whatever the database.
pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.broad("a story through many pages")]
INVITE = "/admin/delegations/party/invite/"
NAME = "Border Security Summit: Organised Immigration Crime 2025"
FRENCH, ARABIC = (SUMMIT[language]["name"] for language in ("fr", "ar"))


def _standing(summit: Summit) -> dict[str, int]:
    return {
        name: number
        for name, number in completeness.counts(summit).items()
        if number and name in invitation_status.STANDINGS
    }


def _invite_all(summit: Summit, organiser: Client) -> None:
    """One action, which says before whom it reaches; pressed again it reaches nobody."""
    assert _standing(summit) == {"uninvited": 48}
    page = organiser.get(f"{INVITE}?summit={summit.slug}")
    (step,) = page.context["steps"]
    assert (page.context["title"], step["letters"], page.context["skipped"]) == ("Invite 48 delegations", 55, [])
    listed = [party for party, _boxes in step["rows"]]
    assert Counter(party.kind == PartyKind.ORGANISATION for party in listed) == {False: 45, True: 3}
    keys = {"party": [party.pk for party in listed]}
    response = organiser.post(INVITE, keys, follow=True)
    said = [str(line) for line in response.context["messages"]]
    assert said == ["48 delegations invited; sending their letters (55)."]
    again = organiser.post(INVITE, keys, follow=True)
    said = [str(line) for line in again.context["messages"]]
    assert said == ["48 delegations skipped, each for this reason: It is already invited."]
    assert (Invitation.objects.count(), Message.objects.count()) == (48, 55)
    assert AuditEntry.objects.filter(action="delegations.invite").count() == 48
    assert _standing(summit) == {"invited": 48, "open": 48}


def _look_into_the_mailbox() -> dict[str, EmailMessage]:
    """The letters in three languages, each with itself on paper; return them by mailbox."""
    letters = go_out()
    assert len(letters) == 55
    assert Counter(letter["Content-Language"] for letter in letters) == {"en": 43, "ar": 8, "fr": 4}
    papers = [next(letter.iter_attachments()) for letter in letters]
    assert {paper.get_content_type() for paper in papers} == {"application/pdf"}
    assert {paper.get_content()[:5] for paper in papers} == {b"%PDF-"}
    # A letter is called by its delegation: one that is reached at two mailboxes has the same letter twice.
    names = {str(paper.get_filename()) for paper in papers}
    assert len(names) == 48
    assert {"Invitation – Germany.pdf", "Invitation – France.pdf", "دعوة – تونس.pdf"} <= names
    found = {str(letter["To"]): letter for letter in letters}
    # One mailbox serves two delegations, and holds a letter for each.
    assert len(found) == 54
    for box, subject, begins in (
        ("protocol@germany.example", f"Invitation to the {NAME} (Germany)", "Federal Republic of Germany"),
        ("focal@summit.example", f"{FRENCH} : invitation (France)", "République française"),
        ("focal@tunisia.example", f"دعوة تونس إلى {ARABIC}", "\u200fالجمهورية التونسية"),
    ):
        assert (subject_of(found[box]), text(found[box]).split("\n")[0]) == (subject, begins)
    # Whom the host doesn't recognise is reached at its focal point alone, by the name that was agreed.
    assert "london@krg.example" not in found
    told = text(found["protocol@krg.example"])
    assert told.startswith("Kurdistan Regional Government of Iraq*\n")
    note = "* Takes part as a sub-state government, without prejudice to the sovereignty of Iraq.\n"
    assert told.endswith(f"{note}\n--\nYou are receiving this because you are invited to the summit.\n")
    assert "Your Excellency" not in told
    french = f"Nous avons l’honneur de convier votre délégation à la rencontre « {FRENCH} » (Londres, du "
    assert french in text(found["focal@summit.example"]).replace("\u00a0", " ")
    arabic = f"يشرفنا أن ندعو وفدكم الموقر إلى المشاركة في {ARABIC}، وذلك في لندن "
    assert arabic in text(found["focal@tunisia.example"])
    return found


def _by_link(letter: EmailMessage) -> None:
    """France accepts by its letter's link, in the letter's language."""
    client, place = follow(link_in(letter))
    page = client.get(place).content.decode()
    assert '<html lang="fr"' in page
    assert "Accepter" in page
    assert Invitation.objects.get(party__name="France").state == "sent"
    given = {"answer": "attending", "level": "minister", "name": "Focal point for France", "note": ""}
    assert client.post(place, given).status_code == 303
    reply = Reply.objects.get(invitation__party__name="France")
    assert (reply.answer, reply.level, reply.channel, reply.recorded_by) == ("attending", "minister", "link", None)


def _by_telephone(protocol: Client) -> None:
    record(protocol, "Albania", "telephone", name="The ambassador’s secretary")
    reply = Reply.objects.get(invitation__party__name="Albania")
    said = (reply.channel, reply.name, str(reply.recorded_by))
    assert said == ("telephone", "The ambassador’s secretary", "Protocol")


def _by_note_verbale(protocol: Client, letter: EmailMessage) -> None:
    """Germany answers on paper; from then on its letter's link shows that it has."""
    scan = SimpleUploadedFile("note.pdf", SCAN)
    paper = {"reference": "NV 12/2025", "dated": DATED.isoformat(), "scan": scan}
    record(protocol, "Germany", "note_verbale", level="minister", **paper)
    reply = Reply.objects.get(invitation__party__name="Germany")
    assert (reply.reference, reply.dated, reply.scan.filename) == ("NV 12/2025", DATED, "note.pdf")
    assert protocol.get(reverse("admin:delegations_reply_scan", args=[reply.pk])).content == SCAN
    client, place = follow(link_in(letter))
    page = client.get(place).content.decode()
    assert '<bdi lang="en">Germany</bdi></bdi> will attend' in page
    assert '<dd>note verbale, <bdi lang="">NV 12/2025</bdi>, Monday 3 March 2025</dd>' in page
    assert 'name="answer"' not in page


def _regret(letter: EmailMessage) -> None:
    client, place = follow(link_in(letter))
    client.post(place, {"answer": "regrets", "level": "minister", "name": "The embassy", "note": "With regret."})
    row = Invitation.objects.get(party__name="Italy")
    # Who doesn't come does so at no level.
    assert (row.state, row.answer, row.level, row.note) == ("answered", "regrets", "", "With regret.")
    page = client.get(f"{place}?lang=en").content.decode()
    assert '<bdi lang="en">Italy</bdi></bdi> sends its regrets' in page


def _the_others(protocol: Client) -> None:
    """Protocol telephones round: 42 more answer, two companies don't."""
    waiting = Invitation.objects.filter(state="sent").exclude(party__name__in=("TikTok", "X"))
    names = list(waiting.order_by("party__sort_key").values_list("party__name", flat=True))
    assert len(names) == 42
    for name in names:
        record(protocol, name, "telephone")


def test_protocol_takes_the_summit_from_an_empty_list_to_46_answers() -> None:
    summit = border_security.load()
    organiser, protocol = browser("organiser"), browser("protocol")
    _invite_all(summit, organiser)
    letters = _look_into_the_mailbox()
    _by_link(letters["focal@summit.example"])
    _by_telephone(protocol)
    _by_note_verbale(protocol, letters["protocol@germany.example"])
    _regret(letters["protocol@italy.example"])
    assert _standing(summit) == {"invited": 48, "open": 44, "answered": 4, "attending": 3, "regrets": 1}
    _the_others(protocol)
    assert _standing(summit) == {"invited": 48, "open": 2, "answered": 46, "attending": 45, "regrets": 1}
    home = protocol.get(f"/admin/?summit={summit.slug}").content.decode()
    assert "46 of 48 invited delegations have answered" in home
    channels = Counter(Reply.objects.values_list("channel", flat=True))
    assert channels == {"link": 2, "telephone": 43, "note_verbale": 1}
