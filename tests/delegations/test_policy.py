"""The policy towards parties: one a summit, set whole, by whoever may."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from delegations.domain import policy
from delegations.models import Policy
from summit.models import AuditEntry, Role, Summit, User
from summit.permissions import RULES
from tests import factories as f

pytestmark = pytest.mark.django_db
WRITERS = (Role.ORGANISER, Role.PROTOCOL)


@pytest.fixture
def summit() -> Summit:
    found: Summit = f.SummitFactory(slug="here")
    return found


@pytest.fixture
def protocol(summit: Summit) -> User:
    return f.UserFactory.with_role(Role.PROTOCOL, summit)


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


PAGE = "/admin/delegations/policy/here/"
FORM = {
    "says_country": "on",
    "reminder_days": "14, 7, 2",
    "letter_sender": "Host",
    "name_by_0": "2025-03-01",
    "name_by_1": "17:00",
}


def test_the_first_change_makes_the_policy_and_is_recorded(summit: Summit, protocol: User) -> None:
    policy.change(summit=summit, values={"shows_flags": False, "says_country": True}, by=protocol)
    assert Policy.objects.get(summit=summit).shows_flags is False
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.fields, entry.detail) == (
        "delegations.policy.change",
        ["shows_flags"],
        {"values": {"shows_flags": [True, False]}},
    )


def test_what_is_as_it_was_is_not_recorded(summit: Summit, protocol: User) -> None:
    policy.change(summit=summit, values={"shows_flags": True}, by=protocol)
    assert (Policy.objects.count(), AuditEntry.objects.count()) == (0, 0)


@pytest.mark.parametrize("role", list(Role))
def test_who_may_and_who_is_told_who_can(summit: Summit, role: Role) -> None:
    user = f.UserFactory.with_role(role, summit)
    if role in WRITERS:
        policy.change(summit=summit, values={"total": 12}, by=user)
        assert Policy.objects.get().total == 12
    else:
        with pytest.raises(PermissionDenied):
            policy.change(summit=summit, values={"total": 12}, by=user)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"reminder_days": "soon"}, "reminder_days"),
        ({"name_by": f.START, "confirm_by": f.START - timedelta(days=1)}, "__all__"),
        ({"total": -1}, "total"),
    ],
)
def test_what_can_t_be_is_refused_whoever_asks(
    summit: Summit, protocol: User, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        policy.change(summit=summit, values=values, by=protocol)
    assert field in refused.value.message_dict


def test_what_is_no_part_of_it_is_refused(summit: Summit, protocol: User) -> None:
    with pytest.raises(ValueError, match="summit"):
        policy.change(summit=summit, values={"summit": f.SummitFactory()}, by=protocol)


def test_the_page_saves_in_the_venue_s_zone(summit: Summit, protocol: User) -> None:
    client = client_of(protocol)
    assert client.get(PAGE).status_code == 200
    assert client.post(PAGE, FORM).status_code == 302
    row = Policy.objects.get(summit=summit)
    assert (row.shows_flags, row.says_country, row.letter_sender) == (False, True, "Host")
    assert row.name_by is not None
    assert row.name_by.astimezone(summit.zone).strftime("%Y-%m-%d %H:%M") == "2025-03-01 17:00"


def test_the_page_says_at_the_field_what_can_t_be(summit: Summit, protocol: User) -> None:
    later = {"confirm_by_0": "2025-02-01", "confirm_by_1": "12:00"}
    response = client_of(protocol).post(PAGE, {**FORM, **later})
    assert response.status_code == 400
    said = "People would be confirmed before they are named. Give a later moment."
    assert response.context["form"].errors == {"confirm_by": [said]}
    assert not Policy.objects.exists()


def test_who_reads_it_alone_is_told_who_changes_it(summit: Summit) -> None:
    client = client_of(f.UserFactory.with_role(Role.PROGRAMME, summit))
    response = client.get(PAGE)
    assert "Organisers and protocol change this." in response.content.decode()
    assert "Save the policy" not in response.content.decode()
    assert client.post(PAGE, FORM).status_code == 403


def test_it_is_reached_from_the_home_and_the_summits_page(summit: Summit) -> None:
    for role in Role:
        if role not in RULES["summit.summit.view"].any:
            continue
        client = client_of(f.UserFactory.with_role(role, summit))
        sees = role in RULES["delegations.policy.view"].any
        for address in ("/admin/?summit=here", f"/admin/summit/summit/{summit.pk}/change/"):
            assert (PAGE in client.get(address).content.decode()) is sees, (role, address)


WORDS = {"fr": {"letter_sender": "Ministère", "signatory_name": "Le Commandant"}}


def test_letters_say_in_their_language_who_writes_them(summit: Summit, protocol: User) -> None:
    form = {**FORM, "signatory_name": "Commander", "signatory_office": "Home Office"}
    said = {f"{text}_fr": words for text, words in WORDS["fr"].items()}
    assert client_of(protocol).post(PAGE, {**form, **said}).status_code == 302
    row = Policy.objects.get(summit=summit)
    assert row.letter_words == WORDS
    assert (row.letter_word("letter_sender", "fr"), row.letter_word("letter_sender", "ar")) == ("Ministère", "Host")
    # Each by itself: an office that is in no other language stands as it is.
    assert (row.signs("fr"), row.signs("en")) == (["Le Commandant", "Home Office"], ["Commander", "Home Office"])
    content = client_of(protocol).get(PAGE).content.decode()
    assert 'name="letter_sender_en"' not in content
    assert 'value="Le Commandant"' in content
    client_of(protocol).post(PAGE, form)
    row.refresh_from_db()
    assert row.letter_words == {}


@pytest.mark.parametrize(
    "words", [{"xx": {}}, {"fr": {"reference_prefix": "X"}}, {"fr": {"signatory_name": "x" * 201}}]
)
def test_what_letters_cannot_say_is_refused(summit: Summit, protocol: User, words: Any) -> None:
    with pytest.raises(ValidationError):
        policy.change(summit=summit, values={"letter_words": words}, by=protocol)
    assert not Policy.objects.exists()
