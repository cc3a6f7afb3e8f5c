"""A party that is no country reads the same on pages and data, in files, mails and feeds: one name, one footnote."""

import html
import io
import json
import re
from typing import Any
from zipfile import ZipFile

import pypdf
import pytest
from django.test import Client
from django.utils import translation

from delegations.invitations.models.invitations import Invitation, InvitationLink
from delegations.invitations.services import invitations, links
from delegations.participants.services import revisions
from delegations.parties.models.parties import Party
from delegations.parties.models.policy import Policy
from delegations.parties.selectors import party_names
from delegations.parties.selectors.party_names import NamedParty
from delegations.portal_access.models import SignInCode
from delegations.portal_access.services import sign_in_codes
from press.subscriptions.services import announcements
from press.texts.models.texts import Wording
from sessions.releases.services import releases
from summit.outbox import mime
from summit.outbox.models import Message
from summit.permissions.models import Role
from tests import factories as f
from tests.clients import signed_in
from tests.press.helpers import ago, make_text
from tests.press.helpers import url_of as text_url
from tests.sessions.conftest import release

pytestmark = pytest.mark.django_db
NAME, NOTE = "Gouvernement régional du Kurdistan", "Participe sans préjudice."
FLAG = 'class="flag"'


@pytest.fixture
def party() -> Party:
    summit = f.SummitFactory(slug="here", public=True)
    names = {"name": "Kurdistan Regional Government", "sort_key": "Kurdistan", "salutation": "Excellency,"}
    shown = {"footnote": "Takes part without prejudice.", "recognised": False, "flag": "none"}
    found: Party = f.PartyFactory(summit=summit, kind="substate", **names, **shown)
    f.PartyNameFactory(party=found, language="fr", name=NAME, footnote=NOTE)
    member = f.MembershipFactory(party=found, person__office="Minister of the Interior")
    session = f.SessionFactory(summit=summit, visibility="public", kind="plenary")
    session.participants.create(party=found, role="chair")
    session.participants.create(person=member.person, role="moderator", position=1)
    organiser = f.UserFactory.with_role(Role.ORGANISER, summit)
    releases.release(summit=summit, by=organiser, tell=False)
    return found


def notes(content: str) -> list[tuple[str, str]]:
    found = re.search(r'<section class="footnotes".*?</section>', content, re.DOTALL)
    return re.findall(r"<bdi lang=\"(\w+)\">([^<]+)</bdi>", found.group(0)) if found else []


def desk(party: Party) -> Client:
    return signed_in(f.UserFactory.with_role(Role.PROTOCOL, party.summit))


def portal(party: Party) -> Client:
    return signed_in(f.FocalPointFactory(party=party, person__user=f.UserFactory()).person.user)


def pages(party: Party) -> dict[str, str]:
    public, acting = Client(), portal(party)
    public_id = party.summit.sessions.get().public_id
    found = {
        "agenda": public.get("/here/agenda/?lang=fr"),
        "session": public.get(f"/here/agenda/{public_id}/?lang=fr"),
        "my agenda": acting.get("/portal/agenda/?summit=here&show=all&lang=fr"),
        "my session": acting.get(f"/portal/agenda/{public_id}/?summit=here&lang=fr"),
        "portal": acting.get("/portal/?summit=here&lang=fr"),
        "list": desk(party).get(f"/admin/delegations/party/?summit__id__exact={party.summit_id}&lang=fr"),
    }
    return {name: response.content.decode() for name, response in found.items()}


@pytest.mark.slow("opens each page that names a party")
def test_each_page_names_it_in_the_readers_language_with_its_footnote_and_the_flag_chosen(
    party: Party,
) -> None:
    Party.objects.update(notes="Call first, then write.")
    for name, content in pages(party).items():
        assert f'<bdi lang="fr">{NAME}</bdi><sup>' in content, name
        assert notes(content) == [("fr", NOTE)], name
        assert FLAG not in content, name
        # Internal notes leave the desk by no way.
        assert "Call first" not in content, name
    Party.objects.update(flag="neutral")
    listed = f"/admin/delegations/party/?summit__id__exact={party.summit_id}&lang=fr"
    for shows_flags in (True, False):
        f.PolicyFactory._meta.model.objects.update_or_create(
            summit=party.summit, defaults={"shows_flags": shows_flags}
        )
        for page in (Client().get("/here/agenda/?lang=fr"), desk(party).get(listed)):
            neutral = '<img class="flag" src="/static/flags/neutral.svg" alt=""' in page.content.decode()
            assert (neutral, FLAG in page.content.decode()) == (shows_flags, shows_flags)
    assert "Call first" not in Client().get("/api/v1/summits/here/agenda/").content.decode()
    assert "Call first" in desk(party).get(f"/admin/delegations/party/{party.pk}/change/").content.decode()


def test_the_json_and_the_letter_say_the_same(party: Party) -> None:
    found = Client().get("/api/v1/summits/here/agenda/").json()["results"][0]["participants"]
    policy = Policy.objects.of(party.summit)
    for place in found:
        assert place["about_party"] == party_names.as_data(party, policy=policy)
    about = found[0]["about_party"]
    assert (about["names"]["fr"]["name"], about["footnotes"]["fr"], about["flag"]) == (NAME, NOTE, None)
    letter = party_names.letter_facts(party, policy=policy, language="fr")
    assert (letter["party"], letter["footnote"], letter["flag"], letter["party_salutation"]) == (NAME, NOTE, "", "")


def test_queries_do_not_grow_with_parties(party: Party, django_assert_num_queries: Any) -> None:
    for size in (1, 3):
        f.PartyFactory.create_batch(size, summit=party.summit)
        for _ in range(2):
            f.PartyNameFactory(party__summit=party.summit)
        with django_assert_num_queries(1):
            party_names.on_page(party.summit)


OFFICE = "Minister of the Interior"
BOX = "mission@krg.example"
ANSWERED: dict[str, Any] = {"state": "answered", "answer": "attending", "sent_at": f.START, "answered_at": f.START}
ANSWERED["answered_by"] = "The mission"
# A name, and whether a footnote explains it there.
BOTH = (True, True)


def plain(content: str) -> str:
    """Return the words of a page or document, its lines as one."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", content)).split())


def paper(content: bytes) -> str:
    return plain("\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages))


def unzipped(content: bytes) -> str:
    with ZipFile(io.BytesIO(content)) as archive:
        return plain(" ".join(archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml")))


def says(texts: dict[str, str]) -> dict[str, tuple[bool, bool]]:
    """Return of each text whether it has the name, and the footnote."""
    return {key: (NAME in text, NOTE in text) for key, text in texts.items()}


def speech(party: Party) -> Any:
    edition = make_text(summit=party.summit, moment=ago(1), language="fr")
    speaker = f.PersonFactory(summit=party.summit, office=OFFICE)
    text = edition.version.text
    text.slot = f.SlotFactory(session=party.summit.sessions.get(), party=party, speaker=speaker)
    text.kind, text.wording = "transcript", Wording.PREPARED
    text.save()
    return edition


def formats(party: Party) -> dict[str, str]:
    page, public = text_url(speech(party).version.text), Client()
    found = {ending: public.get(f"{page[:-1]}.{ending}").content for ending in ("txt", "xml", "json", "pdf")}
    texts = {ending: paper(found[ending]) if ending == "pdf" else plain(found[ending].decode()) for ending in found}
    texts["page"] = plain(public.get(f"{page}?lang=fr").content.decode())
    texts["list"] = plain(public.get("/here/press/?lang=fr").content.decode())
    texts["atom"] = public.get("/here/press/feed.atom").content.decode()
    texts["feed"] = public.get("/here/press/feed.json").content.decode()
    texts["API list"] = public.get("/api/v1/summits/here/texts/").content.decode()
    texts["API"] = public.get(f"/api/v1/summits/here/texts/{page.rstrip('/').rpartition('/')[2]}/").content.decode()
    return texts


def mails(party: Party) -> dict[str, str]:
    """The letter, the reminder of a change in the agenda, and the news of a speech."""
    Party.objects.update(language="fr", mission_email=BOX)
    party.refresh_from_db()
    protocol = f.UserFactory.with_role(Role.PROTOCOL, party.summit)
    invitations.invite(parties=[party], by=protocol)
    letter = mime.render(Message.objects.get(kind="invitation"))
    f.SubscriberFactory(summit=party.summit, language="fr")
    speech(party)
    announcements.announce_due()
    session = party.summit.sessions.get()
    session.title = "Moved"
    session.save()
    release(party.summit)
    return {
        "letter": plain(letter.text),
        "letter on paper": paper(letter.attachments[0].content),
        "agenda": plain(mime.render(Message.objects.get(kind="agenda_change")).text),
        "publication": plain(mime.render(Message.objects.filter(kind="publication").latest("pk")).text),
    }


def schedules(party: Party) -> dict[str, str]:
    found = {form: Client().get(f"/here/agenda/schedule.{form}?lang=fr") for form in ("json", "xml")}
    return {form: response.content.decode() for form, response in found.items()}


def doors(party: Party) -> dict[str, str]:
    """What those read who come by a letter's link that is dead, or by a code to a mailbox."""
    invited = Invitation.objects.filter(party=party).first()
    link = f.InvitationLinkFactory(**({"invitation": invited} if invited else {"invitation__party": party}))
    token = links.token(link)
    holder = Client()
    holder.get(f"/i/{token}/")
    open_in = holder.get("/portal/browsers/?lang=fr").content.decode()
    InvitationLink.objects.update(expires_at=f.START)
    closed = holder.get("/portal/?lang=fr").content.decode()
    dead = Client().get(f"/i/{token}/?lang=fr").content.decode()
    asked = Client().post("/i/ask/?lang=fr", {"token": token}).content.decode()
    for _ in range(2):
        f.MembershipFactory(party=party, person__email=BOX)
    visitor = Client()
    visitor.post("/portal/sign-in/", {"mailbox": BOX})
    row = SignInCode.objects.latest("pk")
    visitor.post("/portal/sign-in/code/", {"code": sign_in_codes.code_of(row.nonce, digits=row.digits)})
    choose = visitor.get("/portal/sign-in/person/?lang=fr").content.decode()
    pages = {"browsers": open_in, "closed": closed, "dead": dead, "asked": asked, "choose": choose}
    assert [key for key, page in pages.items() if FLAG in page] == []
    return {key: plain(page) for key, page in pages.items()}


def lists(party: Party) -> dict[str, str]:
    Invitation.objects.filter(party=party).update(**ANSWERED)
    f.MembershipFactory(party=party, code="head")
    row = revisions.freeze(summit=party.summit, by=f.UserFactory.with_role(Role.PROTOCOL, party.summit))
    found = {}
    for ending, read in {"pdf": paper, "docx": unzipped, "xlsx": unzipped}.items():
        address = f"/admin/delegations/participantlist/{row.pk}/file/?language=fr&order=alphabet&ending={ending}"
        found[ending] = read(desk(party).get(address).content)
    return found


def everywhere(party: Party) -> dict[str, str]:
    read = {"press": formats, "mail": mails, "schedule": schedules, "door": doors, "list": lists}
    return {f"{where}: {key}": text for where, texts in read.items() for key, text in texts(party).items()}


@pytest.mark.broad("it makes every file, mail, feed and page that names a delegation")
def test_files_mails_feeds_data_and_doors_name_it_alike_and_call_it_no_country(party: Party) -> None:
    texts = everywhere(party)
    found = says(texts)
    assert found == dict.fromkeys(found, BOTH)
    assert len(found) == 24
    said = re.compile(r"\b(country|countries|pays)\b", re.IGNORECASE)
    assert {key: said.findall(text) for key, text in texts.items() if said.search(text)} == {}


@pytest.mark.broad("it makes all of them again")
def test_control_without_the_one_way_to_name_it_no_text_does(party: Party, monkeypatch: pytest.MonkeyPatch) -> None:
    def frozen(own: dict[str, Any], local: Any, **more: Any) -> NamedParty:
        return NamedParty(own["name"], own["formal_name"], own["sort_key"], "", "", more["flag"], more["first"])

    monkeypatch.setattr(party_names, "_make", frozen)
    found = says(everywhere(party))
    assert found == dict.fromkeys(found, (False, False))


def test_a_speech_and_a_schedule_name_it_alike_and_who_leads_by_equality(party: Party) -> None:
    page, files = text_url(speech(party).version.text), schedules(party)
    texts = {"page": plain(Client().get(f"{page}?lang=fr").content.decode()), **files}
    assert says(texts) == dict.fromkeys(texts, BOTH)
    days = json.loads(files["json"])["schedule"]["conference"]["days"]
    (event,) = (event for day in days for room in day["rooms"].values() for event in room)
    with translation.override("fr"):
        assert event["description"] == f"{NAME}\xa0: {NOTE}"
        assert event["persons"][:2] == [{"name": NAME}, {"name": f"{OFFICE} ({NAME})"}]


@pytest.mark.slow("opens each page that names a party")
def test_the_pages_of_whoever_acts_for_it_and_of_the_desk_name_it_alike(party: Party) -> None:
    acting, client, own = portal(party), desk(party), f"/portal/delegation/{party.public_id}/"
    answers = {path: acting.get(f"{own}{path}?lang=fr") for path in ("", "people/", "focal-points/", "visas/")}
    answers["declarations/"] = acting.get(f"{own}declarations/?lang=fr")
    answers["invite"] = client.get("/admin/delegations/party/invite/?summit=here&lang=fr")
    f.InvitationFactory(party=party, state="sent", sent_at=f.START)
    answers["calls"] = client.get("/admin/delegations/invitation/calls/?summit=here&lang=fr")
    pages = {key: answer.content.decode() for key, answer in answers.items()}
    assert {answer.status_code for answer in answers.values()} == {200}
    assert [key for key, page in pages.items() if FLAG in page] == []
    vetting = signed_in(f.UserFactory.with_role(Role.VETTING, party.summit))
    faces = vetting.get("/admin/photographs/here/file/?language=fr").content
    found = says({key: plain(page) for key, page in pages.items()} | {"faces": paper(faces)})
    assert found == dict.fromkeys(found, BOTH)


class TestApi:
    LIST = "/api/v1/summits/here/parties/"

    def test_it_is_given_by_equality_in_the_list_and_alone(self, party: Party) -> None:
        data = party_names.as_data(party, policy=Policy.objects.of(party.summit))
        data = {**data, "listed": False, "head": None, "size": None}
        listed = Client().get(self.LIST).json()
        assert (listed["results"], listed["next"], listed["previous"]) == ([data], None, None)
        assert Client().get(f"{self.LIST}{party.public_id}/").json() == data
        assert (data["kind"], data["flag"], data["names"]["fr"]["name"]) == ("substate", None, NAME)
        # What is a country is called a participant where the summit does.
        f.PolicyFactory(summit=party.summit, says_country=False, shows_flags=False)
        Party.objects.update(kind="country", iso_code="IQ", recognised=True, flag="own")
        found = Client().get(self.LIST).json()["results"][0]
        assert (found["kind"], found["flag"]) == ("participant", None)

    def test_who_is_read_of_nowhere_else_is_not_there(self, party: Party) -> None:
        silent = f.PartyFactory(summit=party.summit)
        f.InvitationFactory(party=silent, **ANSWERED)
        hidden = f.SessionFactory(summit=party.summit, visibility="participants")
        inside = f.ParticipantFactory(session=hidden, party=f.PartyFactory(summit=party.summit)).party
        release(party.summit)
        found = Client().get(self.LIST).json()["results"]
        assert [row["id"] for row in found] == [party.public_id]
        # Whoever speaks in a public text is there, and nobody before its moment.
        texts = [make_text(summit=party.summit, moment=ago(hours), speech=True).version.text for hours in (1, -1)]
        spoke, speaks = (text.slot for text in texts)
        assert spoke is not None
        assert speaks is not None
        assert Client().get(f"{self.LIST}{spoke.party.public_id}/").status_code == 200
        missing = Client().get(f"{self.LIST}aaaaaaaaaaaaaaaa/")
        for other in (silent, inside, f.PartyFactory(), speaks.party):
            response = Client().get(f"{self.LIST}{other.public_id}/")
            assert (response.status_code, response.content) == (404, missing.content)
        party.summit.public = False
        party.summit.save()
        assert Client().get(self.LIST).status_code == 404
        assert Client().get(f"{self.LIST}{party.public_id}/").status_code == 404
