"""The content security policy, and what templates and stylesheets may not hold."""

import re
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.contrib.admin.sites import site as admin_site
from django.http import HttpResponse
from django.test import Client

from summit.models import Summit
from tests.factories import PASSWORD, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.once]
TEMPLATES = sorted((Path(django_settings.BASE_DIR) / "templates").rglob("*.html"))
INLINE = re.compile(r"""<style\b|\sstyle\s*=|\son[a-z]+\s*=\s*["']|javascript:""", re.IGNORECASE)
# What is data for machines is never run, and the policy has no word about it.
INLINE_SCRIPT = re.compile(r"<script(?![^>]*\bsrc=)(?! type=\"application/ld\+json\">)[^>]*>", re.IGNORECASE)

PUBLIC = [
    "/",
    "/border-security-2025/",
    "/border-security-2025/theme.css",
    "/robots.txt",
    "/sitemap.xml",
    "/border-security-2025/sitemap.xml",
    "/border-security-2025/agenda/sitemap.xml",
    "/border-security-2025/press/sitemap.xml",
    "/nothing-here/",
    "/nothing-here/agenda/",
    "/border-security-2025/nothing/",
]


def inline_of(content: str) -> list[str]:
    """Return what the content security policy would refuse in a page."""
    return INLINE.findall(content) + INLINE_SCRIPT.findall(content)


def check_policy(response: HttpResponse) -> None:
    """Assert that a page has the policy and nothing that the policy refuses."""
    policy = response["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "nonce" not in policy
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    if response["Content-Type"].startswith("text/html"):
        assert not inline_of(response.content.decode())


@pytest.mark.parametrize(
    "address",
    [
        *PUBLIC,
        "/healthz",
        "/readyz",
        "/metrics",
        "/accounts/login/",
        "/accounts/inactive/",
        "/accounts/password/reset/",
        "/accounts/password/reset/done/",
        "/accounts/password/reset/key/1-abc/",
        "/accounts/password/reset/key/done/",
        "/dev/mail/",
        "/api/v1/schema/",
        "/portal/",
    ],
)
def test_every_page_has_the_policy(address: str, summit: Summit, client: Client) -> None:
    response = client.get(address)
    assert response.status_code != 500
    check_policy(response)


@pytest.mark.parametrize(
    "address",
    [
        "/admin/",
        "/admin/?lang=ar",
        "/admin/nothing/",
        "/accounts/logout/",
        "/accounts/password/change/",
        "/accounts/reauthenticate/",
        "/accounts/2fa/",
    ],
)
def test_every_personal_page_has_the_policy(address: str, organiser: Client) -> None:
    response = organiser.get(address)
    assert response.status_code in (200, 404)
    check_policy(response)


def test_every_list_and_form_of_the_admin_has_the_policy(client: Client, summit: Summit) -> None:
    client.force_login(UserFactory.create(is_superuser=True))
    for model, desk in admin_site._registry.items():
        if model.__module__.startswith("allauth."):
            continue
        base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        check_policy(client.get(base))
        if desk.has_add_permission(client.get(base).wsgi_request):
            form = client.get(f"{base}add/")
            assert form.status_code == 200, base
            check_policy(form)
    changed = client.get(f"/admin/summit/summit/{summit.pk}/change/")
    assert changed.status_code == 200
    check_policy(changed)


def test_the_second_step_and_the_recovery_codes_have_the_policy(organiser: Client) -> None:
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

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
    again = Client()
    second = again.post("/accounts/login/", {"login": user.email, "password": PASSWORD}, follow=True)
    assert "Second step" in second.content.decode()
    check_policy(second)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: "/".join(path.parts[-3:]))
def test_no_template_holds_what_the_policy_refuses(template: Path) -> None:
    assert not inline_of(re.sub(r"{%.*?%}", "", template.read_text()))


@pytest.mark.parametrize(
    "refused",
    ['<p style="x">', "<script>x</script>", '<a onclick="x">', "<style>", '<script type="application/json">'],
)
def test_the_scan_finds_what_it_looks_for(refused: str) -> None:
    assert inline_of(refused)


def test_stylesheets_hold_to_the_rules() -> None:
    for sheet in (Path(django_settings.BASE_DIR) / "static" / "css").glob("*.css"):
        text = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.DOTALL)
        before_print = text.split("@layer print {")[0]
        assert "!important" not in before_print, sheet
        assert not re.search(r"(margin|padding|border)-(left|right|top|bottom)\b", text), sheet
        assert not re.search(r"(?<![-\w])(left|right|width|height|text-align: (left|right)) *:", text), sheet
        selectors = re.sub(r"\{[^{}]*\}", "{}", text)
        assert not re.search(r"#[a-zA-Z]", selectors), sheet
        # Stripes with hard edges are a pattern: the key of a chart.
        assert "gradient" not in text.replace("repeating-linear-gradient(45deg", "")
