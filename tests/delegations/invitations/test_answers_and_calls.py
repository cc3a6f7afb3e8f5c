"""Answers and calls at the desk: recording them with their paper, reading what came, whom to telephone next."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from delegations.invitations.models.invitations import Invitation, Reply, ReplyScan
from delegations.invitations.models.letters import CallNote
from delegations.invitations.services import phone_calls, scanned_answers
from delegations.invitations.services.answers import answer
from delegations.invitations.services.phone_calls import CallProblem, Narrowed, record
from summit.audit import access_log
from summit.audit.models import AuditEntry
from summit.audit.services import SYSTEM
from summit.core.database_clock import db_now
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.delegations.helpers import refuses, said, sign_in, text

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 the note"


@pytest.fixture
def row(summit: Summit) -> Invitation:
    return f.InvitationFactory(party__summit=summit, party__name="Aland", party__level="minister", sent=True)


def page_of(row: Invitation) -> str:
    return reverse("admin:delegations_invitation_answer", args=[row.pk])


def values(**kwargs: Any) -> dict[str, Any]:
    usual = {"answer": "attending", "level": "unsaid", "name": "Embassy", "channel": "note_verbale", "newest": ""}
    return {**usual, **kwargs}


@pytest.mark.once
class TestRecording:
    def test_the_form_offers_the_level_that_was_asked_for_and_chooses_none(
        self, desk: Client, row: Invitation
    ) -> None:
        page = desk.get(f"{page_of(row)}?channel=telephone")
        shown = text(page)
        levels = [value for value, _label in page.context["form"].fields["level"].choices]
        assert (levels[:2], levels[-1]) == (["", "asked"], "unsaid")
        assert '<option value="" selected>Choose a level</option>' in shown
        assert '<option value="asked">As in the letter: minister</option>' in shown
        unread = desk.post(page_of(row), values(level=""))
        assert (unread.status_code, Reply.objects.count()) == (422, 0)
        assert "Choose a level, or “Not specified” if the answer doesn’t name one." in text(unread)
        assert '<option value="telephone" selected>telephone</option>' in shown
        assert not any(f'<option value="{way}"' in shown for way in ("link", "portal"))
        # Who is represented by another does not come as the letter asks.
        newest = ""
        for given, level, again in (("attending", "minister", "asked"), ("represented", "", "unsaid")):
            assert desk.post(page_of(row), values(answer=given, level="asked", newest=newest)).status_code == 302
            row.refresh_from_db()
            assert (row.answer, row.level) == (given, level)
            assert desk.get(page_of(row)).context["form"]["level"].value() == again
            newest = Reply.objects.latest("pk").public_id

    def test_all_is_kept_with_the_paper(self, desk: Client, row: Invitation) -> None:
        paper = {"reference": "NV 12/2025", "dated": "2025-03-03", "level": "ambassador"}
        scan = SimpleUploadedFile("note.exe", PDF, "text/html")
        response = desk.post(page_of(row), values(**paper, scan=scan, note="Of two pages"))
        assert said(response) == ["Answer of Aland recorded."]
        reply = Reply.objects.get()
        assert (reply.channel, reply.reference, reply.dated) == ("note_verbale", "NV 12/2025", date(2025, 3, 3))
        assert (reply.answer, reply.level, reply.name) == ("attending", "ambassador", "Embassy")
        kept = (reply.scan.filename, reply.scan.media_type, reply.scan.content)
        assert kept == ("note.pdf", "application/pdf", PDF)
        row.refresh_from_db()
        assert (row.state, row.answer, row.level) == ("answered", "attending", "ambassador")

    def test_what_is_wrong_is_said_at_its_field_and_nothing_is_kept(
        self, desk: Client, row: Invitation, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(scanned_answers, "LARGEST", len(PDF))
        large = SimpleUploadedFile("a.pdf", PDF + b"x")
        for given, problems in (
            (
                {"channel": "link", "dated": "2025-02-31"},
                ["Choose one from the list.", "Enter an existing date."],
            ),
            ({"dated": "0001-01-01"}, ["Enter a year between"]),
            ({"name": " "}, ["Enter the name of the person who answered."]),
            ({"scan": large}, ["scan at a lower resolution."]),
        ):
            response = desk.post(page_of(row), values(**given))
            shown = text(response)
            assert response.status_code == 422
            assert [words for words in ("Aland", *problems) if words not in shown] == []
        assert (Reply.objects.count(), ReplyScan.objects.count(), Invitation.objects.get().state) == (0, 0, "sent")

    def test_a_page_that_is_behind_shows_the_newer_answer_first(self, desk: Client, row: Invitation) -> None:
        newer = answer(invitation=row, answer="regrets", note="", name="An ambassador", by=SYSTEM)
        response = desk.post(page_of(row), values())
        assert response.status_code == 422
        for words in ("Another answer arrived while this page was open.", "An ambassador", newer.public_id):
            assert words in text(response)
        # Whoever opens the page sees the answer that holds, and is recorded.
        assert "An ambassador" in text(desk.get(page_of(row)))
        assert AuditEntry.objects.get(action=access_log.SEEN).object_key == row.public_id
        assert desk.post(page_of(row), values(newest=newer.public_id)).status_code == 302
        assert Invitation.objects.get().answer == "attending"


@pytest.mark.once
def test_a_scan_is_a_file_that_no_browser_opens_as_a_page(summit: Summit, desk: Client) -> None:
    scan = f.ReplyScanFactory(reply__invitation__party__summit=summit, filename='n"ote é.pdf')
    address = reverse("admin:delegations_reply_scan", args=[scan.reply_id])
    response = desk.get(address)
    assert (response.status_code, response.content) == (200, scan.content)
    for header, value in (
        ("Content-Type", "application/pdf"),
        ("Content-Disposition", "attachment; filename*=utf-8''n%22ote%20%C3%A9.pdf"),
        ("X-Content-Type-Options", "nosniff"),
        ("Content-Security-Policy", "sandbox; default-src 'none'"),
    ):
        assert response[header] == value
    assert {"private", "no-store"} <= set(response["Cache-Control"].split(", "))
    entry = AuditEntry.objects.get(action=access_log.SEEN)
    assert (entry.object_type, entry.object_key) == ("delegations.replyscan", str(scan.pk))
    assert entry.fields == ["content"]
    bare = f.ReplyFactory(invitation__party__summit=summit)
    assert desk.get(reverse("admin:delegations_reply_scan", args=[bare.pk])).status_code == 404


SHEET = "/admin/delegations/invitation/calls/"


def waiting(summit: Summit, name: str, days: int, **kwargs: Any) -> Invitation:
    """Make an invitation that was sent so many days ago by the venue's clock."""
    about = {f"party__{key}": value for key, value in {"summit": summit, "name": name, **kwargs}.items()}
    now = db_now().astimezone(summit.zone)
    return f.InvitationFactory(sent=True, sent_at=now - timedelta(days=days), **about)


def called(row: Invitation, at: datetime, outcome: str = "nobody") -> None:
    found = f.CallNoteFactory(invitation=row, outcome=outcome)
    CallNote.objects.filter(pk=found.pk).update(at=at)


def names(summit: Summit, now: datetime | None = None, **narrowed: Any) -> list[str]:
    rows = phone_calls.sheet(summit=summit, now=now or db_now(), narrowed=Narrowed(**narrowed))
    return [row.party.name for row in rows]


class TestSheet:
    def test_who_has_not_answered_stands_there_the_longest_wait_first(self, summit: Summit) -> None:
        waiting(summit, "Short", 2)
        waiting(summit, "Long", 20)
        f.InvitationFactory(party__summit=summit)
        f.InvitationFactory(party__summit=summit, state="revoked", sent_at=f.START)
        waiting(f.SummitFactory(), "Elsewhere", 30)
        Invitation.objects.filter(pk=waiting(summit, "Session", 30).pk).update(occasion="abc")
        assert names(summit) == ["Long", "Short"]

    def test_whoever_was_called_today_at_the_venue_stands_below(self, summit: Summit) -> None:
        first, second, _third = (
            waiting(summit, name, days) for name, days in (("First", 20), ("Second", 10), ("Third", 5))
        )
        now = f.START
        called(first, now)
        called(second, now - timedelta(days=1))
        assert names(summit, now=now) == ["Second", "Third", "First"]
        # On the next day at the venue they are where they were.
        assert names(summit, now=now + timedelta(days=1)) == ["First", "Second", "Third"]

    def test_the_page_tells_whom_to_call_how(self, summit: Summit, desk: Client) -> None:
        mission = {"mission_phone": "+44 20 7946 0000", "mission_contact": "A. Attaché", "mission_name": "Embassy"}
        row = waiting(summit, "Aland", 9, **mission)
        point = f.FocalPointFactory(party=row.party, person__name="F. Point")
        f.CallNoteFactory(invitation=row, outcome="call_back", note="After lunch")
        button = reverse("admin:delegations_invitation_call", args=[row.pk])
        shown = text(desk.get(SHEET))
        words = ("1 delegation to call", "9 days", "F. Point", "After lunch", "call back", button)
        assert [each for each in (*mission.values(), *words) if each not in shown] == []
        entry = AuditEntry.objects.get(action=access_log.SEEN)
        assert (entry.object_type, entry.detail["people"]) == ("delegations.party", [point.person.public_id])
        assert entry.fields == ["focal_points", "mission_contact"]
        reader = sign_in(summit, Role.ACCREDITATION)
        assert button not in text(reader.get(SHEET))


class TestNote:
    def test_it_is_kept_and_recorded_without_its_words(self, summit: Summit, protocol: User) -> None:
        row = waiting(summit, "Aland", 9)
        kept = record(invitation=row, outcome="call_back", text="  Ask for\nMr Example ", by=protocol)
        assert (kept.outcome, kept.note, kept.by) == ("call_back", "Ask for Mr Example", protocol)
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.object_key) == ("delegations.call", row.public_id)
        assert entry.detail == {"outcome": "call_back"}

    def test_what_is_entered_is_looked_at(self, summit: Summit, protocol: User) -> None:
        row = waiting(summit, "Aland", 9)
        for outcome, given, field, words in (
            ("", "", "outcome", "Choose the outcome of the call."),
            ("shouted", "", "outcome", "Choose the outcome of the call."),
            ("nobody", "x" * 501, "note", "Shorten this text to 500 characters. It has 501."),
            ("nobody", "a\x07", "note", "Character 2 is a control character."),
        ):
            problem = refuses(
                CallProblem, record, match=words, invitation=row, outcome=outcome, text=given, by=protocol
            )
            assert problem.field == field
        call = {"outcome": "nobody", "text": ""}
        for state in ("draft", "revoked", "superseded"):
            dead = f.InvitationFactory(party__summit=summit, state=state)
            refuses(CallProblem, record, match="is no longer valid", invitation=dead, by=protocol, **call)
        by = f.UserFactory.with_role(Role.ACCREDITATION, summit)
        refuses(PermissionDenied, record, match="organiser, protocol", invitation=row, by=by, **call)


class TestPage:
    def test_noting_a_call_leads_to_whoever_is_next(self, summit: Summit, desk: Client) -> None:
        first, second = waiting(summit, "First", 20), waiting(summit, "Second", 10)
        one, two = (reverse("admin:delegations_invitation_call", args=[row.pk]) for row in (first, second))
        wrong = desk.post(one, {"note": "x"})
        assert (wrong.status_code, "Choose the outcome of the call." in text(wrong)) == (422, True)
        response = desk.post(one, {"outcome": "nobody", "note": "Lunch"})
        assert response["Location"] == f"{SHEET}?summit=here#party-{second.pk}"
        assert said(response) == ["Call to First recorded."]
        assert "Lunch" in text(desk.get(one))
        assert desk.post(two, {"outcome": "nobody"})["Location"] == f"{SHEET}?summit=here"
