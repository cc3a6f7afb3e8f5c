"""The agenda is for those that take part: who else is in a session is neither told of it nor named in public."""

import pytest
from django.test import Client

from delegations.invitations.models.invitations import Invitation
from delegations.parties.models.parties import Party
from sessions.agenda.models import releases as releases_models
from sessions.draft.models.participants import Participant
from sessions.draft.models.sessions import Session
from sessions.draft.services import planning
from sessions.releases.services import releases
from summit.outbox.models import Message
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests import factories as f
from tests.clients import signed_in
from tests.delegations.helpers import refuses, sign_in
from tests.sessions.conftest import Parties, release, session

pytestmark = pytest.mark.django_db
# The first party has accepted, the second declined, the third objects to being named.
ACCEPTED, DECLINED, OBJECTS = "Aland", "Beland", "Celand"
PUBLIC = ("", "grid/", "{session}/", "schedule.json", "changes/")
API = ("agenda/", "agenda/{session}/", "parties/", "changes/")


@pytest.fixture
def row(summit: Summit, parties: Parties) -> Session:
    """A public session of three parties, each with its head in the chair."""
    Summit.objects.update(slug="here", public=True, public_changes=True, agenda_readers="accepted")
    for name, answer in ((ACCEPTED, "attending"), (DECLINED, "regrets"), (OBJECTS, "attending")):
        f.InvitationFactory(party=parties[name], answered=True, answer=answer)
    Party.objects.filter(name=OBJECTS).update(public_listing="none")
    made = session(summit, *parties.values(), visibility="public", kind="plenary")
    for position, party in enumerate(parties.values(), start=5):
        person = f.PersonFactory(summit=summit, office=f"Minister of {party.name}")
        f.MembershipFactory(party=party, person=person)
        f.ParticipantFactory(session=made, person=person, role="moderator", position=position)
    summit.refresh_from_db()
    return made


def public(row: Session) -> dict[str, str]:
    paths = [f"/here/agenda/{path}" for path in PUBLIC] + [f"/api/v1/summits/here/{path}" for path in API]
    found = {path: Client().get(path.format(session=row.public_id)) for path in paths}
    assert {response.status_code for response in found.values()} == {200}
    return {path: response.content.decode() for path, response in found.items()}


def names_in(content: str) -> set[str]:
    return {name for name in (ACCEPTED, DECLINED, OBJECTS) if name in content}


@pytest.mark.slow("opens each public page and file of the agenda twice")
def test_public_pages_and_files_name_those_that_take_part(row: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    release(row.summit)
    Session.objects.update(title="Another title")
    Participant.objects.filter(party__isnull=False).update(position=3)
    release(row.summit)
    for path, content in public(row).items():
        assert names_in(content) <= {ACCEPTED}, path
    # A new answer is read at once, without a release.
    Invitation.objects.filter(party__name=DECLINED).update(answer="attending")
    named = {path for path, content in public(row).items() if DECLINED in content}
    assert named >= {"/here/agenda/", "/here/agenda/{session}/", "/api/v1/summits/here/agenda/"}
    Invitation.objects.filter(party__name=DECLINED).update(answer="regrets")
    assert not any(DECLINED in content for content in public(row).values())


def test_control_another_predicate_names_them(row: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    release(row.summit)
    monkeypatch.setattr(releases_models.PlaceQuerySet, "named", lambda self: self)
    assert names_in(public(row)["/here/agenda/{session}/"]) == {ACCEPTED, DECLINED, OBJECTS}


def told() -> set[str]:
    return {address.partition("@")[0] for address in Message.objects.values_list("address", flat=True)}


@pytest.mark.parametrize("readers", ["accepted", "all"])
def test_mails_go_to_those_that_take_part(row: Session, parties: Parties, readers: str) -> None:
    """Control: where the summit declares all delegations, those that haven't answered are told too."""
    Summit.objects.update(agenda_readers=readers)
    Invitation.objects.filter(party__name=OBJECTS).update(state="sent", answer="", answered_at=None, answered_by="")
    preview = releases.preview(summit=row.summit)
    assert {why: [party.name for party in left] for why, left in preview.left_out.items()} == (
        {"open": [OBJECTS], "left": [DECLINED]} if readers == "accepted" else {"left": [DECLINED]}
    )
    release(row.summit)
    assert told() == ({"aland"} if readers == "accepted" else {"aland", "celand"})


def test_the_page_of_a_release_names_who_is_left_out(row: Session, summit: Summit) -> None:
    content = sign_in(summit, Role.ORGANISER).get("/admin/agenda/release/prepare/here/").content.decode()
    assert "1 delegation isn’t emailed" in content
    assert "Delegations that get the agenda: those that have accepted." in content
    assert f"/admin/summit/summit/{summit.pk}/change/" in content


@pytest.mark.parametrize("name", [ACCEPTED, DECLINED])
def test_the_portal_shows_the_agenda_to_those_that_take_part(row: Session, parties: Parties, name: str) -> None:
    release(row.summit)
    browser = signed_in(f.FocalPointFactory(party=parties[name], person__user=f.UserFactory()).person.user)
    content = browser.get("/portal/agenda/?summit=here").content.decode()
    waits = "The agenda appears here once your delegation has accepted the invitation."
    assert (row.title in content, waits in content) == (name == ACCEPTED, name == DECLINED)


class TestDeclined:
    def test_the_desk_removes_it_from_its_sessions(self, row: Session, summit: Summit, parties: Parties) -> None:
        browser = sign_in(summit, Role.PROGRAMME)
        page = "/admin/agenda/session/declined/here/"
        assert "1 delegation declined and is still in sessions." in browser.get("/admin/").content.decode()
        detail = f"/admin/delegations/party/{parties[DECLINED].pk}/"
        assert "Declined, still in 1 session." in browser.get(detail).content.decode()
        content = browser.get(page).content.decode()
        assert names_in(content) == {DECLINED}
        # A delegation that has not declined stays, whatever is sent.
        browser.post(page, {"party": [parties[DECLINED].pk, parties[ACCEPTED].pk]})
        places = row.participants.all()
        assert {place.party.name for place in places if place.party} == {ACCEPTED, OBJECTS}
        assert {place.person.office for place in places if place.person} == {
            f"Minister of {name}" for name in (ACCEPTED, OBJECTS)
        }
        assert "No delegation that declined is in a session." in browser.get(page).content.decode()
        assert "declined and" not in browser.get("/admin/").content.decode()

    def test_others_may_not_and_none_is_no_choice(self, row: Session, summit: Summit) -> None:
        assert sign_in(summit, Role.PROTOCOL).get("/admin/agenda/session/declined/here/").status_code == 403
        by = f.UserFactory.with_role(Role.PROGRAMME, summit)
        problem = refuses(Exception, planning.remove_parties, summit=summit, parties=[], by=by)
        assert "Choose at least one delegation" in str(problem)
        assert row.participants.count() == 6

    def test_it_stays_in_sessions_of_another_summit(self, row: Session, parties: Parties) -> None:
        other = session(f.SummitFactory(), parties[DECLINED])
        by = f.UserFactory.with_role(Role.PROGRAMME, row.summit)
        assert planning.remove_parties(summit=row.summit, parties=[parties[DECLINED]], by=by) == 1
        assert other.participants.count() == 1
