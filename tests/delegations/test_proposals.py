"""Names that the library of ISO 3166 proposes: a person confirms them, one by one, and writes what it lacks."""

from typing import Any

import pytest
from django.test import Client

from delegations.admin import proposed
from delegations.domain import proposals
from delegations.models import Party, PartyName
from summit.models import Role, Summit, User
from tests import factories as f

pytestmark = pytest.mark.django_db
PAGE = "/admin/delegations/names/here/?language=fr"


@pytest.fixture
def summit() -> Summit:
    found: Summit = f.SummitFactory(slug="here")
    f.PartyFactory(summit=found, name="Germany", iso_code="DE")
    f.PartyFactory(summit=found, name="European Union", kind="international")
    f.PartyFactory(summit=found, name="Kosovo", kind="country")
    named = f.PartyFactory(summit=found, name="Spain", iso_code="ES")
    f.PartyNameFactory(party=named, language="fr", name="Espagne")
    return found


def client_of(summit: Summit, role: Role = Role.PROTOCOL) -> Client:
    user: User = f.UserFactory.with_role(role, summit)
    client = Client()
    client.force_login(user)
    return client


def key(name: str) -> int:
    return Party.objects.get(name=name).pk


def test_only_those_without_a_name_are_proposed_and_what_the_library_lacks_is_empty(summit: Summit) -> None:
    found = [(row.party.name, row.name) for row in proposals.proposals(summit, "fr")]
    assert found == [("European Union", ""), ("Germany", "Allemagne"), ("Kosovo", "")]
    assert "en" not in dict(proposals.languages(summit))


def test_of_many_the_first_stand_on_the_page_and_the_others_are_counted(
    summit: Summit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proposed, "MOST", 1)
    content = client_of(summit).get(PAGE).content.decode()
    assert "2 more parties stand here when these have names." in content
    assert "For 2 parties there is no proposal: write their names." in content
    assert content.count('name="name-') == 1


def test_nothing_is_applied_by_looking(summit: Summit) -> None:
    content = client_of(summit).get(PAGE).content.decode()
    assert 'value="Allemagne"' in content
    assert "checked" not in content
    assert PartyName.objects.count() == 1


def test_what_is_ticked_is_taken_over_as_it_is_written(summit: Summit) -> None:
    form = {
        f"name-{key('Germany')}": "Allemagne",
        f"name-{key('European Union')}": "Union européenne",
        f"name-{key('Kosovo')}": "Kosovo",
        f"take-{key('Germany')}": "on",
        f"take-{key('European Union')}": "on",
    }
    assert client_of(summit).post(PAGE, form).status_code == 302
    names = dict(PartyName.objects.values_list("party__name", "name"))
    assert names == {"Spain": "Espagne", "Germany": "Allemagne", "European Union": "Union européenne"}


@pytest.mark.parametrize("written", [{}, {"take": "on", "name": " "}, {"take": "on", "name": "A\x07B"}])
def test_what_can_t_be_taken_over_is_said_and_what_was_written_stays(summit: Summit, written: dict[str, str]) -> None:
    form = {f"{part}-{key('Germany')}": value for part, value in written.items()}
    response = client_of(summit).post(PAGE, {**form, f"name-{key('Kosovo')}": "Le Kosovo"})
    assert response.status_code == 400
    assert response.context["problem"]
    assert 'value="Le Kosovo"' in response.content.decode()
    assert PartyName.objects.count() == 1


def test_other_desks_are_told_who_can(summit: Summit) -> None:
    assert client_of(summit, Role.VIEWER).get(PAGE).status_code == 403


def test_queries_do_not_grow(summit: Summit, django_assert_max_num_queries: Any) -> None:
    client = client_of(summit)
    with django_assert_max_num_queries(40) as few:
        client.get(PAGE)
    f.PartyFactory.create_batch(20, summit=summit, iso_code="IT")
    with django_assert_max_num_queries(40) as many:
        client.get(PAGE)
    assert len(many) == len(few)
