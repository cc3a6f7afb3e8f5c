"""Accounts in the API: those that have to do with a summit, to whoever may see them there."""

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db.models import Q

from summit.accounts import visible_accounts as accounts_selectors
from summit.audit import access_log
from summit.audit.models import AuditEntry
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests import factories as f
from tests.summit.api.conftest import Program
from tests.summit.api.test_viewsets import kind

pytestmark = pytest.mark.django_db
ACCOUNTS = "summits/here/desk/accounts/"


def emails(asks: Program, more: str = "") -> list[str]:
    return [each["email"] for each in asks.get(f"{ACCOUNTS}{more}").json()["results"]]


def test_an_organiser_reads_who_signs_in_and_who_that_is(here: Summit, organiser: Program) -> None:
    focal = f.FocalPointFactory(party__summit=here, person__user=f.UserFactory(email="a@land.example", name="Ada"))
    user = focal.person.user
    TOTP.activate(user, generate_totp_secret())
    found = organiser.get(f"{ACCOUNTS}?person={focal.person.public_id}").json()["results"]
    created = found[0].pop("created_at")
    assert created.endswith("Z")
    own = {"id": user.public_id, "email": "a@land.example", "name": "Ada", "language": "en", "is_active": True}
    assert found == [{**own, "second_step": ["totp"], "last_login": None, "person": focal.person.public_id}]
    assert organiser.get(f"{ACCOUNTS}{user.public_id}/").json() == {**found[0], "created_at": created}
    told = AuditEntry.objects.get(action=access_log.SEEN, object_type="summit.user")
    assert (told.by, told.fields, told.detail["keys"]) == (organiser.user, ["email", "name"], [user.public_id])


def test_others_accounts_are_not_there(here: Summit, organiser: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = f.SummitFactory(slug="there")
    stranger = f.UserFactory.with_role(Role.VIEWER, elsewhere, email="stranger@x.example")
    both = f.PersonFactory(summit=elsewhere, user=organiser.user)
    f.UserFactory(email="nobody@x.example")
    assert emails(organiser) == [organiser.user.email]
    assert organiser.get(f"{ACCOUNTS}{organiser.user.public_id}/").json()["person"] is None
    assert emails(organiser, f"?person={both.public_id}") == []
    # Nor does another system know accounts.
    for path in (f"{ACCOUNTS}{stranger.public_id}/", "summits/there/desk/accounts/", f"{ACCOUNTS}ext:registry:1/"):
        assert kind(organiser.get(path)) == (404, "not-found")
    # The control: without the summit they would be.
    monkeypatch.setattr(accounts_selectors, "_belonging", lambda **summits: Q())
    assert {"stranger@x.example", "nobody@x.example"} <= set(emails(organiser))
