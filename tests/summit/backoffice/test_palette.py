"""The palette: the best match first, pages by their names in each language, next steps, and what was seen last."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sessions.draft.models.sessions import Session
from summit.audit.access_log import SEEN
from summit.audit.models import AuditEntry
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests import factories as f
from tests.clients import signed_in

pytestmark = pytest.mark.django_db
PALETTE = "/admin/palette/"
HTMX: Any = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def summit() -> Summit:
    return f.SummitFactory(slug="here")


def desk(summit: Summit, role: Role = Role.PROTOCOL) -> Client:
    return signed_in(f.UserFactory.with_role(role, summit))


def found(client: Client, words: str, **query: Any) -> list[str]:
    """Return the texts of the links, in their order."""
    shown = client.get(PALETTE, {"q": words, **query}, **HTMX).content.decode()
    links = re.findall(r"<a [^>]*>(.*?)</a>", shown, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", "", text).split()) for text in links]


def test_a_country_before_its_people(summit: Summit) -> None:
    party = f.PartyFactory(summit=summit, name="France", formal_name="French Republic")
    f.MembershipFactory(party=party, person__name="Ada", person__office="Minister of France")
    assert found(desk(summit), "franc") == ["France French Republic", "Ada Minister of France · France"]


def test_a_name_in_another_language(summit: Summit) -> None:
    party = f.PartyFactory(summit=summit, name="Germany", formal_name="")
    f.PartyNameFactory(party=party, language="fr", name="Allemagne")
    assert found(desk(summit), "allem") == ["Germany"]


@pytest.mark.parametrize("words", ["visa support", "lettres d’appui", "خطابات دعم"])
def test_pages_by_their_names_in_each_language(summit: Summit, words: str) -> None:
    assert found(desk(summit), words) == ["Visa support letters"]


def test_an_answer_is_recorded_from_it(summit: Summit) -> None:
    party = f.PartyFactory(summit=summit, name="France", formal_name="")
    invitation = f.InvitationFactory(party=party, sent=True)
    client = desk(summit)
    assert found(client, "france") == ["France", "Record answer: France", "Send reminder: France"]
    address = reverse("admin:delegations_invitation_answer", args=[invitation.pk])
    assert f'href="{address}"' in client.get(PALETTE, {"q": "france"}, **HTMX).content.decode()
    # Who may not record it isn't offered it.
    assert found(desk(summit, Role.VIEWER), "france") == ["France"]


def test_a_session_is_moved_and_places_are_given_from_it(summit: Summit) -> None:
    row, party = f.SessionFactory(summit=summit, title="Opening"), f.PartyFactory(summit=summit, name="France")
    organiser, viewer = desk(summit, Role.ORGANISER), desk(summit, Role.VIEWER)
    assert found(organiser, "opening")[1:] == ["Move session: Opening"]
    assert found(organiser, "france")[1:] == ["Quotas: France"]
    shown = organiser.get(PALETTE, {"q": "opening"}, **HTMX).content.decode()
    assert f'href="{reverse("admin:agenda_session_edit", args=[row.pk, "time-and-room"])}"' in shown
    shown = organiser.get(PALETTE, {"q": "france"}, **HTMX).content.decode()
    assert f'href="{reverse("admin:delegations_party_quotas", args=[party.pk])}"' in shown
    # Who may do neither isn't offered them; a cancelled session moves no more.
    assert [len(found(viewer, words)) for words in ("opening", "france")] == [1, 1]
    Session.objects.update(cancelled_at=f.START)
    assert len(found(organiser, "opening")) == 1


def test_whom_to_phone_at_a_delegation(summit: Summit) -> None:
    party = f.PartyFactory(summit=summit, name="Moldova", formal_name="", mission_phone="+44 20 1")
    f.ContactFactory(party=party, role="security", name="Sam", office="", phone="+373 2 ext. 5")
    f.FocalPointFactory(party=party, person__name="Fay", person__office="", person__phone="+373 1")
    client = desk(summit)
    # The first two rows are the delegation and its focal point's number.
    assert found(client, "moldo")[:4] == [
        "Moldova",
        "Call Fay: +373 1: Moldova",
        *("Call Sam: +373 2 ext. 5: Moldova", "Call mission: +44 20 1: Moldova"),
    ]
    shown = client.get(PALETTE, {"q": "moldo"}, **HTMX).content.decode()
    assert ('href="tel:+3731"' in shown, 'href="tel:+3732;ext=5"' in shown) == (True, True)
    assert found(client, "fay") == ["Fay", "Call Fay: +373 1: Fay", "Open delegation: Moldova: Fay"]
    assert found(client, "sam") == ["Sam security · Moldova", "Call Sam: +373 2 ext. 5: Sam"]
    fields = AuditEntry.objects.filter(action=SEEN).values_list("object_type", "fields")
    assert [list(names) for label, names in fields if label == "delegations.party"] == [["contacts", "focal_points"]]
    assert ["phone"] in [names for label, names in fields if label == "summit.person"]
    # Accreditation sees people, and neither contacts nor who acts for whom.
    accreditation = desk(summit, Role.ACCREDITATION)
    assert found(accreditation, "moldo") == ["Moldova", "Call mission: +44 20 1: Moldova"]
    assert found(accreditation, "fay") == ["Fay", "Call Fay: +373 1: Fay"]
    assert found(accreditation, "sam") == []


def test_what_is_hidden_is_not_found(summit: Summit) -> None:
    f.PartyFactory(name="Elsewhere")
    f.PersonFactory(summit=summit, name="Zoe")
    assert found(desk(summit), "elsewhere") == []
    assert found(desk(summit, Role.PRESS_OFFICER), "zoe") == []


def test_what_was_seen_or_changed_last(summit: Summit) -> None:
    client = desk(summit)
    assert found(client, "") == []
    france, italy = (f.PartyFactory(summit=summit, name=name) for name in ("France", "Italy"))
    for party in (france, italy, france):
        client.get(reverse("admin:delegations_party_detail", args=[party.pk]))
    client.post(reverse("admin:delegations_party_edit", args=[france.pk, "notes"]), {"notes": "Call first."})
    assert found(client, "") == ["France delegation", "Italy delegation"]
    assert found(desk(summit), "") == []


def test_it_asks_as_much_for_many_rows(summit: Summit) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get(PALETTE, {"q": "land"}, **HTMX)
        return len(asked)

    client = desk(summit)
    f.InvitationFactory(party__summit=summit, party__name="Land 0", sent=True)
    party = f.ContactFactory(party__summit=summit, party__name="Land of contacts", phone="+1").party
    f.FocalPointFactory(party=party, person__name="Lander", person__phone="+2")
    queries()
    few = queries()
    for number in range(1, 9):
        invitation = f.InvitationFactory(party__summit=summit, party__name=f"Land {number}", sent=True)
        f.ContactFactory(party=invitation.party, phone="+1")
        f.FocalPointFactory(party=invitation.party, person__name=f"Lander {number}", person__phone="+2")
    # Who saw the numbers is recorded once.
    queries()
    assert queries() == few


def test_it_is_on_every_page_of_the_desk(summit: Summit) -> None:
    assert 'id="palette"' in desk(summit).get("/admin/").content.decode()


def test_opened_as_a_page_it_is_the_search(summit: Summit) -> None:
    f.PartyFactory(summit=summit, name="France")
    shown = desk(summit).get(PALETTE, {"q": "france"}).content.decode()
    assert "1 result for “<bdi>france</bdi>”" in shown
