"""Identity providers: what a complete one has, who sets them up, and passwords where one is required."""

from typing import Any
from unittest.mock import Mock

import pytest
from allauth.socialaccount.models import SocialAccount
from django.core.cache import cache
from django.core.checks import Tags, run_checks
from django.core.exceptions import ImproperlyConfigured, PermissionDenied, ValidationError
from django.db import IntegrityError, OperationalError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from summit import checks
from summit.audit import rendering
from summit.audit.models import AuditEntry
from summit.checks import enforce
from summit.maintenance.doctor.findings import further
from summit.outbox.models import Message
from summit.permissions.models import Role
from summit.single_sign_on import links, local_sign_ins, provider_services, providers, refusals
from summit.single_sign_on.facts import SignInFacts
from summit.single_sign_on.models import EmergencyAccount, GroupRole, IdentityProvider
from summit.summits.models import Summit
from summit.users.models import User
from tests.clients import signed_in
from tests.factories import PASSWORD, UserFactory
from tests.summit.accounts.helpers import by_password
from tests.summit.single_sign_on.conftest import configure, link
from tests.summit.single_sign_on.openid_provider import OpenIdProvider
from tests.summit.single_sign_on.saml_provider import certificate, pem
from tests.summit.single_sign_on.test_openid_connect import is_signed_in

pytestmark = pytest.mark.django_db
OIDC = {
    **{"slug": "m", "name": "M", "protocol": "oidc", "issuer": "https://m.example"},
    **{"client_id": "c", "client_secret": "of the client"},
}
SAML = {
    **{"slug": "s", "name": "S", "protocol": "saml", "issuer": "urn:s"},
    **{"sign_in_url": "https://s.example/", "certificates": certificate(1)},
}
ENTRA = "https://login.microsoftonline.com"


def test_those_of_the_environment_come_first_and_win(settings: Any, idp: OpenIdProvider) -> None:
    settings.SSO_PROVIDERS = [{**OIDC, "issuer": idp.issuer, "second_factor_values": ["mfa"]}]
    found = providers.all_providers()
    assert [(each.slug, each.from_environment) for each in found] == [("m", True)]
    assert providers.name_of(idp.issuer) == "M"
    settings.SSO_PROVIDERS = [OIDC]
    assert [each.slug for each in providers.all_providers()] == ["m", "ministry"]
    assert "secret" not in repr(providers.all_providers())


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({**OIDC, "colour": "red"}, "unknown keys.*colour"),
        ({"slug": "m"}, "lacks.*issuer"),
        ({**OIDC, "protocol": "cas"}, "Enter “oidc” or “saml”"),
        ({**OIDC, "client_id": ""}, "client_id: This protocol needs it"),
        ({**OIDC, "issuer": "http://m.example"}, "https address"),
        ({**SAML, "certificates": ""}, "needs it"),
        ({**SAML, "sign_in_url": "javascript:alert(1)"}, "https address"),
        ({**OIDC, "issuer": f"https://{'m' * 200}"}, "200 characters"),
        ({**OIDC, "client_secret": ""}, "needs it"),
        ({**OIDC, "slug": "a b"}, "slug"),
        ({**OIDC, "issuer": f"{ENTRA}/common/v2.0"}, "accounts of all organisations"),
        ({**OIDC, "issuer": "https://m.example/.well-known/openid-configuration"}, "the issuer alone"),
        ({**SAML, "certificates": "hello"}, "PEM format"),
        ({**SAML, "certificates": certificate(1)[:300]}, "PEM format"),
        ({**SAML, "certificates": pem(1)}, "private key"),
        ({**SAML, "certificates": certificate(1) + pem(1)}, "private key"),
        ({**OIDC, "is_required": True, "for_delegations": True}, "can’t be required"),
    ],
)
def test_what_is_not_complete_is_refused(settings: Any, root: User, values: dict[str, Any], said: str) -> None:
    settings.SSO_PROVIDERS = [values]
    with pytest.raises(ImproperlyConfigured, match=said):
        providers.of_environment()
    settings.SSO_PROVIDERS = []
    if "unknown" in said or "lacks" in said:
        return
    with pytest.raises(ValidationError):
        provider_services.add_provider(values=values, by=root)


def test_no_process_starts_with_providers_that_cannot_be_used(settings: Any) -> None:
    for values, said in (
        ([OIDC, {**SAML, "slug": "m"}], "same slug"),
        ([OIDC, {**OIDC, "slug": "n"}], "same issuer"),
        ([{**OIDC, "second_factor_values": "mfa"}], "is a list"),
    ):
        settings.SSO_PROVIDERS = values
        with pytest.raises(ImproperlyConfigured, match=said):
            enforce()
    # Control: what is complete starts.
    settings.SSO_PROVIDERS = [OIDC, SAML]
    enforce()


class TestServices:
    def test_the_system_administrator_sets_them_up_and_the_issuer_is_fixed(self, root: User, organiser: User) -> None:
        with pytest.raises(PermissionDenied):
            provider_services.add_provider(values=OIDC, by=organiser)
        row = provider_services.add_provider(values=OIDC, by=root)
        provider_services.change_provider(provider=row, values={"name": "New", "issuer": row.issuer}, by=root)
        with pytest.raises(ValidationError, match="Add another provider"):
            provider_services.change_provider(provider=row, values={"issuer": "https://n.example"}, by=root)
        row.refresh_from_db()
        assert (row.name, row.issuer) == ("New", "https://m.example")

    def test_nobody_is_locked_out(self, root: User) -> None:
        row = provider_services.add_provider(values=OIDC, by=root)
        link(root, issuer=row.issuer)
        with pytest.raises(ValidationError, match="emergency account"):
            provider_services.change_provider(provider=row, values={"is_required": True}, by=root)
        local_sign_ins.set_emergency(account=root, on=True, by=root)
        provider_services.change_provider(provider=row, values={"is_required": True}, by=root)
        with pytest.raises(ValidationError, match="Turn it off"):
            provider_services.remove_provider(provider=row, by=root)
        # Nor afterwards: the last emergency account stays one, and the last password stays good.
        with pytest.raises(ValidationError, match="emergency account"):
            local_sign_ins.set_emergency(account=root, on=False, by=root)
        other = UserFactory(is_superuser=True)
        local_sign_ins.set_emergency(account=root, on=False, by=root)
        waiting = links.remember(SignInFacts(issuer=row.issuer, subject="s-2"))
        with pytest.raises(ValidationError, match="emergency account"):
            links.link_waiting(account=other, row=waiting, by=root)
        assert not SocialAccount.objects.filter(user=other).exists()
        posted = {"email": other.email, "name": other.name, "language": "en"}
        page = signed_in(root).post(f"/admin/summit/user/{other.pk}/change/", posted)
        assert "so that no one is locked out" in page.content.decode()
        other.set_unusable_password()
        other.save()
        with pytest.raises(ValidationError, match="emergency account"):
            provider_services.change_provider(provider=row, values={"name": "New"}, by=root)

    def test_one_with_accounts_is_not_for_delegations(self, root: User) -> None:
        row = provider_services.add_provider(values=OIDC, by=root)
        provider_services.change_provider(provider=row, values={"for_delegations": True}, by=root)
        provider_services.change_provider(provider=row, values={"for_delegations": False}, by=root)
        link(root, issuer=row.issuer)
        with pytest.raises(ValidationError, match="Unlink them first"):
            provider_services.change_provider(provider=row, values={"for_delegations": True}, by=root)

    def test_turning_it_off_signs_out_whoever_signed_in_at_it(self, idp: OpenIdProvider, root: User) -> None:
        user = UserFactory()
        link(user, issuer=idp.issuer)
        browser, other = Client(), Client()
        idp.sign_in(browser)
        other.force_login(user)
        row = IdentityProvider.objects.get(issuer=idp.issuer)
        provider_services.change_provider(provider=row, values={"is_active": False}, by=root)
        pages = [each.get("/accounts/sessions/").status_code for each in (browser, other)]
        assert pages == [302, 200]

    def test_short_names_that_are_addresses_are_refused(self, root: User) -> None:
        for slug in provider_services.RESERVED:
            with pytest.raises(ValidationError, match="another short name"):
                provider_services.add_provider(values={**OIDC, "slug": slug}, by=root)

    def test_organisers_give_roles_to_groups(self, idp: OpenIdProvider, summit: Summit, organiser: User) -> None:
        values = {"summit": summit, "issuer": idp.issuer, "group": " press ", "role": Role.PRESS_OFFICER}
        row = provider_services.give_group_role(**values, by=organiser)
        assert row.group == "press"
        with pytest.raises(ValidationError):
            provider_services.give_group_role(**values, by=organiser)
        with pytest.raises(ValidationError, match="Choose a provider"):
            provider_services.give_group_role(**{**values, "issuer": "https://other.example"}, by=organiser)
        officer = UserFactory.with_role(Role.PRESS_OFFICER, summit)
        with pytest.raises(PermissionDenied):
            provider_services.take_group_role(row=row, by=officer)
        provider_services.take_group_role(row=row, by=organiser)
        assert not GroupRole.objects.exists()


def test_the_database_refuses_what_is_not_complete() -> None:
    for missing in ({"client_id": ""}, {"protocol": "saml"}, {"is_required": True, "for_delegations": True}):
        with pytest.raises(IntegrityError), transaction.atomic():
            configure(OpenIdProvider(), **missing)


def test_the_desk(rootdesk: Client, desk: Client) -> None:
    posted = {**OIDC, "client_secret": "canary", "groups_claim": "groups", "is_active": "on", "_save": "1"}
    assert rootdesk.post("/admin/summit/identityprovider/add/", posted).status_code == 302
    row = IdentityProvider.objects.get()
    page = rootdesk.get(f"/admin/summit/identityprovider/{row.pk}/change/").content.decode()
    assert "/accounts/sso/m/callback/" in page
    assert "canary" not in page
    posted = {"name": "New", "client_id": "c", "client_secret": "", "groups_claim": "groups", "is_active": "on"}
    assert rootdesk.post(f"/admin/summit/identityprovider/{row.pk}/change/", posted).status_code == 302
    row.refresh_from_db()
    assert (row.name, row.client_secret) == ("New", "canary")
    assert desk.get("/admin/summit/identityprovider/").status_code == 404
    for values, sentence in (
        ({"client_id": ""}, "An OpenID provider needs a client ID and a client secret."),
        ({"is_required": "on", "for_delegations": "on"}, "A provider for delegations can’t be required."),
        ({"slug": "Außen amt"}, "Use letters without accents, digits and hyphens."),
    ):
        wrong = {**posted, "client_secret": "canary", **values}
        page = rootdesk.post("/admin/summit/identityprovider/add/", {**OIDC, **wrong}).content.decode()
        assert (sentence in page, "is violated" in page) == (True, False), values
    assert IdentityProvider.objects.count() == 1


def test_the_desk_lists_those_of_the_environment_too(rootdesk: Client, settings: Any) -> None:
    url = "/admin/summit/identityprovider/"
    page = rootdesk.get(url).content.decode()
    assert ("No identity providers yet." in page, "Set in the environment" in page) == (True, False)
    settings.SSO_PROVIDERS = [{**OIDC, "is_required": True, "client_secret": "canary"}, SAML]
    response = rootdesk.get(url)
    page = response.content.decode()
    table = page.partition("Set in the environment")[2]
    assert "can’t be changed here" in table
    for text in ("https://m.example", "OpenID Connect", "/accounts/sso/m/callback/", "urn:s", "/accounts/sso/s/acs/"):
        assert text in table, text
    assert [each["provider"].slug for each in response.context["of_environment"]] == ["m", "s"]
    assert "canary" not in page
    # Nor does an empty list say that there is none.
    assert ("No identity providers yet." in page, "No identity providers were added here." in page) == (False, True)


def test_one_that_the_environment_replaces_is_named(root: User, rootdesk: Client, settings: Any) -> None:
    provider_services.add_provider(values=OIDC, by=root)
    (doctor,) = [check for check in further if check.name == "single sign-on"]

    def said() -> tuple[bool, list[str]]:
        page = rootdesk.get("/admin/summit/identityprovider/").content.decode()
        return "replaced by SSO_PROVIDERS" in page, [str(each.status) for each in doctor.run()]

    assert said() == (False, ["ok", "ok"])
    for values, state in (
        ({"is_required": True}, "active, required"),
        ({"is_active": False}, "turned off, required"),
    ):
        IdentityProvider.objects.update(**values)
        assert f">{state}</td>" in rootdesk.get("/admin/summit/identityprovider/").content.decode()
    IdentityProvider.objects.update(is_required=False)
    for same in ({"slug": "other"}, {"issuer": "https://other.example"}):
        settings.SSO_PROVIDERS = [{**OIDC, **same}]
        assert said() == (True, ["ok", "warn"])


def test_the_desk_warns_of_one_at_which_nobody_can_sign_in(idp: OpenIdProvider, rootdesk: Client) -> None:
    IdentityProvider.objects.all().delete()
    posted = {**OIDC, "groups_claim": "groups", "is_active": "on", "_save": "1", "issuer": f"{idp.issuer}/"}

    def add(issuer: str, **more: str) -> str:
        page = rootdesk.post("/admin/summit/identityprovider/add/", {**posted, "issuer": issuer, **more}, follow=True)
        IdentityProvider.objects.all().delete()
        return page.content.decode()

    warning = "no one can sign in yet"
    assert warning not in add(idp.issuer)
    idp.configuration["issuer"] = f"{idp.issuer}/"
    cache.clear()
    page = add(idp.issuer)
    assert (warning in page, str(refusals.WRONG_ISSUER.text) in page) == (True, True)
    idp.down = True
    cache.clear()
    assert str(refusals.UNREACHABLE.text) in add(idp.issuer)
    # One that is turned off isn't asked, nor is one that speaks SAML.
    assert warning not in add(idp.issuer, is_active="")
    speaks_saml = {name: value for name, value in SAML.items() if name != "issuer"}
    assert warning not in add(SAML["issuer"], **speaks_saml)
    assert not IdentityProvider.objects.exists()


def test_one_that_is_needed_is_not_deleted(idp: OpenIdProvider, root: User, rootdesk: Client, summit: Summit) -> None:
    url = f"/admin/summit/identityprovider/{IdentityProvider.objects.get().pk}/delete/"
    found = link(root, issuer=idp.issuer)
    page = rootdesk.get(url).content.decode()
    assert (f"{root.email}. Turn it off instead" in page, '<input type="hidden" name="post"' in page) == (True, False)
    rootdesk.post(url, {"post": "yes"})
    assert IdentityProvider.objects.exists()
    found.delete()
    role = GroupRole.objects.create(issuer=idp.issuer, group="press", summit=summit, role=Role.PRESS_OFFICER)
    assert "Groups at this provider have roles." in rootdesk.get(url).content.decode()
    role.delete()
    assert rootdesk.post(url, {"post": "yes"})["Location"] == "/admin/summit/identityprovider/"
    assert not IdentityProvider.objects.exists()


def test_one_that_the_environment_replaces_is_deleted_and_what_is_linked_stays(
    idp: OpenIdProvider, root: User, rootdesk: Client, summit: Summit, settings: Any
) -> None:
    row = IdentityProvider.objects.get()
    link(root, issuer=idp.issuer)
    GroupRole.objects.create(issuer=idp.issuer, group="press", summit=summit, role=Role.PRESS_OFFICER)
    settings.SSO_PROVIDERS = [{**OIDC, "issuer": idp.issuer}]
    page = rootdesk.get(f"/admin/summit/identityprovider/{row.pk}/change/").content.decode()
    assert "replaced by SSO_PROVIDERS" in page
    provider_services.remove_provider(provider=row, by=root)
    assert (SocialAccount.objects.count(), GroupRole.objects.count()) == (1, 1)
    # One of another issuer with the same short name can be turned off.
    settings.SSO_PROVIDERS = []
    row = provider_services.add_provider(values={**OIDC, "issuer": "https://other.example"}, by=root)
    settings.SSO_PROVIDERS = [{**OIDC, "issuer": idp.issuer}]
    with pytest.raises(ValidationError, match="has this provider already"):
        provider_services.change_provider(provider=row, values={"name": "New"}, by=root)
    provider_services.change_provider(provider=row, values={"is_active": False}, by=root)


def test_the_audit_says_which_provider_and_what_was_switched(root: User) -> None:
    row = provider_services.add_provider(values=OIDC, by=root)
    provider_services.change_provider(provider=row, values={"is_active": False, "client_secret": "canary"}, by=root)
    provider_services.remove_provider(provider=row, by=root)
    lines = rendering.render(AuditEntry.objects.filter(by=root).order_by("pk"))
    assert [(line.what, line.row.name) for line in lines] == [
        ("added the identity provider", "M"),
        ("changed the identity provider", "M"),
        ("removed the identity provider", "M"),
    ]
    changes = {change.name: (change.before, change.after) for change in lines[1].changes}
    assert changes == {"Active": ("yes", "no"), "Client secret": ("", "")}


def test_the_desk_of_roles_by_group(idp: OpenIdProvider, summit: Summit, desk: Client, rootdesk: Client) -> None:
    url = "/admin/summit/grouprole/add/"
    posted = {"summit": summit.pk, "issuer": idp.issuer, "group": "press", "role": Role.PRESS_OFFICER}
    assert desk.post(url, posted).status_code == 302
    assert "This group has this role in this summit already." in desk.post(url, posted).content.decode()
    row = GroupRole.objects.get()
    listed = desk.get("/admin/summit/grouprole/").content.decode()
    assert [said for said in ("press", "Ministry") if said not in listed] == []
    page = desk.get(f"/admin/summit/grouprole/{row.pk}/delete/").content.decode()
    assert "Members keep the role until their next sign-in, at most 8 hours." in page
    removed = desk.post(f"/admin/summit/grouprole/{row.pk}/delete/", {"post": "yes"})
    # Back to the list, also for whoever may delete rows but never changes them.
    assert removed["Location"] == "/admin/summit/grouprole/"
    assert "identity provider" not in desk.get(url).content.decode().partition("<form")[2].partition("<label")[0]
    IdentityProvider.objects.all().delete()
    assert "Ask the system administrator to add one first." in desk.get(url).content.decode()
    assert '<a href="/admin/summit/identityprovider/add/">Add an' in rootdesk.get(url).content.decode()


# --- passwords where a provider is required, and emergency accounts -------------------------------------------------
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
