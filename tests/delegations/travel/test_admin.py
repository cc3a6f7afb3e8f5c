"""Declarations, visa support letters, and what people eat and how they get in, at the desk."""

from typing import Any

import pytest

from delegations.parties.models.parties import Party
from delegations.travel.models.declarations import Declaration
from delegations.travel.models.visas import VisaLetter
from delegations.travel.selectors import dietary_and_access_needs
from summit.audit.access_log import SEEN
from summit.audit.models import AuditEntry
from summit.people.models import Person
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests import factories as f
from tests.delegations.helpers import said, sign_in, text
from tests.delegations.travel.test_visas import asked

pytestmark = pytest.mark.django_db
VISAS, DECLARATIONS = "/admin/delegations/visaletter/", "/admin/delegations/declaration/"


class TestVisas:
    def test_many_are_issued_at_once_after_asking_and_one_is_refused_with_its_reason(self) -> None:
        first = asked()
        second = asked(party__summit=first.summit, party__name="Bland")
        client = sign_in(first.summit, Role.PROTOCOL)
        assert client.get(f"{VISAS}{first.pk}/letter.pdf").status_code == 302
        keys = [first.pk, second.pk]
        asks = client.post(VISAS, {"action": "issue", "_selected_action": keys})
        assert "Issue 2 letters</button>" in text(asks)
        assert not VisaLetter.objects.filter(state="issued").exists()
        assert said(client.post(f"{VISAS}issue/", {"row": keys}))[-1] == "2 letters issued."
        assert client.get(f"{VISAS}{first.pk}/letter.pdf").content.startswith(b"%PDF-")
        entry = AuditEntry.objects.get(action=SEEN, object_key=first.public_id)
        assert (entry.fields, entry.detail) == (["content"], {"people": [first.person.public_id]})
        assert "X4821397" not in text(client.get(f"{VISAS}{first.pk}/change/"))
        letter = asked(party__summit=first.summit, party__name="Cland")
        refused = client.post(f"{VISAS}{letter.pk}/refuse/", {"reason": " "})
        words = '<a href="#reason">Enter a reason. The delegation will see it.</a>'
        assert (refused.status_code, words in text(refused)) == (422, True)
        assert client.post(f"{VISAS}{letter.pk}/refuse/", {"reason": "No."}).status_code == 302
        letter.refresh_from_db()
        assert (letter.state, letter.reason) == ("refused", "No.")


class TestDeclarations:
    def test_they_are_permitted_or_refused_after_asking(self, summit: Summit) -> None:
        row, other = (f.DeclarationFactory(party__summit=summit, details="Pistol, 9 mm") for _each in range(2))
        client = sign_in(summit, Role.VETTING)
        # What was declared stands on its page alone.
        assert "Pistol" not in text(client.get(DECLARATIONS))
        assert "Pistol" in text(client.get(f"{DECLARATIONS}{row.pk}/change/"))
        assert AuditEntry.objects.get(action=SEEN, object_key=row.public_id).fields == ["details", "reason"]
        address = f"{DECLARATIONS}permit/?row={row.pk}"
        assert "Permit 1 declaration</button>" in text(client.get(address))
        client.post(f"{DECLARATIONS}permit/", {"row": row.pk})
        assert "None of the selected declarations can be permitted" in text(client.get(address))
        client.post(f"{DECLARATIONS}{other.pk}/refuse/", {"reason": "Not here."})
        decided = Declaration.objects.order_by("pk").values_list("state", "reason")
        assert list(decided) == [("permitted", ""), ("refused", "Not here.")]


PAGE = "/admin/needs/here/"


def somebody(summit: Summit, name: str, party: Party | None = None, **values: Any) -> Person:
    person = f.PersonFactory(summit=summit, name=name, office="")
    if party is not None:
        f.MembershipFactory(party=party, person=person)
    f.ParticularsFactory(person=person, **values)
    return person


def names(found: list[dietary_and_access_needs.NeedsLine]) -> list[str]:
    return [line.person.name for line in found]


def test_the_page_is_the_officers_and_who_sees_it_is_recorded(summit: Summit) -> None:
    party = f.PartyFactory(summit=summit, name="Aland")
    somebody(summit, "Ann", party, diet="vegan")
    somebody(summit, "Bea", diet="halal", access="ramp")
    assert sign_in(summit, Role.VETTING).get(PAGE).status_code == 404
    client = sign_in(summit, Role.CONFERENCE_OFFICER)
    assert PAGE in text(client.get("/admin/"))
    shown = text(client.get(PAGE))
    assert all(words in shown for words in ("vegan", "halal", "ramp"))
    shown_fields = sorted(dietary_and_access_needs.columns())
    assert {"access", "diet"} <= set(shown_fields)
    assert AuditEntry.objects.filter(action=SEEN, fields=shown_fields).count() == 1
    shown = text(client.get(PAGE, {"party": party.pk, "day": "2025-04-01"}))
    assert ("vegan" in shown, "halal" in shown) == (True, False)
    assert client.get(PAGE, {"party": "x", "day": "2030-01-01"}).status_code == 200
