"""The content security policy: on every page, and nothing in a page that it would refuse."""

import re

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.admin.sites import site as admin_site
from django.http import HttpResponse
from django.test import Client

from summit.models import Summit
from tests.factories import PASSWORD, UserFactory
from tests.summit.test_components import TEMPLATES

pytestmark = [pytest.mark.django_db, pytest.mark.once]
INLINE = re.compile(r"""<style\b|\sstyle\s*=|\son[a-z]+\s*=\s*["']|javascript:""", re.IGNORECASE)
# What is data for machines is never run, and the policy has no word about it.
INLINE_SCRIPT = re.compile(r"<script(?![^>]*\bsrc=)(?! type=\"application/ld\+json\">)[^>]*>", re.IGNORECASE)
HERE = "/here/"


def inline_of(content: str) -> list[str]:
    """Return what the content security policy would refuse in a page."""
    return INLINE.findall(content) + INLINE_SCRIPT.findall(content)


def check_policy(response: HttpResponse) -> None:
    """Assert that a page has the policy and nothing that the policy refuses."""
    policy = response["Content-Security-Policy"]
    assert [word for word in ("unsafe", "nonce") if word in policy] == []
    assert [word for word in ("default", "script", "style") if f"{word}-src '" not in policy] == []
    assert "default-src 'none'" in policy
    if response["Content-Type"].startswith("text/html"):
        assert inline_of(response.content.decode()) == []


def test_every_kind_of_page_has_the_policy(summit: Summit, client: Client) -> None:
    public = ("/", HERE, f"{HERE}theme.css", f"{HERE}sitemap.xml", "/robots.txt", "/nothing-here/")
    system = ("/healthz", "/readyz", "/metrics", "/dev/mail/", "/api/v1/")
    accounts = ("login/", "inactive/", "password/reset/", "password/reset/done/", "password/reset/key/1-abc/")
    for address in (*public, *system, *(f"/accounts/{each}" for each in accounts), "/portal/"):
        response = client.get(address)
        assert response.status_code != 500, address
        check_policy(response)


def test_every_kind_of_personal_page_has_the_policy(desk: Client, summit: Summit) -> None:
    own = ("logout/", "password/change/", "reauthenticate/", "2fa/")
    base = "/admin/summit/"
    lists = ("summit/", "person/", "person/add/", f"summit/{summit.pk}/change/")
    for address in (
        *("/admin/", "/admin/?lang=ar", "/admin/nothing/"),
        *(f"/accounts/{each}" for each in own),
        *(f"{base}{each}" for each in lists),
    ):
        response = desk.get(address)
        assert response.status_code == (404 if "nothing" in address else 200), address
        check_policy(response)


@pytest.mark.broad("opens every list and form of the admin; one of each is opened above")
def test_every_list_and_form_of_the_admin_has_the_policy(client: Client, summit: Summit) -> None:
    client.force_login(UserFactory.create(is_superuser=True))
    for model, admin in admin_site._registry.items():
        base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        listed = client.get(base)
        check_policy(listed)
        if admin.has_add_permission(listed.wsgi_request):
            form = client.get(f"{base}add/")
            assert form.status_code == 200, base
            check_policy(form)


def test_the_second_step_and_the_recovery_codes_have_the_policy() -> None:
    user = UserFactory.create()
    client = Client()
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    asked = client.get("/accounts/2fa/totp/activate/", follow=True)
    assert "Say once more that it is you" in asked.content.decode()
    check_policy(asked)
    setting_up = client.post(asked.redirect_chain[-1][0], {"password": PASSWORD}, follow=True)
    assert "Set up an authenticator app" in setting_up.content.decode()
    check_policy(setting_up)
    TOTP.activate(user, generate_totp_secret())
    RecoveryCodes.activate(user)
    for address in ("", "totp/deactivate/", "recovery-codes/", "recovery-codes/generate/"):
        page = client.get(f"/accounts/2fa/{address}")
        assert page.status_code == 200, address
        check_policy(page)
    second = Client().post("/accounts/login/", {"login": user.email, "password": PASSWORD}, follow=True)
    assert "Second step" in second.content.decode()
    check_policy(second)


def test_no_template_holds_what_the_policy_refuses() -> None:
    found = {path.name: inline_of(re.sub(r"{%.*?%}", "", path.read_text())) for path in TEMPLATES.rglob("*.html")}
    assert len(found) > 200
    assert {name: inline for name, inline in found.items() if inline} == {}
    # The control.
    for refused in ('<p style="x">', "<script>x</script>", '<a onclick="x">', "<style>", "<script type='x'>"):
        assert inline_of(refused), refused
