"""The policy towards parties: one a summit, set whole, by whoever may."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from delegations.parties.models.policy import Policy
from delegations.parties.services import policy
from summit.audit.models import AuditEntry
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.delegations.helpers import refuses, sign_in, text

pytestmark = pytest.mark.django_db
PAGE = "/admin/delegations/policy/here/"
FORM = {
    **{"says_country": "on", "reminder_days": "14, 7, 2", "letter_sender": "Host"},
    **{"name_by_0": "2025-03-01", "name_by_1": "17:00"},
}


def test_the_first_change_makes_the_policy_and_is_recorded(summit: Summit, protocol: User) -> None:
    policy.change(summit=summit, values={"shows_flags": True}, by=protocol)
    assert (Policy.objects.count(), AuditEntry.objects.count()) == (0, 0)
    policy.change(summit=summit, values={"shows_flags": False, "says_country": True}, by=protocol)
    assert Policy.objects.get(summit=summit).shows_flags is False
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.fields) == ("delegations.policy.change", ["shows_flags"])
    assert entry.detail == {"values": {"shows_flags": [True, False]}}


def test_what_can_t_be_is_refused_whoever_asks(summit: Summit, protocol: User) -> None:
    refused: tuple[tuple[dict[str, Any], str], ...] = (
        ({"reminder_days": "soon"}, "reminder_days"),
        ({"name_by": f.START, "confirm_by": f.START - timedelta(days=1)}, "__all__"),
        ({"total": -1}, "total"),
        ({"letter_words": {"xx": {}}}, "letter_words"),
        ({"letter_words": {"fr": {"reference_prefix": "X"}}}, "letter_words"),
        ({"letter_words": {"fr": {"signatory_name": "x" * 201}}}, "letter_words"),
    )
    for values, field in refused:
        problem = refuses(ValidationError, policy.change, summit=summit, values=values, by=protocol)
        assert field in problem.message_dict, values
    with pytest.raises(ValueError, match="summit"):
        policy.change(summit=summit, values={"summit": f.SummitFactory()}, by=protocol)
    other = f.UserFactory.with_role(Role.PROGRAMME, summit)
    refuses(PermissionDenied, policy.change, summit=summit, values={"total": 12}, by=other)
    assert not Policy.objects.exists()


def test_the_page_saves_in_the_venue_s_zone(summit: Summit, desk: Client) -> None:
    response = desk.post(PAGE, {**FORM, "confirm_by_0": "2025-02-01", "confirm_by_1": "12:00"})
    assert response.status_code == 400
    before = "Set the confirmation deadline after the naming deadline."
    assert response.context["form"].errors == {"confirm_by": [before]}
    assert not Policy.objects.exists()
    assert desk.post(PAGE, FORM).status_code == 302
    row = Policy.objects.get(summit=summit)
    assert (row.shows_flags, row.says_country, row.letter_sender) == (False, True, "Host")
    assert row.name_by.astimezone(summit.zone).strftime("%Y-%m-%d %H:%M") == "2025-03-01 17:00"


def test_who_reads_it_alone_is_told_who_changes_it(summit: Summit) -> None:
    reader = sign_in(summit, Role.PROGRAMME)
    shown = text(reader.get(PAGE))
    assert "Only organisers and protocol can change this." in shown
    # It is reached from the settings and the summit's page by those who read it.
    for client, sees in ((reader, True), (sign_in(summit, Role.VETTING), False)):
        for address in ("/admin/settings/?summit=here", f"/admin/summit/summit/{summit.pk}/change/"):
            assert (PAGE in text(client.get(address))) is sees, address


def test_letters_say_in_their_language_who_writes_them(summit: Summit, desk: Client) -> None:
    form = {**FORM, "signatory_name": "Commander", "signatory_office": "Home Office"}
    # A letterhead has several lines in every language, a name has one.
    head = "Ministère\n2 Marsham Street"
    refused = desk.post(PAGE, {**form, "signatory_name_fr": head})
    assert (refused.status_code, [*refused.context["form"].errors]) == (400, ["signatory_name_fr"])
    french = {"letter_sender_fr": head, "signatory_name_fr": "Le Commandant"}
    assert desk.post(PAGE, {**form, **french}).status_code == 302
    row = Policy.objects.get(summit=summit)
    assert row.letter_words == {"fr": {"letter_sender": head, "signatory_name": "Le Commandant"}}
    assert (row.letter_word("letter_sender", "fr"), row.letter_word("letter_sender", "ar")) == (head, "Host")
    # Each by itself: an office that is in no other language stands as it is.
    assert (row.signs("fr"), row.signs("en")) == (["Le Commandant", "Home Office"], ["Commander", "Home Office"])
    shown = text(desk.get(PAGE))
    assert ('name="letter_sender_en"' in shown, 'value="Le Commandant"' in shown) == (False, True)
    desk.post(PAGE, form)
    row.refresh_from_db()
    assert row.letter_words == {}
