"""Declarations and visa support letters at the desk."""

import pytest

from delegations.travel.models.declarations import Declaration, DeclarationKind
from delegations.travel.models.visas import VisaLetter
from summit.audit.access_log import SEEN
from summit.audit.models import AuditEntry
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests import factories as f
from tests.delegations.helpers import said, sign_in, text
from tests.delegations.travel.test_visas import asked

pytestmark = pytest.mark.django_db
VISAS, DECLARATIONS = "/admin/delegations/visaletter/", "/admin/delegations/declaration/"


class TestVisas:
    def test_many_are_issued_at_once_after_asking_and_printed(self) -> None:
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

    def test_a_refusal_needs_its_reason(self) -> None:
        letter = asked()
        client = sign_in(letter.summit, Role.PROTOCOL)
        refused = client.post(f"{VISAS}{letter.pk}/refuse/", {"reason": " "})
        assert refused.status_code == 422
        assert '<a href="#reason">Enter a reason. The delegation will see it.</a>' in text(refused)
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

    def test_a_kind_has_names_by_language(self, summit: Summit) -> None:
        client, kinds = sign_in(summit, Role.PROTOCOL), "/admin/delegations/declarationkind/"
        values = {"summit": summit.pk, "name": "Weapons", "asks": "Make", "permit": "on", "position": "0"}
        response = client.post(f"{kinds}add/", {**values, "name_fr": "Armes", "name_ar": "أسلحة"})
        assert response.status_code == 302
        kind = DeclarationKind.objects.get()
        assert kind.names == {"fr": "Armes", "ar": "أسلحة"}
        assert 'value="Armes"' in text(client.get(f"{kinds}{kind.pk}/change/"))
