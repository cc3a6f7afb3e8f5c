"""The call sheet: whom to telephone in which order, noting a call, and going on from it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from delegations.domain import calls
from delegations.domain.calls import CallProblem, Narrowed, note
from delegations.models import CallNote, CallOutcome, Invitation
from summit.db.clock import db_now
from summit.domain import seen
from summit.models import AuditEntry, Role, Summit
from tests import factories as f
from tests.delegations.test_admin import said, sign_in

pytestmark = pytest.mark.django_db
SHEET = "/admin/delegations/invitation/calls/"


@pytest.fixture
def summit() -> Summit:
    found: Summit = f.SummitFactory(slug="here")
    return found


def waiting(summit: Summit, name: str, days: int, **kwargs: Any) -> Invitation:
    """Make an invitation that was sent so many days ago."""
    sent = db_now() - timedelta(days=days)
    about = {f"party__{key}": value for key, value in kwargs.items()}
    row: Invitation = f.InvitationFactory(
        party__summit=summit,
        party__name=name,
        state="sent",
        sent_at=sent,
        **about,
    )
    return row


def called(row: Invitation, outcome: str = "nobody", ago: timedelta = timedelta()) -> CallNote:
    found: CallNote = f.CallNoteFactory(invitation=row, outcome=outcome)
    CallNote.objects.filter(pk=found.pk).update(at=db_now() - ago)
    return found


def names(summit: Summit, now: datetime | None = None, **narrowed: Any) -> list[str]:
    rows = calls.sheet(summit=summit, now=now or db_now(), narrowed=Narrowed(**narrowed))
    return [row.party.name for row in rows]


class TestSheet:
    def test_who_has_not_answered_stands_there_the_longest_wait_first(self, summit: Summit) -> None:
        waiting(summit, "Short", 2)
        waiting(summit, "Long", 20)
        f.InvitationFactory(party__summit=summit, party__name="Draft")
        f.InvitationFactory(party__summit=summit, party__name="Revoked", state="revoked", sent_at=f.START)
        for other in (f.SummitFactory(),):
            waiting(other, "Elsewhere", 30)
        waiting(summit, "Session", 30)
        Invitation.objects.filter(party__name="Session").update(occasion="abc")
        assert names(summit) == ["Long", "Short"]

    def test_whoever_was_called_today_at_the_venue_stands_below(self, summit: Summit) -> None:
        for name, days in (("First", 20), ("Second", 10), ("Third", 5)):
            waiting(summit, name, days)
        called(Invitation.objects.get(party__name="First"))
        called(Invitation.objects.get(party__name="Second"), ago=timedelta(days=1))
        assert names(summit) == ["Second", "Third", "First"]
        # On the next day at the venue they are where they were.
        assert names(summit, now=db_now() + timedelta(days=1)) == ["First", "Second", "Third"]

    @pytest.mark.parametrize(
        ("narrowed", "found"),
        [
            ({"region": "europe"}, ["Europe"]),
            ({"days": 14}, ["Europe", "Old"]),
            ({"days": 7}, ["Europe", "Old", "Week"]),
            ({"last": "never"}, ["Europe", "Week"]),
            ({"last": "call_back"}, ["Old"]),
            ({"last": "wrong"}, []),
        ],
    )
    def test_it_is_narrowed(self, summit: Summit, narrowed: dict[str, Any], found: list[str]) -> None:
        waiting(summit, "Europe", 30, region="europe")
        old = waiting(summit, "Old", 15)
        waiting(summit, "Week", 8)
        called(old, "wrong", timedelta(days=3))
        called(old, "call_back", timedelta(days=2))
        assert names(summit, **narrowed) == found

    def test_the_home_counts_exactly_what_the_sheet_shows(self, summit: Summit) -> None:
        for number, days in enumerate((1, 8, 9, 15, 30)):
            waiting(summit, f"P{number}", days)
        now = db_now()
        found = calls.waiting(summit, now)
        assert found == [(7, 4), (14, 2), (21, 1)]
        client = sign_in(summit)
        home = client.get("/admin/").content.decode()
        for days, number in found:
            assert f"{SHEET}?summit=here&amp;days={days}" in home
            assert f"{number} for {days} days or more" in home
            assert client.get(f"{SHEET}?summit=here&days={days}").context["page"].paginator.count == number

    def test_the_page_tells_whom_to_call_how(self, summit: Summit) -> None:
        row = waiting(
            summit, "Aland", 9, mission_phone="+44 20 7946 0000", mission_contact="A. Attaché", mission_name="Embassy"
        )
        f.FocalPointFactory(party=row.party, person__name="F. Point", person__summit=summit)
        f.CallNoteFactory(invitation=row, outcome="call_back", note="After lunch")
        content = sign_in(summit).get(SHEET).content.decode()
        for text in (
            "1 party to telephone",
            "9 days",
            "+44 20 7946 0000",
            "A. Attaché",
            "Embassy",
            "F. Point",
            "to be called again",
            "After lunch",
            reverse("admin:delegations_invitation_call", args=[row.pk]),
        ):
            assert text in content

    def test_who_saw_the_contacts_is_recorded(self, summit: Summit) -> None:
        point = f.FocalPointFactory(party=waiting(summit, "Aland", 9).party)
        sign_in(summit).get(SHEET)
        entry = AuditEntry.objects.get(action=seen.SEEN)
        assert (entry.object_type, entry.detail["people"]) == ("delegations.party", [point.person.public_id])
        assert entry.fields == ["focal_points", "mission_contact"]

    def test_more_parties_cost_no_more_queries(self, summit: Summit) -> None:
        client = sign_in(summit)

        def cost() -> int:
            with CaptureQueriesContext(connection) as captured:
                assert client.get(SHEET).status_code == 200
            return len(captured)

        f.FocalPointFactory(party=waiting(summit, "Aland", 9).party)
        few = cost()
        for number in range(9):
            row = waiting(summit, f"P{number}", number)
            f.FocalPointFactory(party=row.party)
            f.CallNoteFactory(invitation=row)
        assert cost() == few

    @pytest.mark.parametrize("role", list(Role))
    def test_who_sees_it_and_who_calls(self, summit: Summit, role: Role) -> None:
        row = waiting(summit, "Aland", 9)
        client = sign_in(summit, role)
        sees = role in (Role.ORGANISER, Role.PROTOCOL, Role.ACCREDITATION, Role.PROGRAMME)
        calls_too = role in (Role.ORGANISER, Role.PROTOCOL)
        response = client.get(SHEET)
        assert (response.status_code == 200) == sees
        button = reverse("admin:delegations_invitation_call", args=[row.pk])
        assert (button in response.content.decode()) == calls_too
        assert (client.get(button).status_code == 200) == calls_too
        listed = client.get(reverse("admin:delegations_invitation_changelist"))
        lists = role in (Role.ORGANISER, Role.PROTOCOL, Role.PROGRAMME)
        assert (f'href="{SHEET}?summit=here">Call sheet</a>' in listed.content.decode()) == lists

    def test_odd_filters_narrow_nothing(self, summit: Summit) -> None:
        waiting(summit, "Aland", 9)
        response = sign_in(summit).get(f"{SHEET}?days=x&region=mars&last=%00&page=x")
        assert response.context["page"].paginator.count == 1


class TestNote:
    def test_it_is_kept_and_recorded_without_its_words(self, summit: Summit) -> None:
        row = waiting(summit, "Aland", 9)
        by = f.UserFactory.with_role(Role.PROTOCOL, summit)
        kept = note(invitation=row, outcome="call_back", text="  Ask for\nMr Example ", by=by)
        assert (kept.outcome, kept.note, kept.by) == ("call_back", "Ask for Mr Example", by)
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.object_key, entry.detail) == (
            "delegations.call",
            row.public_id,
            {"outcome": "call_back"},
        )

    @pytest.mark.parametrize(
        ("outcome", "text", "field", "words"),
        [
            ("", "", "outcome", "Choose what came of the call."),
            ("shouted", "", "outcome", "Choose what came of the call."),
            ("nobody", "x" * 501, "note", "This has 501 characters. Shorten it to 500."),
            ("nobody", "a\x07", "note", "Character 2 is a control character."),
        ],
    )
    def test_what_is_entered_is_looked_at(
        self, summit: Summit, outcome: str, text: str, field: str, words: str
    ) -> None:
        by = f.UserFactory.with_role(Role.PROTOCOL, summit)
        with pytest.raises(CallProblem, match=words) as problem:
            note(invitation=waiting(summit, "Aland", 9), outcome=outcome, text=text, by=by)
        assert (problem.value.field, CallNote.objects.count()) == (field, 0)

    @pytest.mark.parametrize("state", ["draft", "revoked", "superseded"])
    def test_of_what_does_not_stand_none_is_noted(self, summit: Summit, state: str) -> None:
        row = f.InvitationFactory(party__summit=summit, state=state)
        by = f.UserFactory.with_role(Role.PROTOCOL, summit)
        with pytest.raises(CallProblem, match="stands no more"):
            note(invitation=row, outcome="nobody", text="", by=by)

    def test_who_may_not_is_refused(self, summit: Summit) -> None:
        by = f.UserFactory.with_role(Role.ACCREDITATION, summit)
        with pytest.raises(PermissionDenied, match="organiser, protocol"):
            note(invitation=waiting(summit, "Aland", 9), outcome="nobody", text="", by=by)


class TestPage:
    def test_noting_a_call_leads_to_whoever_is_next(self, summit: Summit) -> None:
        first, second = waiting(summit, "First", 20), waiting(summit, "Second", 10)
        client = sign_in(summit)
        address = reverse("admin:delegations_invitation_call", args=[first.pk])
        page = client.get(address).content.decode()
        assert 'type="radio" name="outcome" value="coming"' in page
        assert "autofocus" in page
        response = client.post(address, {"outcome": "nobody", "note": "Lunch"})
        assert response["Location"] == f"{SHEET}?summit=here#party-{second.pk}"
        assert said(response) == ["The call to First is noted."]
        assert "Lunch" in client.get(address).content.decode()
        last = client.post(reverse("admin:delegations_invitation_call", args=[second.pk]), {"outcome": "nobody"})
        assert last["Location"] == f"{SHEET}?summit=here"

    def test_an_answer_on_the_telephone_is_recorded_from_there(self, summit: Summit) -> None:
        row = waiting(summit, "Aland", 9)
        client = sign_in(summit)
        response = client.post(
            reverse("admin:delegations_invitation_call", args=[row.pk]), {"outcome": CallOutcome.ANSWERED.value}
        )
        page = reverse("admin:delegations_invitation_answer", args=[row.pk])
        assert response["Location"] == f"{page}?channel=telephone&from=calls"
        content = client.get(response["Location"]).content.decode()
        assert '<option value="telephone" selected>telephone</option>' in content
        given = {"answer": "attending", "name": "Ambassador", "channel": "telephone", "newest": ""}
        assert client.post(response["Location"], given)["Location"] == f"{SHEET}?summit=here"
        assert names(summit) == []

    def test_what_is_missing_is_said(self, summit: Summit) -> None:
        row = waiting(summit, "Aland", 9)
        response = sign_in(summit).post(reverse("admin:delegations_invitation_call", args=[row.pk]), {"note": "x"})
        assert (response.status_code, "Choose what came of the call." in response.content.decode()) == (422, True)
