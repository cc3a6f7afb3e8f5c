"""One mailbox of two delegations: each is told of its own changes, and of nothing of the other."""

import email
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from django.core import mail
from icalendar import Calendar

from delegations.parties.models.parties import Party
from portal.demo import border_security
from sessions.draft.models.participants import Participant
from sessions.draft.models.sessions import Session
from sessions.draft.services import cancel_and_move
from sessions.notifications.selectors import recipients
from sessions.notifications.services import agenda_changes
from sessions.releases.services import releases
from sessions.visibility.models import Visibility
from summit.outbox import delivery
from summit.outbox.models import Message
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f

pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.broad("a story through many pages")]


def party(name: str) -> Party:
    return Party.objects.select_related("summit").get(name=name)


def go_out() -> list[EmailMessage]:
    """Send all that waits, and return the mails that went out, in the order of their recipients."""
    mail.outbox.clear()
    delivery.deliver(list(Message.objects.filter(state="pending").values_list("pk", flat=True)))
    found = [email.message_from_bytes(row.message().as_bytes(), policy=default) for row in mail.outbox]
    return sorted(found, key=lambda row: (str(row["To"]), str(row["Subject"])))  # type: ignore[arg-type, return-value]


def text(sent: EmailMessage) -> str:
    body = sent.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def subject_of(sent: EmailMessage) -> str:
    return " ".join(str(sent["Subject"]).replace("\u00a0", " ").split())


BOX = "missions@benelux.example"


def _subject(name: str, changes: int = 2) -> str:
    return f"{changes} changements dans votre programme ({name})"


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
    # Neither has answered yet.
    Summit.objects.update(agenda_readers="all")
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
