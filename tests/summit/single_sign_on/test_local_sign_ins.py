"""Passwords where a provider is required, and emergency accounts."""

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from summit.audit.models import AuditEntry
from summit.outbox.models import Message
from summit.permissions.models import Role
from summit.single_sign_on import local_sign_ins, refusals
from summit.single_sign_on.models import EmergencyAccount, IdentityProvider
from summit.summits.models import Summit
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


def test_an_emergency_account_gets_in_and_the_others_are_told(idp: OpenIdProvider, zoe: User, summit: Summit) -> None:
    link(zoe)
    IdentityProvider.objects.update(is_required=True)
    organiser, root = UserFactory.with_role(Role.ORGANISER, summit), UserFactory(is_superuser=True)
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


def test_only_the_system_administrator_says_which(zoe: User, summit: Summit) -> None:
    organiser = UserFactory.with_role(Role.ORGANISER, summit)
    with pytest.raises(PermissionDenied):
        local_sign_ins.set_emergency(account=zoe, on=True, by=organiser)
    root = UserFactory(is_superuser=True)
    for on in (True, True, False):
        local_sign_ins.set_emergency(account=zoe, on=on, by=root)
        assert EmergencyAccount.objects.exists() is on
    actions = AuditEntry.objects.filter(by=root).order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["summit.allow_emergency_sign_in", "summit.forbid_emergency_sign_in"]
