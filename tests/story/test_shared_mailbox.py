"""One mailbox for two delegations, three changes of the agenda: a message for each, with nothing of the other's."""

from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
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
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.story.helpers import go_out, party, subject_of, text

pytestmark = [pytest.mark.django_db, pytest.mark.broad("a story on the demonstration")]
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


MOVED = """%(place)d. %(title)s – modifiée
   Date et heure
      avant : mardi 1er avril 2025, %(hour)d:00–%(end)d:00, heure locale (Londres)
      désormais : mardi 1er avril 2025, %(hour)d:30–%(end)d:30, heure locale (Londres)
"""
CANCELLED = """%(place)d. %(title)s – annulée
   mardi 1er avril 2025, %(hour)d:00–%(end)d:00, heure locale (Londres)
"""
LONG = "Sommet 2025 sur la sécurité des frontières et la criminalité organisée liée à l’immigration"
WHOLE = """%(summit)s : le programme a changé (%(name)s).

%(first)s
%(second)s
Toutes les heures sont données en heure locale (Londres). Votre programme complet se trouve à l’adresse :
http://localhost:8000/portal/

Pour toute question : protocol@summit.example.

--
Vous recevez ce courriel parce que vous participez au sommet ou agissez pour une personne qui y participe.
"""


def _digest(name: str, *parts: tuple[str, str, int]) -> str:
    first, second = (
        part % {"place": place, "title": title, "hour": hour, "end": hour + 1}
        for place, (part, title, hour) in enumerate(parts, start=1)
    )
    return WHOLE % {"summit": LONG, "name": name, "first": first, "second": second}


DIGESTS = {
    _subject("Belgique"): _digest("Belgique", (MOVED, "Ports", 17), (MOVED, "Coast guards", 19)),
    _subject("Luxembourg"): _digest("Luxembourg", (CANCELLED, "Finance", 18), (MOVED, "Coast guards", 19)),
}


def _said(mails: dict[str, EmailMessage]) -> dict[str, str]:
    return {subject: text(sent).replace("\u00a0", " ") for subject, sent in mails.items()}


def test_each_delegation_has_one_message_with_its_own_changes_alone() -> None:
    mails = _told()
    assert _said(mails) == DIGESTS
    # Nor do the updates for its calendar tell more.
    for subject, mine, others in (
        (_subject("Belgique"), ["Coast guards", "Ports"], "Luxembourg"),
        (_subject("Luxembourg"), ["Coast guards", "Finance"], "Belgique"),
    ):
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
    told = _said(_told())
    assert len(told) == 2
    assert all(title in said for title in ("Coast guards", "Finance", "Ports") for said in told.values())
