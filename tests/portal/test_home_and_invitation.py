"""The portal's home and the invitation: where a delegation stands, and answering."""

import re
from datetime import date, timedelta

import pytest

from delegations.invitations.models.invitations import Invitation, InvitationLink
from delegations.invitations.services.answers import AnswerReceipt, answer
from sessions.draft.models.participants import Slot
from sessions.draft.services import cancel_and_move
from sessions.releases.services import releases
from summit.audit.models import AuditEntry
from summit.core.database_clock import db_now
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests import factories as f
from tests.clients import signed_in
from tests.portal.test_visitor_identity import follow
from tests.press.helpers import ago, make_text
from tests.sessions.conftest import release

pytestmark = pytest.mark.django_db
ANSWER = {"answer": "attending", "name": "A. Example, First Secretary", "note": "With pleasure"}


def page_of(link: InvitationLink) -> str:
    return f"/portal/invitation/{link.invitation.public_id}/"


def due(seconds: int) -> None:
    Summit.objects.update(answer_by=db_now() + timedelta(seconds=seconds))


class TestInvitation:
    def test_it_says_what_is_asked_of_whom_until_when(self) -> None:
        link = f.InvitationLinkFactory(invitation__party__name="Aland", invitation__party__formal_name="Isles")
        Summit.objects.update(answer_by="2099-03-14T17:00Z")
        content = follow(link).get(page_of(link)).content.decode()
        for text in (
            '<bdi><bdi lang="en">Isles</bdi></bdi> is invited to the',
            'Answer by Saturday 14 March 2099, 17:00 <bdi lang="en">London</bdi> time',
            "Send answer of Aland</button>",
        ):
            assert text in content

    def test_another_may_represent_it_and_the_level_is_kept(self) -> None:
        link = f.InvitationLinkFactory(invitation__party__name="Aland", invitation__party__level="government")
        client = follow(link)
        form = client.get(page_of(link)).content.decode()
        assert "We would welcome representation at the level of head of government." in form
        assert '<option value="asked" selected>As in the letter: head of government</option>' in form
        assert 'value="executive"' not in form
        client.post(page_of(link), {**ANSWER, "answer": "represented", "level": "minister"})
        row = Invitation.objects.get()
        assert (row.answer, row.level) == ("represented", "minister")
        content = client.get(page_of(link)).content.decode()
        assert '<bdi><bdi lang="en">Aland</bdi></bdi> will attend with a different representative' in content
        assert "<dd>minister</dd>" in content
        assert "<dd>invitation link</dd>" in content
        assert "Accepted" in client.get("/portal/").content.decode()

    def test_the_link_shows_by_which_way_a_desk_had_the_answer(self) -> None:
        link = f.InvitationLinkFactory()
        way = AnswerReceipt("note_verbale", "NV 12/2025", date(2025, 3, 3))
        by = f.UserFactory.with_role(Role.PROTOCOL, link.invitation.party.summit)
        answer(invitation=link.invitation, answer="regrets", note="", name="The embassy", by=by, way=way)
        content = follow(link).get(page_of(link)).content.decode()
        shown = '<dd>note verbale, <bdi lang="">NV 12/2025</bdi>, Monday 3 March 2025</dd>'
        assert [text in content for text in ("Declined", "The embassy", shown)] == [True] * 3

    def test_answering_leads_to_the_answer_and_it_is_changed(self) -> None:
        link = f.InvitationLinkFactory(invitation__party__name="Aland")
        due(3600)
        client = follow(link)
        response = client.post(page_of(link), ANSWER)
        assert (response.status_code, response["Location"]) == (303, page_of(link))
        row = Invitation.objects.get()
        assert (row.state, row.answer, row.answered_by, row.note) == ("answered", *[ANSWER[k] for k in ANSWER])
        assert AuditEntry.objects.get().by_label == f"link:{link.public_id}"
        content = client.get(page_of(link)).content.decode()
        for text in ("Accepted", "With pleasure", "can change the answer here until", ">Change answer</a>"):
            assert text in content
        assert 'name="answer"' not in content
        home = client.get("/portal/").content.decode()
        answered = 'Answered by <bdi><bdi lang="">A. Example, First Secretary</bdi></bdi>'
        assert [text in home for text in ("Accepted", answered, "Read or change answer")] == [True] * 3
        form = client.get(f"{page_of(link)}?change=1").content.decode()
        assert 'value="attending" id="answer" checked' in form
        assert 'value="A. Example, First Secretary"' in form
        client.post(page_of(link), {**ANSWER, "answer": "regrets"})
        assert Invitation.objects.get().answer == "regrets"
        assert "Declined" in client.get(page_of(link)).content.decode()

    def test_errors_stand_on_top_and_lead_to_their_field(self) -> None:
        link = f.InvitationLinkFactory()
        client = follow(link)
        for values, field, said in (
            ({"answer": ""}, "answer", "Choose whether the delegation will attend."),
            ({"name": ""}, "name", "Enter the name of the person who answered."),
            ({"note": "x" * 2001}, "note", "Shorten this text to 2000 characters. It has 2001."),
        ):
            response = client.post(page_of(link), {**ANSWER, "name": "A <b>", **values})
            content = response.content.decode()
            assert response.status_code == 422
            assert f'<a href="#{field}">{said}</a>' in content
            assert f'id="{field}-error"' in content
            assert "<b>" not in content
        # Nor does any GET answer.
        for query in ("", "?answer=attending&name=A", "?change=1"):
            client.get(page_of(link) + query)
        assert Invitation.objects.get().state == "sent"

    def test_late_answers_are_refused_with_who_can(self) -> None:
        link = f.InvitationLinkFactory()
        due(-1)
        client = follow(link)
        content = client.get(page_of(link)).content.decode()
        assert "Protocol can still record or change your answer" in content
        home = client.get("/portal/").content.decode()
        assert 'Protocol can still record it: write to <a href="mailto:protocol@host.example">' in home
        assert 'name="answer"' not in content
        response = client.post(page_of(link), ANSWER)
        assert response.status_code == 409
        assert "The deadline for answers has passed. Protocol can still change yours" in response.content.decode()
        assert Invitation.objects.get().state == "sent"

    def test_a_focal_point_answers_with_their_account(self) -> None:
        user, invitation = f.UserFactory(), f.InvitationFactory(sent=True)
        person = f.FocalPointFactory(party=invitation.party, person__user=user).person
        client, address = signed_in(user), f"/portal/invitation/{invitation.public_id}/"
        assert f'value="{person.label}"' in client.get(address).content.decode()
        assert client.post(address, ANSWER).status_code == 303
        assert AuditEntry.objects.get().by == user

    def test_a_delegate_reads_and_does_not_answer(self) -> None:
        user, invitation = f.UserFactory(), f.InvitationFactory(sent=True, party__name="Aland")
        f.MembershipFactory(party=invitation.party, person__user=user)
        client, address = signed_in(user), f"/portal/invitation/{invitation.public_id}/"
        content = client.get(address).content.decode()
        assert 'Only focal points of <bdi><bdi lang="en">Aland</bdi></bdi> can answer.' in content
        assert 'name="answer"' not in content
        refused = client.post(address, ANSWER)
        assert refused.status_code == 403
        assert "Ask a focal point of Aland to answer" in refused.content.decode()
        assert Invitation.objects.get().state == "sent"


class TestHome:
    def test_it_asks_for_the_answer(self) -> None:
        link = f.InvitationLinkFactory(invitation__party__name="Aland")
        Summit.objects.update(answer_by="2099-03-14T17:00Z")
        content = follow(link).get("/portal/").content.decode()
        for text in ("Not answered", "due by Saturday 14 March 2099", ">Answer for Aland</a>", page_of(link)):
            assert text in content

    def test_the_host_is_not_asked(self) -> None:
        user = f.UserFactory()
        f.MembershipFactory(party__is_host=True, person__user=user)
        client = signed_in(user)
        assert "You are the host." in client.get("/portal/").content.decode()

    def test_other_summits_are_one_step_away(self) -> None:
        user = f.UserFactory()
        one, two = (f.MembershipFactory(person__user=user).party.summit for _ in range(2))
        client = signed_in(user)
        content = client.get("/portal/").content.decode()
        for summit in (one, two):
            assert f'href="/portal/?summit={summit.slug}"' in content

    def test_it_says_in_how_many_minutes_in_which_room_and_who_is_there(self) -> None:
        link = f.InvitationLinkFactory()
        summit = link.invitation.party.summit
        begin = db_now() + timedelta(minutes=47, seconds=30)
        room = f.RoomFactory(venue__summit=summit, name="Long Gallery")
        session = f.SessionFactory(summit=summit, room=room, starts_at=begin, ends_at=begin + timedelta(minutes=30))
        f.ParticipantFactory(session=session, party=link.invitation.party)
        chair = f.PersonFactory(summit=summit, name="A. Example", office="Home Secretary")
        f.ParticipantFactory(session=session, party=None, person=chair, role="chair")
        release(summit)
        content = follow(link).get("/portal/").content.decode()
        first = content[content.index('class="where-next"') : content.index("</section>")]
        where = f"/portal/agenda/{session.public_id}/"
        for text in ("in 47 minutes", "Long Gallery", chair.label, session.title, where, "data-now="):
            assert text in first
        # Whoever has to be somewhere within two hours is told that before being asked for an answer.
        assert content.index('class="where-next"') < content.index("Not answered")

    def test_what_lies_further_off_stands_as_planned_after_the_answer_that_is_due(self) -> None:
        link = f.InvitationLinkFactory()
        summit, begin = link.invitation.party.summit, db_now() + timedelta(days=20)
        session = f.SessionFactory(summit=summit, starts_at=begin, ends_at=begin + timedelta(minutes=30))
        f.ParticipantFactory(session=session, party=link.invitation.party)
        release(summit)
        client = follow(link)
        content = client.get("/portal/").content.decode()
        order = ["<h1>Your delegation</h1>", "Not answered", "<h2>Planned for you</h2>", 'class="where-next"']
        assert [content.index(words) for words in order] == sorted(content.index(words) for words in order)
        client.post(page_of(link), ANSWER)
        assert "<h1>Next appointment</h1>" in client.get("/portal/").content.decode()

    def test_changes_are_told_until_they_were_seen_here(self) -> None:
        link = f.InvitationLinkFactory()
        summit, begins = link.invitation.party.summit, db_now() + timedelta(hours=2)
        by = f.UserFactory.with_role(Role.ORGANISER, summit)
        session = f.SessionFactory(summit=summit, starts_at=begins, ends_at=begins + timedelta(minutes=30))
        f.ParticipantFactory(session=session, party=link.invitation.party)
        releases.release(summit=summit, by=by)
        client = follow(link)
        told = "1 change since your last visit"
        assert "since your last visit" not in client.get("/portal/").content.decode()
        room = f.RoomFactory(venue__summit=summit, name="Music Room")
        cancel_and_move.move(session=session, starts_at=session.starts_at, ends_at=session.ends_at, room=room, by=by)
        releases.release(summit=summit, by=by)
        for _time in range(2):
            content = client.get("/portal/").content.decode()
            assert told in content
        assert re.search(r"Room: <del[^>]*>[^<]*</del> <ins[^>]*>[^<]*Music Room[^<]*</ins>", content)
        assert client.get("/portal/changes/").status_code == 200
        assert "since your last visit" not in client.get("/portal/").content.decode()
        assert told in follow(link).get("/portal/").content.decode()


def test_what_the_delegation_said_is_told_when_it_is_published() -> None:
    link = f.InvitationLinkFactory()
    party = link.invitation.party
    texts = {
        title: make_text(summit=party.summit, moment=moment, speech=True, title=title).version.text
        for title, moment in (("Ours", ago(1)), ("Ours to come", ago(-1)), ("Another one", ago(1)))
    }
    Slot.objects.filter(texts__slug__in=[texts["Ours"].slug, texts["Ours to come"].slug]).update(party=party)
    page = follow(link).get("/portal/?lang=en").content.decode()
    assert "Published speeches of your delegation" in page
    assert [f">{title}</a>" in page for title in texts] == [True, False, False]
