"""Answers at the desk: recording one with its paper, reading what came, fetching a scan."""

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from delegations.domain.answers import answer
from delegations.domain.scans import LARGEST
from delegations.models import Invitation, Reply, ReplyScan
from summit.domain import seen
from summit.domain.audit import SYSTEM
from summit.models import AuditEntry, Role, Summit
from tests import factories as f
from tests.delegations.test_admin import said, sign_in

pytestmark = pytest.mark.django_db
REPLIES = "/admin/delegations/reply/"
PDF = b"%PDF-1.7 the note"


@pytest.fixture
def summit() -> Summit:
    found: Summit = f.SummitFactory(slug="here")
    return found


@pytest.fixture
def row(summit: Summit) -> Invitation:
    found: Invitation = f.InvitationFactory(
        party__summit=summit, party__name="Aland", party__level="minister", state="sent", sent_at=f.START
    )
    return found


def page_of(row: Invitation) -> str:
    return reverse("admin:delegations_invitation_answer", args=[row.pk])


def values(**kwargs: Any) -> dict[str, Any]:
    return {"answer": "attending", "name": "Embassy", "channel": "note_verbale", "newest": "", **kwargs}


class TestRecording:
    def test_the_form_proposes_the_level_that_was_asked_for(self, summit: Summit, row: Invitation) -> None:
        content = sign_in(summit).get(f"{page_of(row)}?channel=telephone").content.decode()
        assert '<option value="asked" selected>As the letter asks: minister</option>' in content
        assert '<option value="telephone" selected>telephone</option>' in content
        for way in ("link", "portal"):
            assert f'<option value="{way}"' not in content

    @pytest.mark.parametrize(("answer", "level"), [("attending", "minister"), ("represented", ""), ("regrets", "")])
    def test_who_is_represented_by_another_does_not_come_as_the_letter_asks(
        self, summit: Summit, row: Invitation, answer: str, level: str
    ) -> None:
        client = sign_in(summit)
        assert client.post(page_of(row), values(answer=answer, level="asked")).status_code == 302
        row.refresh_from_db()
        assert (row.answer, row.level) == (answer, level)
        again = client.get(page_of(row)).context["form"]["level"].value()
        assert again == ("asked" if level else "")

    def test_all_is_kept_with_the_paper(self, summit: Summit, row: Invitation) -> None:
        paper = {"reference": "NV 12/2025", "dated": "2025-03-03", "level": "ambassador"}
        scan = SimpleUploadedFile("note.exe", PDF, "text/html")
        client = sign_in(summit, Role.PROTOCOL)
        response = client.post(page_of(row), values(**paper, scan=scan, note="Of two pages"))
        assert said(response) == ["The answer of Aland is recorded."]
        reply = Reply.objects.get()
        assert (reply.channel, reply.reference, reply.dated) == ("note_verbale", "NV 12/2025", date(2025, 3, 3))
        assert (reply.answer, reply.level, reply.name) == ("attending", "ambassador", "Embassy")
        assert (reply.scan.filename, reply.scan.media_type, reply.scan.content) == (
            "note.pdf",
            "application/pdf",
            PDF,
        )
        row.refresh_from_db()
        assert (row.state, row.answer, row.level) == ("answered", "attending", "ambassador")

    @pytest.mark.parametrize(
        ("given", "problem"),
        [
            ({"answer": ""}, "Choose whether the delegation takes part."),
            ({"channel": ""}, "Choose by which way the answer came."),
            ({"channel": "link"}, "Choose one of them."),
            ({"name": " "}, "Enter the name of whoever answers."),
            ({"dated": "2025-02-31"}, "Write a day that exists."),
            ({"dated": "0001-01-01"}, "Give a year between"),
            ({"scan": SimpleUploadedFile("a.pdf", b"<html>")}, "This is neither a PDF nor a JPEG nor a PNG picture."),
            ({"scan": SimpleUploadedFile("a.pdf", b"")}, "This file is empty."),
            ({"scan": SimpleUploadedFile("a.pdf", PDF.ljust(LARGEST + 1))}, "up to 10 MB are kept."),
        ],
    )
    def test_what_is_wrong_is_said_at_its_field_and_nothing_is_kept(
        self, summit: Summit, row: Invitation, given: dict[str, Any], problem: str
    ) -> None:
        for value in given.values():
            if hasattr(value, "seek"):
                value.seek(0)
        response = sign_in(summit).post(page_of(row), values(**given))
        assert (response.status_code, problem in response.content.decode()) == (422, True)
        assert "Aland" in response.content.decode()
        assert (Reply.objects.count(), ReplyScan.objects.count(), Invitation.objects.get().state) == (0, 0, "sent")

    def test_a_page_that_is_behind_shows_the_newer_answer_and_then_records(
        self, summit: Summit, row: Invitation
    ) -> None:
        client = sign_in(summit)
        answer(invitation=row, answer="regrets", note="", name="The link's holder", by=SYSTEM)
        response = client.post(page_of(row), values())
        content = response.content.decode()
        assert response.status_code == 422
        assert "Another answer came while this page was open. Read it, then record yours." in content
        assert "The link&#x27;s holder" in content
        newer = Reply.objects.get()
        assert f'name="newest" value="{newer.public_id}"' in content
        assert Invitation.objects.get().answer == "regrets"
        assert client.post(page_of(row), values(newest=newer.public_id)).status_code == 302
        assert Invitation.objects.get().answer == "attending"

    def test_the_page_shows_the_answer_that_holds_and_records_who_saw_it(
        self, summit: Summit, row: Invitation
    ) -> None:
        answer(invitation=row, answer="regrets", note="", name="An ambassador", by=SYSTEM)
        client = sign_in(summit)
        assert "An ambassador" in client.get(page_of(row)).content.decode()
        assert AuditEntry.objects.get(action=seen.SEEN).object_key == row.public_id


class TestReading:
    def test_the_list_is_narrowed_by_way_and_level(self, summit: Summit) -> None:
        for channel, level in (("telephone", "minister"), ("link", "minister"), ("link", "")):
            f.ReplyFactory(invitation__party__summit=summit, channel=channel, level=level)
        f.ReplyFactory(channel="telephone")
        client = sign_in(summit)

        def number(query: str) -> int:
            return int(client.get(f"{REPLIES}?{query}").context["cl"].result_count)

        assert [number(query) for query in ("", "channel__exact=link", "level__exact=minister")] == [3, 2, 2]
        assert number("channel__exact=telephone&level__exact=minister") == 1

    def test_invitations_are_narrowed_by_the_way_of_the_answer_that_holds(self, summit: Summit) -> None:
        first = f.ReplyFactory(invitation__party__summit=summit, channel="telephone")
        f.ReplyFactory(invitation=first.invitation, channel="letter")
        f.ReplyFactory(invitation__party__summit=summit, channel="telephone")
        client = sign_in(summit)
        for channel, number in (("letter", 1), ("telephone", 1), ("link", 0)):
            listed = client.get("/admin/delegations/invitation/", {"channel": channel}).context["cl"]
            assert listed.result_count == number

    def test_an_invitation_and_a_party_show_their_answers(self, summit: Summit) -> None:
        reply = f.ReplyFactory(
            invitation__party__summit=summit, channel="note_verbale", reference="NV 7", dated=date(2025, 3, 3)
        )
        f.ReplyScanFactory(reply=reply)
        client = sign_in(summit)
        for address in (
            reverse("admin:delegations_invitation_change", args=[reply.invitation_id]),
            reverse("admin:delegations_party_change", args=[reply.invitation.party_id]),
            reverse("admin:delegations_reply_change", args=[reply.pk]),
        ):
            content = client.get(address).content.decode()
            assert "<bdi>note verbale</bdi>" in content
            assert "<bdi>NV 7</bdi>" in content
        assert reverse("admin:delegations_reply_scan", args=[reply.pk]) in content

    @pytest.mark.parametrize("page", ["list", "invitation", "party"])
    def test_more_answers_cost_no_more_queries(self, summit: Summit, page: str) -> None:
        reply = f.ReplyFactory(invitation__party__summit=summit)
        f.ReplyScanFactory(reply=reply)
        address = {
            "list": REPLIES,
            "invitation": reverse("admin:delegations_invitation_change", args=[reply.invitation_id]),
            "party": reverse("admin:delegations_party_change", args=[reply.invitation.party_id]),
        }[page]
        client = sign_in(summit)

        def cost() -> int:
            with CaptureQueriesContext(connection) as captured:
                assert client.get(address).status_code == 200
            return len(captured)

        cost()
        few = cost()
        for _ in range(9):
            more = f.ReplyFactory(invitation=reply.invitation, recorded_by=f.UserFactory())
            f.ReplyScanFactory(reply=more)
        # The list's rows are others, so that who saw them is noted once more.
        cost()
        assert cost() == few


class TestScan:
    def fetch(self, client: Client, scan: ReplyScan) -> Any:
        return client.get(reverse("admin:delegations_reply_scan", args=[scan.reply_id]))

    def test_it_is_a_file_that_no_browser_opens_as_a_page(self, summit: Summit) -> None:
        scan = f.ReplyScanFactory(reply__invitation__party__summit=summit, filename='n"ote é.pdf')
        response = self.fetch(sign_in(summit), scan)
        assert (response.status_code, response.content) == (200, scan.content)
        assert response["Content-Type"] == "application/pdf"
        assert response["Content-Disposition"] == "attachment; filename*=utf-8''n%22ote%20%C3%A9.pdf"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert {"private", "no-store"} <= set(response["Cache-Control"].split(", "))
        assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"

    def test_who_fetched_it_is_recorded(self, summit: Summit) -> None:
        scan = f.ReplyScanFactory(reply__invitation__party__summit=summit)
        self.fetch(sign_in(summit), scan)
        entry = AuditEntry.objects.get(action=seen.SEEN)
        assert (entry.object_type, entry.object_key, entry.fields) == (
            "delegations.replyscan",
            str(scan.pk),
            ["content"],
        )

    def test_an_answer_without_one_has_none(self, summit: Summit) -> None:
        reply = f.ReplyFactory(invitation__party__summit=summit)
        address = reverse("admin:delegations_reply_scan", args=[reply.pk])
        assert sign_in(summit).get(address).status_code == 404

    @pytest.mark.parametrize("role", list(Role))
    def test_who_gets_it(self, summit: Summit, role: Role) -> None:
        scan = f.ReplyScanFactory(reply__invitation__party__summit=summit)
        status = self.fetch(sign_in(summit, role), scan).status_code
        assert (status == 200) == (role in (Role.ORGANISER, Role.PROTOCOL, Role.PROGRAMME))
