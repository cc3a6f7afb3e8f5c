"""Liaison officers: entering them with their person, assigning them, and the delegation's page."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

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
from tests.clients import signed_in
from tests.delegations.helpers import queries

pytestmark = pytest.mark.django_db
GRACE = {"name": "Grace", "phone": "+44 7700 900999", "email": "grace@host.example", "hours": "7 to 22"}


@pytest.fixture
def party() -> Party:
    found: Party = f.PartyFactory(name="Aland")
    return found


@pytest.fixture
def by(party: Party) -> User:
    user: User = f.UserFactory.with_role(Role.PROTOCOL, party.summit)
    return user


class TestServices:
    def test_the_person_is_entered_with_the_officer(self, party: Party, by: User) -> None:
        row = services.create(summit=party.summit, values={**GRACE, "parties": [party]}, by=by)
        person = Person.objects.get(name="Grace")
        assert (row.person, person.phone, person.email, row.hours) == (
            person,
            *map(GRACE.get, ("phone", "email")),
            "7 to 22",
        )
        assert list(row.parties.all()) == [party]
        services.change(officer=row, values={"phone": "+44 1", "hours": "", "parties": []}, by=by)
        row.refresh_from_db()
        assert (row.hours, row.person.phone, row.parties.count()) == ("", "+44 1", 0)
        services.remove(officer=row, by=by)
        assert Person.objects.filter(pk=person.pk).exists()

    def test_somebody_entered_already_is_chosen(self, party: Party, by: User) -> None:
        person = f.PersonFactory(summit=party.summit, name="Grace", office="")
        with pytest.raises(ValidationError, match="Possible duplicate: Grace"):
            services.create(summit=party.summit, values=GRACE, by=by)
        row = services.create(summit=party.summit, values={"person": person, "phone": "+44 1"}, by=by)
        assert (row.person, row.person.phone) == (person, "+44 1")
        with pytest.raises(ValidationError, match="already a liaison officer"):
            services.create(summit=party.summit, values={"person": person}, by=by)
        with pytest.raises(ValidationError, match="another summit"):
            services.create(summit=party.summit, values={"person": f.PersonFactory()}, by=by)

    def test_one_serves_several_and_each_once(self, party: Party, by: User) -> None:
        row, other = (f.LiaisonOfficerFactory(summit=party.summit) for _each in range(2))
        second = f.PartyFactory(summit=party.summit)
        for each in (party, second):
            services.assign(party=each, officers=[row, other], by=by)
        services.assign(party=party, officers=[row], by=by)
        assert {key: len(rows) for key, rows in selectors.of_parties([party, second]).items()} == {
            party.pk: 1,
            second.pk: 2,
        }
        entry = AuditEntry.objects.latest("pk")
        assert (entry.object_key, entry.detail) == (
            party.public_id,
            {"rows": [f"delegations.liaisonofficer:{other.public_id}"], "chosen": 0},
        )
        assert render([entry])[0].what == f"removed {other.person.label} as liaison officer"
        with pytest.raises(ValidationError, match="another summit"):
            services.assign(party=party, officers=[f.LiaisonOfficerFactory()], by=by)
        through = LiaisonOfficer.parties.through
        with pytest.raises(IntegrityError), transaction.atomic():
            through.objects.create(liaisonofficer=row, party=party)
        with pytest.raises(IntegrityError), transaction.atomic():
            LiaisonOfficer.objects.create(summit=party.summit, person=row.person)

    def test_only_protocol_and_organisers_write(self, party: Party) -> None:
        row, viewer = f.LiaisonOfficerFactory(summit=party.summit), f.UserFactory.with_role(Role.VIEWER, party.summit)
        for write in (
            lambda: services.create(summit=party.summit, values=GRACE, by=viewer),
            lambda: services.change(officer=row, values={"hours": "x"}, by=viewer),
            lambda: services.assign(party=party, officers=[row], by=viewer),
            lambda: services.remove(officer=row, by=viewer),
        ):
            with pytest.raises(PermissionDenied):
                write()

    def test_an_officer_gets_an_account(self, party: Party, by: User) -> None:
        row = f.LiaisonOfficerFactory(summit=party.summit)
        alone = f.PersonFactory(summit=party.summit, email="alone@host.example")
        given = accounts.give(people=Person.objects.filter(pk__in=[row.person_id, alone.pk]), by=by)
        assert (given.to, [person for person, _why in given.skipped]) == ([row.person], [alone])


class TestDesk:
    def test_they_are_chosen_on_the_delegations_page(self, party: Party, by: User) -> None:
        row = f.LiaisonOfficerFactory(summit=party.summit, person__phone="+44 7", hours="7 to 22")
        f.InvitationFactory(party=party, answered=True)
        client, page = signed_in(by), f"/admin/delegations/party/{party.pk}/"
        assert "No liaison officer" in client.get(page).content.decode()
        saved = client.post(f"{page}liaison/", {"officers": [row.pk]})
        assert saved["Location"] == f"{page}#liaison"
        content = client.get(page).content.decode()
        assert "No liaison officer" not in content
        assert 'href="tel:+447"' in content
        assert "7 to 22" in content
        assert client.post(f"{page}liaison/", {"officers": ["0"]}).status_code == 422
        saved = client.post(f"{page}liaison/", {}, HTTP_HX_REQUEST="true")
        assert saved["HX-Refresh"] == "true"
        assert row.parties.count() == 0

    def test_the_form_enters_an_officer(self, party: Party, by: User) -> None:
        client, add = signed_in(by), "/admin/delegations/liaisonofficer/add/"
        refused = client.post(add, {"summit": party.summit.pk, "hours": "x"})
        assert "Choose a person, or enter a name." in refused.content.decode()
        form = {**GRACE, "summit": party.summit.pk, "parties": [party.pk]}
        assert client.post(add, form).status_code == 302
        row = LiaisonOfficer.objects.get()
        assert (row.person.name, list(row.parties.all())) == ("Grace", [party])
        where = f"/admin/delegations/liaisonofficer/{row.pk}/change/"
        assert 'value="+44 7700 900999"' in client.get(where).content.decode()
        assert client.post(where, {**form, "phone": "+44 2"}).status_code == 302
        row.person.refresh_from_db()
        assert row.person.phone == "+44 2"
        content = client.get("/admin/delegations/liaisonofficer/").content.decode()
        assert "Grace" in content
        assert "Aland" in content

    def test_queries_do_not_grow_with_the_rows(self, party: Party, by: User) -> None:
        client, where = signed_in(by), "/admin/delegations/liaisonofficer/"
        counts = []
        for _each in range(2):
            for _row in range(2):
                f.LiaisonOfficerFactory(summit=party.summit).parties.add(party)
            client.get(where)
            counts.append(queries(lambda: client.get(where)))
        assert counts[0] == counts[1]
