"""The press office's day: two opening speeches prepared, delivered and corrected, a notice under embargo."""

from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from icalendar import Calendar

from delegations.parties.models.parties import Party
from portal.demo import border_security
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
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.story.helpers import browser, go_out, party, subject_of, text

pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.broad("a story through many pages")]

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
