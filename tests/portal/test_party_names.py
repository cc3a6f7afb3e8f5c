"""A party that is no country, with a footnote and without a flag, reads the same on letter, list, page and JSON."""

import re
from typing import Any

import pytest
from django.test import Client

from delegations.parties.models.parties import Party
from delegations.parties.models.policy import Policy
from delegations.parties.selectors import party_names
from sessions.releases.services import releases
from summit.permissions.models import Role
from tests import factories as f
from tests.clients import signed_in

pytestmark = pytest.mark.django_db
NAME, NOTE = "Gouvernement régional du Kurdistan", "Participe sans préjudice."
FLAG = 'class="flag"'


@pytest.fixture
def party() -> Party:
    summit = f.SummitFactory(slug="here", public=True)
    found: Party = f.PartyFactory(
        summit=summit,
        kind="substate",
        name="Kurdistan Regional Government",
        sort_key="Kurdistan",
        salutation="Excellency,",
        footnote="Takes part without prejudice.",
        recognised=False,
        flag="none",
    )
    f.PartyNameFactory(party=found, language="fr", name=NAME, footnote=NOTE)
    member = f.MembershipFactory(party=found, person__office="Minister of the Interior")
    session = f.SessionFactory(summit=summit, visibility="public", kind="plenary")
    session.participants.create(party=found, role="chair")
    session.participants.create(person=member.person, role="moderator", position=1)
    organiser = f.UserFactory.with_role(Role.ORGANISER, summit)
    releases.release(summit=summit, by=organiser, tell=False)
    return found


def notes(content: str) -> list[tuple[str, str]]:
    """Return the footnotes of a page with their languages."""
    found = re.search(r'<section class="footnotes".*?</section>', content, re.DOTALL)
    return re.findall(r"<bdi lang=\"(\w+)\">([^<]+)</bdi>", found.group(0)) if found else []


def desk(party: Party) -> Client:
    return signed_in(f.UserFactory.with_role(Role.PROTOCOL, party.summit))


def portal(party: Party) -> Client:
    client = Client()
    user = f.UserFactory()
    f.FocalPointFactory(party=party, person__user=user)
    client.force_login(user)
    return client


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


def test_on_every_page_it_is_named_in_the_readers_language_with_its_footnote_and_no_flag(party: Party) -> None:
    for name, content in pages(party).items():
        assert f'<bdi lang="fr">{NAME}</bdi><sup>' in content, name
        assert notes(content) == [("fr", NOTE)], name
        assert FLAG not in content, name


def test_a_neutral_flag_stands_where_it_is_chosen_and_nowhere_where_flags_are_off(party: Party) -> None:
    Party.objects.update(flag="neutral")
    for name, content in pages(party).items():
        assert '<img class="flag" src="/static/flags/neutral.svg" alt=""' in content, name
    f.PolicyFactory(summit=party.summit, shows_flags=False)
    for name, content in pages(party).items():
        assert FLAG not in content, name


def test_the_json_and_the_letter_say_the_same(party: Party) -> None:
    found = Client().get("/api/v1/summits/here/agenda/").json()["results"][0]["participants"]
    policy = Policy.objects.of(party.summit)
    for place in found:
        assert place["about_party"] == party_names.as_data(party, policy=policy)
    about = found[0]["about_party"]
    assert (about["names"]["fr"]["name"], about["footnotes"]["fr"], about["flag"]) == (NAME, NOTE, None)
    letter = party_names.letter_facts(party, policy=policy, language="fr")
    assert (letter["party"], letter["footnote"], letter["flag"], letter["party_salutation"]) == (NAME, NOTE, "", "")


def test_internal_notes_leave_the_desk_by_no_way(party: Party) -> None:
    Party.objects.update(notes="Call first, then write.")
    assert all("Call first" not in content for content in pages(party).values())
    assert "Call first" not in Client().get("/api/v1/summits/here/agenda/").content.decode()
    assert "Call first" in desk(party).get(f"/admin/delegations/party/{party.pk}/change/").content.decode()


def test_queries_do_not_grow_with_parties(party: Party, django_assert_num_queries: Any) -> None:
    for size in (1, 3):
        f.PartyFactory.create_batch(size, summit=party.summit)
        for _ in range(2):
            f.PartyNameFactory(party__summit=party.summit)
        with django_assert_num_queries(1):
            party_names.on_page(party.summit)
