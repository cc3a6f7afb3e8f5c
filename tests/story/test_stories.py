"""From an empty list to 46 answers; the press office's day; one mailbox for two delegations."""

import email
import re
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from delegations.invitations.models.invitations import Invitation, Reply
from delegations.invitations.selectors import invitation_status
from delegations.overview.selectors import completeness
from delegations.parties.models.parties import Party, PartyKind
from portal.demo import border_security
from portal.demo.names import SUMMIT
from press.delivery_check import services as delivery_check_services
from press.delivery_check.models import PassageCheckKind
from press.subscriptions.services.announcements import announce_due
from press.texts.models.editions import Edition
from press.texts.models.texts import Text
from sessions.draft.models.participants import Participant
from sessions.draft.models.sessions import Session
from sessions.draft.services import cancel_and_move
from sessions.notifications.selectors import recipients
from sessions.notifications.services import agenda_changes
from sessions.releases.services import releases
from sessions.visibility.models import Visibility
from summit.audit.models import AuditEntry
from summit.outbox import delivery
from summit.outbox.models import Message
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f

pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.broad("a story through many pages")]

# How a scan of a note verbale begins.
SCAN = b"%PDF-1.7 the note"
DATED = date(2025, 3, 3)


def browser(box: str) -> Client:
    """Return the browser of an account of the demonstration."""
    client = Client()
    client.force_login(User.objects.get(email=f"{box}@summit.example"))
    return client


def party(name: str) -> Party:
    """Return a party of the demonstration."""
    return Party.objects.select_related("summit").get(name=name)


def go_out() -> list[EmailMessage]:
    """Send all that waits, and return the mails that went out, in the order of their recipients."""
    mail.outbox.clear()
    delivery.deliver(list(Message.objects.filter(state="pending").values_list("pk", flat=True)))
    found = [email.message_from_bytes(row.message().as_bytes(), policy=default) for row in mail.outbox]
    return sorted(found, key=lambda row: (str(row["To"]), str(row["Subject"])))  # type: ignore[arg-type, return-value]


def text(sent: EmailMessage) -> str:
    """Return what a mail says."""
    body = sent.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def subject_of(sent: EmailMessage) -> str:
    """Return a mail's subject on one line, as mail programs show it."""
    return " ".join(str(sent["Subject"]).replace("\u00a0", " ").split())


def link_in(sent: EmailMessage) -> str:
    """Return the path of the link in a letter."""
    found = re.search(r"https?://[^/\s]+(/i/[\w-]+/)", text(sent))
    assert found is not None
    return found.group(1)


def follow(path: str) -> tuple[Client, str]:
    """Follow a letter's link in a new browser; return that, and where it led."""
    client = Client()
    response = client.get(path)
    assert response.status_code == 303
    return client, response["Location"]


def record(desk: Client, of: str, channel: str, **values: Any) -> None:
    """Let a desk record a party's answer that came by `channel`."""
    row = Invitation.objects.get(party__name=of)
    given = {
        "answer": "attending",
        "level": "unsaid",
        "name": f"Embassy of {of}",
        "channel": channel,
        "newest": "",
        **values,
    }
    response = desk.post(reverse("admin:delegations_invitation_answer", args=[row.pk]), given)
    assert str(list(get_messages(response.wsgi_request))[-1]) == f"Answer of {of} recorded."


# Alike whatever the database.
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


SITE = "/border-security-2025/press/"
PM, HOME, NOTICE = "opening-address-prime-minister", "opening-address-home-secretary", "funding-border-security"
SUBSCRIBERS = 4


class Desk:
    """The two who work at the press desk, each in their own browser."""

    def __init__(self) -> None:
        self.officer, self.approver = browser("press"), browser("approver")

    def page(self, slug: str) -> str:
        return f"/admin/press/text/{Text.objects.get(slug=slug).pk}/"

    def newest(self, slug: str) -> Edition:
        return Edition.objects.filter(version__text__slug=slug, version__authoritative=True).order_by("-number")[0]

    def decide(self, client: Client, slug: str, name: str, **values: str) -> None:
        given = {"version": "en", "number": str(self.newest(slug).number)} | values
        answer = client.post(f"{self.page(slug)}decide/{name}/", given)
        # What earlier pages had to say may stand before it.
        assert list(get_messages(answer.wsgi_request))[-1].level_tag == "success", name

    def publish(self, slug: str, **when: str) -> None:
        """Let an edition be reviewed, and set when it goes out."""
        self.decide(self.officer, slug, "submit")
        self.decide(self.approver, slug, "approve")
        if when:
            self.decide(self.officer, slug, "set_moment", **when)

    def save(self, slug: str, body: str, **values: str) -> None:
        edition = self.newest(slug)
        given = {"title": edition.title, "summary": edition.summary, "body": body, "based_on": str(edition.number)}
        assert self.officer.post(f"{self.page(slug)}change/", given | values).status_code == 302


@pytest.fixture
def desk() -> Desk:
    border_security.load()
    return Desk()


def read(path: str) -> tuple[int, str]:
    answer = Client().get(path)
    return answer.status_code, answer.content.decode()


def mails() -> list[str]:
    """Announce what has come out, send it, and return the subjects, each as often as it went out."""
    announce_due()
    return [subject_of(sent) for sent in go_out()]


def test_an_opening_speech_is_prepared_delivered_and_corrected(desk: Desk) -> None:
    desk.publish(HOME, when="delivered")
    prepared = Text.objects.get(slug=HOME)
    assert (read(f"{SITE}{HOME}/")[0], mails()) == (404, [])
    desk.decide(desk.officer, HOME, "deliver")
    code, page = read(f"{SITE}{HOME}/")
    assert (code, "Prepared text: check against delivery" in page) == (200, True)
    assert mails() == ["Address by the Home Secretary at the opening"] * SUBSCRIBERS

    # The officer listens: one passage is left out, one is put otherwise, one is added.
    by = User.objects.get(email="press@summit.example")
    edition = desk.newest(HOME)
    passages = [each.passage for each in delivery_check_services.marked(edition) if each.passage.anchor]
    for place, kind, words in (
        (1, PassageCheckKind.STRIKE, ""),
        (2, PassageCheckKind.CHANGE, "We begin at once."),
        (-1, PassageCheckKind.INSERT, "Good morning."),
    ):
        delivery_check_services.mark(edition=edition, anchor=passages[place].anchor, kind=kind, words=words, by=by)
    said = delivery_check_services.make_delivered(edition=edition, by=by)
    desk.publish(said.slug, when="now")
    code, page = read(f"{SITE}{said.slug}/")
    assert (code, "Text as delivered" in page, "We begin at once." in page) == (200, True, True)
    assert "[passage not delivered]" in page
    # It is no correction: the prepared text stays as it was, and leads to it.
    assert 'data-kind="correction"' not in page
    assert f'href="{SITE}{said.slug}/"' in read(f"{SITE}{HOME}/")[1]
    assert mails() == [said_title(said)] * SUBSCRIBERS
    assert read(f"{SITE}{said.slug}/comparison/")[0] == 404
    about = {"comparison_public": "on", "topics": ""}
    assert desk.officer.post(f"{desk.page(said.slug)}about/", about).status_code == 302
    assert read(f"{SITE}{said.slug}/comparison/")[0] == 200

    # What was heard wrongly is corrected in the open.
    body = desk.newest(said.slug).body.replace("at once", "today")
    desk.save(said.slug, body, change_kind="correction", change_note="The minister said “today”.")
    assert "We begin at once." in read(f"{SITE}{said.slug}/")[1]
    desk.publish(said.slug)
    page = read(f"{SITE}{said.slug}/")[1]
    assert ("We begin today." in page, page.count("The minister said “today”.") >= 2) == (True, True)
    assert "We begin at once." in read(f"{SITE}{said.slug}/edition/1/")[1]
    corrected = mails()
    assert len(corrected) == SUBSCRIBERS
    assert corrected.count(f"Corrected: {said_title(said)}") == 2  # and one in French, one in Arabic
    assert prepared.slot == Text.objects.get(pk=said.pk).slot


def said_title(said: Text) -> str:
    return said.versions.get().editions.order_by("number")[0].title


BOX = "missions@benelux.example"
SHORT = "Sommet sur la sécurité des frontières 2025"


def _subject(name: str, changes: int = 2) -> str:
    return f"{SHORT} : {changes} modifications dans votre programme ({name})"


def _session(summit: Summit, title: str, hour: int, *parties: Party) -> Session:
    """Make a session of these parties alone, at this hour of the last day in London."""
    starts = f.START + timedelta(hours=24 + hour - 9)
    row: Session = f.SessionFactory(
        summit=summit,
        title=title,
        visibility=Visibility.PARTICIPANTS,
        starts_at=starts,
        ends_at=starts + timedelta(hours=1),
    )
    for place, each in enumerate(parties):
        Participant.objects.create(session=row, party=each, position=place)
    return row


def _move(row: Session, by: User) -> None:
    half = timedelta(minutes=30)
    cancel_and_move.move(
        session=row, starts_at=row.starts_at + half, ends_at=row.ends_at + half, room=row.room, by=by
    )


def _told() -> dict[str, EmailMessage]:
    """Change three sessions, and return the mails that the mailbox is sent about it, by their subjects."""
    summit = border_security.load()
    by = User.objects.get(email="organiser@summit.example")
    belgium, luxembourg = party("Belgium"), party("Luxembourg")
    assert belgium.mission_email == luxembourg.mission_email == BOX
    ports = _session(summit, "Ports", 17, belgium)
    finance = _session(summit, "Finance", 18, luxembourg)
    coasts = _session(summit, "Coast guards", 19, belgium, luxembourg)
    releases.release(summit=summit, by=by, tell=False)
    _move(ports, by)
    cancel_and_move.cancel(session=finance, by=by)
    _move(coasts, by)
    releases.release(summit=summit, by=by)
    return {subject_of(row): row for row in go_out() if row["To"] == BOX}


TITLES = {_subject("Belgique"): ["Coast guards", "Ports"], _subject("Luxembourg"): ["Coast guards", "Finance"]}


def titles_in(words: str) -> list[str]:
    return [title for title in ("Coast guards", "Finance", "Ports") if title in words]


def test_each_delegation_has_one_message_with_its_own_changes_alone() -> None:
    mails = _told()
    assert {subject: titles_in(text(sent)) for subject, sent in mails.items()} == TITLES
    # Nor do the updates for its calendar tell more.
    for (subject, mine), others in zip(TITLES.items(), ("Luxembourg", "Belgique"), strict=True):
        sent = mails[subject]
        events = [Calendar.from_ical(part.get_content()).events[0] for part in sent.iter_attachments()]
        assert sorted(str(event["summary"]) for event in events) == mine
        assert {str(event["attendee"].params["CN"]) for event in events} == {subject.partition("(")[2].rstrip(")")}
        assert others.encode() not in sent.as_bytes()


def test_control_where_a_mailbox_reads_everything_each_hears_of_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    real = recipients.readers

    def all_of_both(*said: Any) -> Any:
        both = frozenset(Party.objects.filter(mission_email=BOX).values_list("pk", flat=True))
        return [replace(reader, programme=replace(reader.programme, parties=both)) for reader in real(*said)]

    monkeypatch.setattr(agenda_changes, "readers", all_of_both)
    assert [titles_in(text(sent)) for sent in _told().values()] == [["Coast guards", "Finance", "Ports"]] * 2
