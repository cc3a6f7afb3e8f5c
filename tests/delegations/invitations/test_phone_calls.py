"""The call sheet: whom to telephone in which order, noting a call, and going on from it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from delegations.invitations.models.invitations import Invitation
from delegations.invitations.models.letters import CallNote, CallOutcome
from delegations.invitations.services import phone_calls
from delegations.invitations.services.phone_calls import CallProblem, Narrowed, record
from summit.audit import access_log
from summit.audit.models import AuditEntry
from summit.core.database_clock import db_now
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.delegations.helpers import refuses, said, sign_in, text

pytestmark = pytest.mark.django_db
SHEET = "/admin/delegations/invitation/calls/"


def waiting(summit: Summit, name: str, days: int, **kwargs: Any) -> Invitation:
    """Make an invitation that was sent so many days ago."""
    about = {f"party__{key}": value for key, value in {"summit": summit, "name": name, **kwargs}.items()}
    return f.InvitationFactory(sent=True, sent_at=db_now() - timedelta(days=days), **about)


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

    def test_it_is_narrowed(self, summit: Summit, desk: Client) -> None:
        waiting(summit, "Europe", 30, iso_code="FR")
        old = waiting(summit, "Old", 15)
        waiting(summit, "Week", 8)
        for days, outcome in ((3, "wrong"), (2, "call_back")):
            called(old, db_now() - timedelta(days=days), outcome)
        for narrowed, found in (
            *(({"group": "europe"}, ["Europe"]), ({"days": 14}, ["Europe", "Old"])),
            *(({"days": 7}, ["Europe", "Old", "Week"]), ({"last": "never"}, ["Europe", "Week"])),
            *(({"last": "call_back"}, ["Old"]), ({"last": "wrong"}, [])),
        ):
            assert names(summit, **narrowed) == found
        assert desk.get(f"{SHEET}?summit=here&days=14").context["page"].paginator.count == 2
        odd = desk.get(f"{SHEET}?days=x&group=mars&last=%00&page=x")
        assert odd.context["page"].paginator.count == 3

    def test_the_page_tells_whom_to_call_how(self, summit: Summit, desk: Client) -> None:
        mission = {"mission_phone": "+44 20 7946 0000", "mission_contact": "A. Attaché", "mission_name": "Embassy"}
        row = waiting(summit, "Aland", 9, **mission)
        point = f.FocalPointFactory(party=row.party, person__name="F. Point")
        f.CallNoteFactory(invitation=row, outcome="call_back", note="After lunch")
        button = reverse("admin:delegations_invitation_call", args=[row.pk])
        shown = text(desk.get(SHEET))
        words = ("1 delegation to call", "9 days", "F. Point", "After lunch", "call back", button)
        assert [each for each in (*mission.values(), *words) if each not in shown] == []
        # Who saw the contacts is recorded.
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

    def test_an_answer_on_the_telephone_is_recorded_from_there(self, summit: Summit, desk: Client) -> None:
        row = waiting(summit, "Aland", 9)
        address = reverse("admin:delegations_invitation_call", args=[row.pk])
        leads = desk.post(address, {"outcome": CallOutcome.ANSWERED.value})["Location"]
        page = reverse("admin:delegations_invitation_answer", args=[row.pk])
        assert leads == f"{page}?channel=telephone&from=calls"
        assert '<option value="telephone" selected>telephone</option>' in text(desk.get(leads))
        given = {"answer": "attending", "level": "unsaid", "name": "Ambassador", "channel": "telephone", "newest": ""}
        assert desk.post(leads, given)["Location"] == f"{SHEET}?summit=here"
        assert names(summit) == []
