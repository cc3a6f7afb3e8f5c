"""Passwords where a provider is required, and emergency accounts."""

from typing import Any
from unittest.mock import Mock

import pytest
from django.core.checks import Tags, run_checks
from django.core.exceptions import PermissionDenied
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from summit import checks
from summit.audit.models import AuditEntry
from summit.maintenance.doctor.findings import further
from summit.outbox.models import Message
from summit.single_sign_on import local_sign_ins, refusals
from summit.single_sign_on.models import EmergencyAccount, IdentityProvider
from summit.users.models import User
from tests.factories import PASSWORD, UserFactory
from tests.summit.accounts.helpers import by_password
from tests.summit.single_sign_on.conftest import link
from tests.summit.single_sign_on.openid_provider import OpenIdProvider
from tests.summit.single_sign_on.test_openid_connect import is_signed_in

pytestmark = pytest.mark.django_db


def test_a_linked_account_has_no_password_where_the_provider_is_required(idp: OpenIdProvider, zoe: User) -> None:
    link(zoe)
    assert is_signed_in(by_password(zoe))
    IdentityProvider.objects.update(is_required=True)
    browser = Client()
    page = browser.post("/accounts/login/", {"login": zoe.email, "password": PASSWORD})
    assert (page.status_code, str(refusals.USE_PROVIDER.text) in page.content.decode()) == (400, True)
    assert not is_signed_in(browser)
    assert is_signed_in(by_password(UserFactory()))
    assert idp.sign_in(browser).status_code == 302
    # A provider that is off locks nobody out.
    IdentityProvider.objects.update(is_active=False)
    assert is_signed_in(by_password(zoe))


def test_an_emergency_account_gets_in_and_is_told_of(
    idp: OpenIdProvider, zoe: User, organiser: User, root: User
) -> None:
    link(zoe)
    IdentityProvider.objects.update(is_required=True)
    local_sign_ins.set_emergency(account=zoe, on=True, by=root)
    assert is_signed_in(by_password(zoe))
    messages = Message.objects.filter(kind="emergency_sign_in").order_by("pk")
    assert [row.address for row in messages] == [organiser.email, root.email]
    assert messages[0].facts["account"] == zoe.email
    assert AuditEntry.objects.filter(action="summit.use_emergency_sign_in", by=zoe).count() == 1
    # At the provider it is an ordinary sign-in, and an ordinary account tells nobody.
    idp.sign_in(Client())
    by_password(UserFactory())
    assert messages.count() == 2


def test_the_list_of_accounts_shows_which(zoe: User, root: User, rootdesk: Client) -> None:
    local_sign_ins.set_emergency(account=zoe, on=True, by=root)
    for chosen, found in (("yes", {zoe}), ("no", {root}), ("", {zoe, root})):
        page: Any = rootdesk.get("/admin/summit/user/", {"emergency": chosen})
        assert set(page.context["cl"].queryset) == found


def test_only_the_system_administrator_says_which(zoe: User, organiser: User, root: User) -> None:
    with pytest.raises(PermissionDenied):
        local_sign_ins.set_emergency(account=zoe, on=True, by=organiser)
    for on in (True, True, False):
        local_sign_ins.set_emergency(account=zoe, on=on, by=root)
        assert EmergencyAccount.objects.exists() is on
    actions = AuditEntry.objects.filter(by=root).order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["summit.allow_emergency_sign_in", "summit.forbid_emergency_sign_in"]


@pytest.mark.parametrize("is_required", [False, True])
def test_a_required_provider_that_locks_everybody_out_is_reported(
    settings: Any, root: User, is_required: bool
) -> None:
    """The desk refuses to require such a provider. In the environment nothing can be refused."""
    given = {"slug": "m", "name": "M", "protocol": "oidc", "issuer": "https://m.example", "client_id": "c"}
    settings.SSO_PROVIDERS = [{**given, "client_secret": "secret", "is_required": is_required}]
    link(root, issuer="https://m.example")

    def told() -> tuple[list[str | None], list[str]]:
        warnings = run_checks(tags=[Tags.database], databases=["default"])
        (doctor,) = [check for check in further if check.name == "single sign-on"]
        return [each.id for each in warnings], [str(finding.status) for finding in doctor.run()]

    assert told() == ((["summit.W003"], ["warn", "ok"]) if is_required else ([], ["ok", "ok"]))
    # A worker that starts names no database, and asks none.
    with CaptureQueriesContext(connection) as queries:
        assert [each.id for each in run_checks() if each.id == "summit.W003"] == []
    assert len(queries) == 0
    # What it says helps: an emergency account, or one that is linked nowhere.
    EmergencyAccount.objects.create(user=root)
    assert told() == ([], ["ok", "ok"])
    EmergencyAccount.objects.all().delete()
    UserFactory(is_superuser=True)
    assert told() == ([], ["ok", "ok"])


def test_before_the_first_migration_nothing_is_reported(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SSO_PROVIDERS = [{"slug": "m"}]
    assert checks.check_required_providers(None, databases=["default"]) == []
    settings.SSO_PROVIDERS = []
    monkeypatch.setattr(local_sign_ins, "check_way_round", Mock(side_effect=OperationalError))
    assert checks.check_required_providers(None, databases=["default"]) == []
