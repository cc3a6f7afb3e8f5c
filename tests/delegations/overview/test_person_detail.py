"""The page of a person that one reads: their delegation, what comes next, what is missing, and who sees what."""

from typing import Any

import pytest
from django.contrib.admin.sites import site
from django.test import Client
from django.urls import reverse

from delegations.members.models.members import Membership
from summit.audit import access_log
from summit.audit.models import AuditEntry
from summit.people.models import Person
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests import factories as f
from tests.delegations.helpers import sign_in, text
from tests.delegations.overview.test_members_admin import member

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(summit: Summit) -> Membership:
    return member(f.PartyFactory(summit=summit, name="Aland"), "Zoe")


@pytest.fixture
def desk(summit: Summit) -> Client:
    return sign_in(summit, Role.PROTOCOL)


def page(person: Person) -> str:
    return reverse("admin:summit_person_detail", args=[person.pk])


def context(client: Client, person: Person) -> Any:
    return client.get(page(person)).context_data  # type: ignore[attr-defined]


def test_the_list_leads_to_it_and_it_leads_to_the_delegation(row: Membership, desk: Client) -> None:
    assert f'href="{page(row.person)}"' in text(desk.get(reverse("admin:summit_person_changelist")))
    shown = text(desk.get(page(row.person)))
    assert f'href="{reverse("admin:delegations_party_detail", args=[row.party_id])}"' in shown
    # One reads it: its buttons have hidden fields alone.
    assert '<input type="text"' not in shown.partition("<main")[2].partition("</main>")[0]


def test_what_comes_next_and_what_is_missing(row: Membership, desk: Client) -> None:
    found = context(desk, row.person)
    assert [step.label for step in found["steps"]] == [
        *("Confirm", "Change category", "Replace person", "Withdraw"),
    ]
    assert [point.sentence for point in found["points"]] == ["No passport data", "No photograph", "No arrival"]
    Membership.objects.update(confirmed_at=f.START)
    f.ParticularsFactory(person=row.person, arrives_at=f.START)
    found = context(desk, row.person)
    assert found["steps"][0].label == "Change category"
    assert "No arrival" not in [point.sentence for point in found["points"]]


def test_somebody_of_no_delegation(summit: Summit, desk: Client) -> None:
    assert "Not a member of any delegation." in text(desk.get(page(f.PersonFactory(summit=summit))))


def test_a_section_is_edited_alone_and_whoever_opens_it_is_recorded(row: Membership, desk: Client) -> None:
    address = reverse("admin:summit_person_edit", args=[row.person_id, "contact"])
    form = text(desk.get(address))
    assert ('name="email"' in form, 'name="rank"' in form) == (True, False)
    assert "email" in AuditEntry.objects.get(action=access_log.SEEN).fields
    answer = desk.post(address, {"email": "zoe@aland.example", "language": "fr"})
    assert answer["Location"] == f"{page(row.person)}#contact"
    row.person.refresh_from_db()
    assert (row.person.email, row.person.language, row.person.name) == ("zoe@aland.example", "fr", "Zoe")


def test_every_field_of_the_form_is_in_one_section_but_the_account() -> None:
    admin: Any = site._registry[Person]
    named = [name for section in admin.sections for name in section.fields]
    assert len(named) == len(set(named))
    assert set(admin.get_fields(None, Person())) - set(named) == {"summit", "user"}
