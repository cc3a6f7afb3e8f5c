"""Liaison officers: entering them with their person, assigning them, and the delegation's page."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from delegations.liaison import selectors, services
from delegations.liaison.models import LiaisonOfficer
from delegations.parties.models.parties import Party
from delegations.portal_access.services import accounts
from summit.audit.models import AuditEntry
from summit.audit.rendering import render
from summit.people.models import Person
from summit.permissions.models import Role
from summit.users.models import User
from tests import factories as f
from tests.delegations.helpers import refuses, text

pytestmark = pytest.mark.django_db
OFFICERS = "/admin/delegations/liaisonofficer/"
GRACE = {"name": "Grace", "phone": "+44 7700 900999", "email": "grace@host.example", "hours": "7 to 22"}


class TestServices:
    def test_somebody_entered_already_is_chosen(self, party: Party, protocol: User) -> None:
        person = f.PersonFactory(summit=party.summit, name="Grace", office="")
        summit = {"summit": party.summit, "by": protocol}
        refuses(ValidationError, services.create, match="Possible duplicate: Grace", values=GRACE, **summit)
        row = services.create(summit=party.summit, values={"person": person, "phone": "+44 1"}, by=protocol)
        assert (row.person, row.person.phone) == (person, "+44 1")
        for chosen, said in ((person, "already a liaison officer"), (f.PersonFactory(), "another summit")):
            refuses(ValidationError, services.create, match=said, values={"person": chosen}, **summit)

    def test_one_serves_several_and_each_once(self, party: Party, protocol: User) -> None:
        row, other = (f.LiaisonOfficerFactory(summit=party.summit) for _each in range(2))
        second = f.PartyFactory(summit=party.summit)
        for each in (party, second):
            services.assign(party=each, officers=[row, other], by=protocol)
        services.assign(party=party, officers=[row], by=protocol)
        officers = {key: len(rows) for key, rows in selectors.of_parties([party, second]).items()}
        assert officers == {party.pk: 1, second.pk: 2}
        entry = AuditEntry.objects.latest("pk")
        removed = {"rows": [f"delegations.liaisonofficer:{other.public_id}"], "chosen": 0}
        assert (entry.object_key, entry.detail) == (party.public_id, removed)
        assert render([entry])[0].what == f"removed {other.person.label} as liaison officer"
        foreign = [f.LiaisonOfficerFactory()]
        refuses(ValidationError, services.assign, match="another summit", party=party, officers=foreign, by=protocol)
        through = LiaisonOfficer.parties.through
        with pytest.raises(IntegrityError), transaction.atomic():
            through.objects.create(liaisonofficer=row, party=party)
        with pytest.raises(IntegrityError), transaction.atomic():
            LiaisonOfficer.objects.create(summit=party.summit, person=row.person)

    def test_only_protocol_and_organisers_write(self, party: Party) -> None:
        row, viewer = f.LiaisonOfficerFactory(summit=party.summit), f.UserFactory.with_role(Role.VIEWER, party.summit)
        refuses(PermissionDenied, services.create, summit=party.summit, values=GRACE, by=viewer)
        refuses(PermissionDenied, services.change, officer=row, values={"hours": "x"}, by=viewer)
        refuses(PermissionDenied, services.assign, party=party, officers=[row], by=viewer)
        refuses(PermissionDenied, services.remove, officer=row, by=viewer)

    def test_an_officer_gets_an_account(self, party: Party, protocol: User) -> None:
        row = f.LiaisonOfficerFactory(summit=party.summit)
        alone = f.PersonFactory(summit=party.summit, email="alone@host.example")
        given = accounts.give(people=Person.objects.filter(pk__in=[row.person_id, alone.pk]), by=protocol)
        assert (given.to, [person for person, _why in given.skipped]) == ([row.person], [alone])


class TestDesk:
    def test_they_are_chosen_on_the_delegations_page(self, party: Party, desk: Client) -> None:
        row = f.LiaisonOfficerFactory(summit=party.summit, person__phone="+44 7", hours="7 to 22")
        f.InvitationFactory(party=party, answered=True)
        page = f"/admin/delegations/party/{party.pk}/"
        assert "No liaison officer" in text(desk.get(page))
        assert desk.post(f"{page}liaison/", {"officers": [row.pk]})["Location"] == f"{page}#liaison"
        shown = text(desk.get(page))
        words = ("No liaison officer", 'href="tel:+447"', "7 to 22")
        assert [each in shown for each in words] == [False, True, True]
        assert desk.post(f"{page}liaison/", {"officers": ["0"]}).status_code == 422
        assert desk.post(f"{page}liaison/", {}, HTTP_HX_REQUEST="true")["HX-Refresh"] == "true"
        assert row.parties.count() == 0

    def test_the_form_enters_an_officer(self, party: Party, desk: Client) -> None:
        refused = desk.post(f"{OFFICERS}add/", {"summit": party.summit.pk, "hours": "x"})
        assert "Choose a person, or enter a name." in text(refused)
        form = {**GRACE, "summit": party.summit.pk, "parties": [party.pk]}
        assert desk.post(f"{OFFICERS}add/", form).status_code == 302
        row = LiaisonOfficer.objects.get()
        assert (row.person.name, list(row.parties.all())) == ("Grace", [party])
        where = f"{OFFICERS}{row.pk}/change/"
        assert 'value="+44 7700 900999"' in text(desk.get(where))
        assert desk.post(where, {**form, "phone": "+44 2"}).status_code == 302
        row.person.refresh_from_db()
        assert row.person.phone == "+44 2"

    def test_the_list_names_them_and_their_parties(self, party: Party, desk: Client) -> None:
        f.LiaisonOfficerFactory(summit=party.summit, person__name="Grace").parties.add(party)
        shown = text(desk.get(OFFICERS))
        assert ("Grace" in shown, "Aland" in shown) == (True, True)
