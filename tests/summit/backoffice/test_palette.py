"""The palette: the best match first, pages by their names in each language, next steps, and what was seen last."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from sessions.draft.models.sessions import Session
from summit.admin_base import search
from summit.audit.access_log import SEEN
from summit.audit.models import AuditEntry
from summit.backoffice import palette
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.clients import signed_in
from tests.delegations.helpers import queries
from tests.summit.admin_base.helpers import request_of

pytestmark = pytest.mark.django_db
PALETTE = "/admin/palette/"


@pytest.fixture
def protocol(summit: Summit) -> User:
    return f.UserFactory.with_role(Role.PROTOCOL, summit)


@pytest.fixture
def desk(protocol: User) -> Client:
    return signed_in(protocol)


def shown(client: Client, words: str) -> str:
    return client.get(PALETTE, {"q": words}, headers={"HX-Request": "true"}).content.decode()


def links(page: str) -> list[str]:
    texts = re.findall(r"<a [^>]*>(.*?)</a>", page, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", "", text).split()) for text in texts]


def found(user: User, words: str) -> list[str]:
    """Return the names of the rows, each before the labels of its next steps."""
    results = search.find(request_of(user), words, None, with_steps=True)
    hits = [hit for entry in results for hit in entry.hits]
    texts = [str(text) for hit in hits for text in (hit.name, *(step.label for step in hit.steps))]
    return [re.sub(r"<[^>]+>", "", text) for text in texts]


def test_a_country_before_its_people_and_a_name_in_another_language(desk: Client, summit: Summit) -> None:
    party = f.PartyFactory(summit=summit, name="France", formal_name="French Republic")
    f.MembershipFactory(party=party, person__name="Ada", person__office="Minister of France")
    assert links(shown(desk, "franc")) == ["France French Republic", "Ada Minister of France · France"]
    party = f.PartyFactory(summit=summit, name="Germany", formal_name="")
    f.PartyNameFactory(party=party, language="fr", name="Allemagne")
    assert links(shown(desk, "allem")) == ["Germany"]


def test_pages_by_their_names_in_each_language(desk: Client, protocol: User, summit: Summit) -> None:
    assert links(shown(desk, "visa support")) == ["Visa support letters"]
    for words in ("lettres d’appui", "خطابات دعم"):
        pages = palette._found_pages(request_of(protocol), summit, search.split_terms(words))
        assert [page.label for page in pages] == ["Visa support letters"]


def test_what_can_be_done_next_is_offered_to_who_may_do_it(desk: Client, protocol: User, summit: Summit) -> None:
    party = f.PartyFactory(summit=summit, name="France", formal_name="")
    invitation = f.InvitationFactory(party=party, sent=True)
    session = f.SessionFactory(summit=summit, title="Opening")
    page = shown(desk, "france")
    assert links(page) == ["France", "Record answer: France", "Send reminder: France"]
    assert f'href="{reverse("admin:delegations_invitation_answer", args=[invitation.pk])}"' in page
    organiser, viewer = (f.UserFactory.with_role(role, summit) for role in (Role.ORGANISER, Role.VIEWER))
    assert found(organiser, "opening") == ["Opening", "Move session"]
    assert found(organiser, "france")[-1] == "Quotas"
    page = shown(signed_in(organiser), "opening")
    assert f'href="{reverse("admin:agenda_session_edit", args=[session.pk, "time-and-room"])}"' in page
    assert [found(viewer, words) for words in ("opening", "france")] == [["Opening"], ["France"]]
    # A cancelled session moves no more.
    Session.objects.update(cancelled_at=f.START)
    assert found(organiser, "opening") == ["Opening"]


def test_whom_to_phone_at_a_delegation(desk: Client, protocol: User, summit: Summit) -> None:
    party = f.PartyFactory(summit=summit, name="Moldova", formal_name="", mission_phone="+44 20 1")
    f.ContactFactory(party=party, role="security", name="Sam", office="", phone="+373 2 ext. 5")
    f.FocalPointFactory(party=party, person__name="Fay", person__office="", person__phone="+373 1")
    page = shown(desk, "moldo")
    # The first two rows are the delegation and its focal point's number.
    calls = ["Call Fay: +373 1", "Call Sam: +373 2 ext. 5", "Call mission: +44 20 1"]
    assert links(page)[:4] == ["Moldova", *(f"{call}: Moldova" for call in calls)]
    assert ('href="tel:+3731"' in page, 'href="tel:+3732;ext=5"' in page) == (True, True)
    assert found(protocol, "fay") == ["Fay", calls[0], "Open delegation: Moldova"]
    assert found(protocol, "sam") == ["Sam", calls[1]]
    fields = AuditEntry.objects.filter(action=SEEN).values_list("object_type", "fields")
    assert [list(names) for label, names in fields if label == "delegations.party"] == [["contacts", "focal_points"]]
    assert ["phone"] in [names for label, names in fields if label == "summit.person"]
    # Accreditation sees people, and neither contacts nor who acts for whom.
    accreditation = f.UserFactory.with_role(Role.ACCREDITATION, summit)
    said = {"moldo": ["Moldova", calls[2]], "fay": ["Fay", calls[0]], "sam": []}
    assert {words: found(accreditation, words) for words in said} == said


def test_what_was_seen_or_changed_last(desk: Client, protocol: User, summit: Summit) -> None:
    assert palette._recent(request_of(protocol)) == []
    france, italy = (f.PartyFactory(summit=summit, name=name) for name in ("France", "Italy"))
    for party in (france, italy):
        desk.get(reverse("admin:delegations_party_detail", args=[party.pk]))
    desk.post(reverse("admin:delegations_party_edit", args=[france.pk, "notes"]), {"notes": "Call first."})
    assert links(shown(desk, "")) == ["France delegation", "Italy delegation"]
    assert palette._recent(request_of(f.UserFactory.with_role(Role.PROTOCOL, summit))) == []


def test_it_asks_as_much_for_many_rows(desk: Client, summit: Summit) -> None:
    f.InvitationFactory(party__summit=summit, party__name="Land 0", sent=True)
    party = f.ContactFactory(party__summit=summit, party__name="Land of contacts", phone="+1").party
    f.FocalPointFactory(party=party, person__name="Lander", person__phone="+2")
    # The first time it is recorded who saw the numbers.
    _first, few = (queries(lambda: shown(desk, "land")) for _time in range(2))
    for number in range(1, 9):
        invitation = f.InvitationFactory(party__summit=summit, party__name=f"Land {number}", sent=True)
        f.ContactFactory(party=invitation.party, phone="+1")
        f.FocalPointFactory(party=invitation.party, person__name=f"Lander {number}", person__phone="+2")
    _first, many = (queries(lambda: shown(desk, "land")) for _time in range(2))
    assert many == few


def test_it_is_on_every_page_of_the_desk_and_opened_as_a_page_it_is_the_search(desk: Client, summit: Summit) -> None:
    f.PartyFactory(summit=summit, name="France")
    f.PartyFactory(name="France elsewhere")
    page: Any = desk.get(PALETTE, {"q": "france"}).content.decode()
    assert "1 result for “<bdi>france</bdi>”" in page
    assert 'id="palette"' in page
