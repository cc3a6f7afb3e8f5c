"""Declarations and visa support letters at the desk."""

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from delegations.models import Declaration, DeclarationKind, VisaLetter
from summit.domain.seen import SEEN
from summit.models import AuditEntry, Role, Summit
from tests import factories as f
from tests.delegations.test_visas import asked

pytestmark = pytest.mark.django_db
VISAS, DECLARATIONS = "/admin/delegations/visaletter/", "/admin/delegations/declaration/"


def sign_in(summit: Summit, role: Role) -> Client:
    client = Client()
    client.force_login(f.UserFactory.with_role(role, summit))
    return client


class TestVisas:
    def test_many_are_issued_at_once_after_asking(self) -> None:
        first = asked()
        second = asked(party__summit=first.summit, party__name="Bland")
        client = sign_in(first.summit, Role.PROTOCOL)
        chosen = {"action": "issue", "_selected_action": [first.pk, second.pk]}
        content = client.post(VISAS, chosen).content.decode()
        assert "Issue 2 letters</button>" in content
        assert not VisaLetter.objects.filter(state="issued").exists()
        response = client.post(f"{VISAS}issue/", {"row": [first.pk, second.pk]})
        assert [str(each) for each in get_messages(response.wsgi_request)] == ["2 letters are issued."]
        assert sorted(VisaLetter.objects.values_list("number", flat=True)) == [1, 2]

    def test_a_refusal_needs_its_reason(self) -> None:
        letter = asked()
        client = sign_in(letter.summit, Role.PROTOCOL)
        content = client.post(f"{VISAS}{letter.pk}/refuse/", {"reason": " "})
        assert content.status_code == 422
        assert '<a href="#reason">Write why. The delegation reads it.</a>' in content.content.decode()
        assert client.post(f"{VISAS}{letter.pk}/refuse/", {"reason": "No."}).status_code == 302
        letter.refresh_from_db()
        assert (letter.state, letter.reason) == ("refused", "No.")

    def test_it_is_printed_and_that_is_recorded(self) -> None:
        letter = asked()
        client = sign_in(letter.summit, Role.PROTOCOL)
        assert client.get(f"{VISAS}{letter.pk}/letter.pdf").status_code == 302
        client.post(f"{VISAS}issue/", {"row": letter.pk})
        response = client.get(f"{VISAS}{letter.pk}/letter.pdf")
        assert response.content.startswith(b"%PDF-")
        entry = AuditEntry.objects.get(action=SEEN, object_key=letter.public_id)
        assert (entry.fields, entry.detail) == (["content"], {"people": [letter.person.public_id]})

    def test_the_list_and_the_page_record_who_saw_whom(self) -> None:
        letter = asked()
        client = sign_in(letter.summit, Role.ORGANISER)
        assert letter.embassy in client.get(VISAS).content.decode()
        page = client.get(f"{VISAS}{letter.pk}/change/").content.decode()
        assert "Issue the letter</a>" in page
        assert "X4821397" not in page
        assert AuditEntry.objects.filter(action=SEEN, object_type="delegations.visaletter").count() == 2


class TestDeclarations:
    def test_several_are_permitted_after_asking(self) -> None:
        row = f.DeclarationFactory()
        client = sign_in(row.party.summit, Role.VETTING)
        assert "Permit 1 declaration</button>" in client.get(f"{DECLARATIONS}permit/?row={row.pk}").content.decode()
        client.post(f"{DECLARATIONS}permit/", {"row": row.pk})
        row.refresh_from_db()
        assert row.state == "permitted"
        again = client.get(f"{DECLARATIONS}permit/?row={row.pk}").content.decode()
        assert "Nothing of what was chosen can be permitted" in again

    def test_what_was_declared_stands_on_its_page_alone(self) -> None:
        row = f.DeclarationFactory(details="Pistol, 9 mm")
        client = sign_in(row.party.summit, Role.VETTING)
        assert "Pistol" not in client.get(DECLARATIONS).content.decode()
        assert "Pistol" in client.get(f"{DECLARATIONS}{row.pk}/change/").content.decode()
        fields = AuditEntry.objects.filter(action=SEEN, object_key=row.public_id).values_list("fields", flat=True)
        assert list(fields) == [["details", "reason"]]

    def test_one_is_refused_with_the_reason(self) -> None:
        row = f.DeclarationFactory()
        client = sign_in(row.party.summit, Role.VETTING)
        client.post(f"{DECLARATIONS}{row.pk}/refuse/", {"reason": "Not here."})
        assert Declaration.objects.values_list("state", "reason").get() == ("refused", "Not here.")

    def test_a_kind_has_names_by_language(self) -> None:
        summit = f.SummitFactory()
        client = sign_in(summit, Role.PROTOCOL)
        values = {"summit": summit.pk, "name": "Weapons", "asks": "Make", "permit": "on", "position": "0"}
        response = client.post(
            "/admin/delegations/declarationkind/add/", {**values, "name_fr": "Armes", "name_ar": "أسلحة"}
        )
        assert response.status_code == 302
        kind = DeclarationKind.objects.get()
        assert kind.names == {"fr": "Armes", "ar": "أسلحة"}
        page = client.get(f"/admin/delegations/declarationkind/{kind.pk}/change/").content.decode()
        assert 'value="Armes"' in page
