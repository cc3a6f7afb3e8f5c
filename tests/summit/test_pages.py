"""The entrance, the errors, the headers of every page, and what the templates may not hold."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.admin.sites import site as admin_site
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, path
from django.utils import timezone, translation

from summit import home as home_panels
from summit import urls as addresses
from summit.domain import colours
from summit.http import health
from summit.http.middleware import LanguageMiddleware
from summit.http.public import public_page
from summit.models import Role, Summit
from summit.models.validators import reserved_slugs, validate_free_slug
from tests.factories import PASSWORD, SummitFactory, UserFactory, VenueFactory

pytestmark = pytest.mark.django_db
TEMPLATES = sorted((Path(django_settings.BASE_DIR) / "templates").rglob("*.html"))
INLINE = re.compile(r"""<style\b|\sstyle\s*=|\son[a-z]+\s*=\s*["']|javascript:""", re.IGNORECASE)
INLINE_SCRIPT = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>", re.IGNORECASE)


@pytest.fixture
def summit() -> Summit:
    found = SummitFactory.create(slug="border-security-2025", short_name="Border Security", illustrative=True)
    VenueFactory.create(summit=found, name="Lancaster House")
    return found


@pytest.fixture
def organiser(client: Client, summit: Summit) -> Client:
    client.force_login(UserFactory.with_role(Role.ORGANISER, summit))
    return client


def inline_of(content: str) -> list[str]:
    """Return what the content security policy would refuse in a page."""
    return INLINE.findall(content) + INLINE_SCRIPT.findall(content)


# --- Public pages are the same bytes for everybody ----------------------------------------------------------------
PUBLIC = [
    "/",
    "/border-security-2025/",
    "/border-security-2025/theme.css",
    "/robots.txt",
    "/nothing-here/",
    "/nothing-here/agenda/",
    "/border-security-2025/nothing/",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_public_pages_are_the_same_bytes_for_everybody(address: str, summit: Summit, client: Client) -> None:
    SummitFactory.create(slug="another")  # so that `/` is a list
    nobody = client.get(address)
    somebody = Client()
    somebody.force_login(UserFactory.with_role(Role.ORGANISER, summit))
    session = somebody.session
    session["language"] = "fr"
    session.save()
    somebody.cookies["csrftoken"] = "x" * 32
    somebody.cookies["anything"] = "else"
    known = somebody.get(address)
    assert (known.status_code, known.content) == (nobody.status_code, nobody.content)
    assert not nobody.cookies
    assert not known.cookies
    assert "Cookie" not in nobody.get("Vary", "")
    assert "csrf" not in nobody.content.decode()


@pytest.mark.parametrize("address", [address for address in PUBLIC if address != "/"])
def test_only_the_root_negotiates_the_language(address: str, summit: Summit, client: Client) -> None:
    plain = client.get(address)
    french = client.get(address, headers={"accept-language": "fr"})
    assert french.content == plain.content
    assert "Accept-Language" not in plain.get("Vary", "")


def test_the_root_leads_to_the_only_summit_in_the_readers_language(summit: Summit, client: Client) -> None:
    plain = client.get("/")
    assert (plain.status_code, plain["Location"]) == (302, "/border-security-2025/")
    french = client.get("/", headers={"accept-language": "fr-CA, en;q=0.5"})
    assert french["Location"] == "/border-security-2025/?lang=fr"
    assert client.get("/?lang=ar")["Location"] == "/border-security-2025/?lang=ar"
    assert french["Vary"] == "Accept-Language"


def test_the_root_leads_to_the_summit_that_is_on_and_lists_otherwise(summit: Summit, client: Client) -> None:
    other = SummitFactory.create(slug="another", name="Another summit")
    listed = client.get("/").content.decode()
    assert other.name in listed
    assert summit.name in listed
    today = timezone.now().date()
    Summit.objects.filter(pk=other.pk).update(starts_on=today, ends_on=today + timedelta(days=1))
    assert client.get("/")["Location"] == "/another/"


def test_a_summit_without_public_pages_looks_like_none(summit: Summit, client: Client) -> None:
    Summit.objects.update(public=False)
    hidden = client.get("/border-security-2025/")
    missing = client.get("/nothing-here/")
    assert hidden.status_code == missing.status_code == 404
    assert hidden.content == missing.content
    assert client.get("/border-security-2025/theme.css").status_code == 404
    assert "No summit has public pages" in client.get("/").content.decode()


def test_the_home_says_what_where_and_when(summit: Summit, client: Client) -> None:
    page = client.get("/border-security-2025/").content.decode()
    for said in (summit.name, "Monday 31 March 2025", "Tuesday 1 April 2025", "Lancaster House", "Hostland"):
        assert said in page
    assert "All times are London time." in page
    assert "This is a demonstration: the people and the texts in it are made up." in page
    Summit.objects.update(illustrative=False)
    assert "demonstration" not in client.get("/border-security-2025/").content.decode()


def test_the_home_shows_the_panels_with_their_values(
    summit: Summit, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home_panels, "_panels", [(1, lambda _summit: None), (2, lambda _: ("dev/state.html", PANEL))])
    assert '<span class="state" data-state="good">out</span>' in client.get("/border-security-2025/").content.decode()


PANEL = {"message": {"state": "sent", "get_state_display": "out"}}


def test_links_of_public_pages_carry_the_language(summit: Summit, client: Client) -> None:
    page = client.get("/border-security-2025/?lang=ar").content.decode()
    assert '<html lang="ar" dir="rtl">' in page
    assert 'href="/border-security-2025/agenda/?lang=ar"' in page
    plain = client.get("/border-security-2025/").content.decode()
    assert '<html lang="en" dir="ltr">' in plain
    assert 'href="/border-security-2025/agenda/"' in plain


def test_public_pages_answer_304_and_refuse_to_be_written_to(summit: Summit, client: Client) -> None:
    for address in ("/border-security-2025/", "/border-security-2025/theme.css", "/robots.txt"):
        tag = client.get(address)["ETag"]
        again = client.get(address, headers={"if-none-match": tag})
        assert (again.status_code, again.content) == (304, b"")
        assert client.post(address).status_code == 405


def test_a_public_page_that_asks_who_reads_it_fails(rf: RequestFactory) -> None:
    @public_page
    def curious(request: HttpRequest) -> HttpResponse:
        return render(request, "portal/base.html")

    with pytest.raises(ImproperlyConfigured, match=r"under /portal/"):
        curious(rf.get("/"))


# --- The summit's colour ------------------------------------------------------------------------------------------
def test_the_theme_is_the_summits_colour_and_its_address_changes_with_it(summit: Summit, client: Client) -> None:
    Summit.objects.update(accent="#e8c020")
    theme = client.get("/border-security-2025/theme.css")
    assert theme["Content-Type"] == "text/css; charset=utf-8"
    assert theme["Cache-Control"] == "public, max-age=3600"
    assert theme.content.decode() == colours.stylesheet("#e8c020")
    assert "--accent: #816a0d; --accent-ink: #ffffff;" in theme.content.decode()
    assert 'href="/border-security-2025/theme.css?v=e8c020"' in client.get("/border-security-2025/").content.decode()


# --- Errors -------------------------------------------------------------------------------------------------------
def test_errors_say_what_to_do(client: Client, organiser: Client, settings: Any) -> None:
    missing = client.get("/nothing-here/")
    assert (missing.status_code, missing["Cache-Control"]) == (404, "no-store")
    assert "There is nothing at this address" in missing.content.decode()
    strict = Client(enforce_csrf_checks=True)
    refused = strict.post("/accounts/login/", {"login": "a@b.example", "password": "x"})
    assert refused.status_code == 403
    assert "this page was open for too long" in refused.content.decode()
    settings.ALLOWED_HOSTS = ["elsewhere.example"]
    unknown = Client().get("/border-security-2025/")
    assert unknown.status_code == 400
    assert "This could not be read" in unknown.content.decode()


def test_the_last_page_needs_neither_database_nor_request(
    client: Client, summit: Summit, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("summit.views.panels", fail)
    client.raise_request_exception = False
    broken = client.get("/border-security-2025/")
    assert (broken.status_code, broken["Cache-Control"]) == (500, "no-store")
    page = broken.content.decode()
    assert "Something went wrong here" in page
    assert "broken" not in page
    assert not inline_of(page)


# --- The content security policy ----------------------------------------------------------------------------------
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
        assert "gradient" not in text


# --- Alive, ready, numbers ----------------------------------------------------------------------------------------
def test_alive_asks_nobody(client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_ready_where_the_database_is_migrated(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert client.get("/readyz").content == b"ok\n"
    monkeypatch.setattr(health.MigrationExecutor, "migration_plan", lambda self, targets: [1, 2])
    waiting = client.get("/readyz")
    assert (waiting.status_code, waiting.content) == (503, b"2 migrations wait: run manage.py migrate\n")

    def gone(*args: Any) -> None:
        raise health.DatabaseError("gone")

    monkeypatch.setattr(health, "MigrationExecutor", gone)
    silent = client.get("/readyz")
    assert (silent.status_code, silent.content) == (503, b"no database\n")


def test_numbers_are_for_loopback_or_whoever_has_the_token(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = ""
    near = client.get("/metrics")
    assert near.status_code == 200
    assert near["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert "# HELP summit_outbox_messages Messages by kind and state." in near.content.decode()
    assert client.get("/metrics", REMOTE_ADDR="10.0.0.7").status_code == 404
    assert client.get("/metrics", headers={"x-forwarded-for": "10.0.0.7"}).status_code == 404
    settings.METRICS_TOKEN = "a long token"
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"authorization": "Bearer another"}).status_code == 404
    right = {"authorization": "Bearer a long token"}
    assert client.get("/metrics", headers=right, REMOTE_ADDR="10.0.0.7").status_code == 200


# --- Slugs --------------------------------------------------------------------------------------------------------
def first_segments(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    """Return the first part of every route that is not a summit's."""
    for entry in patterns:
        route = str(entry.pattern)
        if not route.startswith("<"):
            yield re.split(r"[/.]", route)[0]


def test_every_first_segment_is_refused_as_a_slug() -> None:
    segments = {segment for segment in first_segments(get_resolver().url_patterns) if segment}
    wanted = {"healthz", "readyz", "metrics", "robots", "accounts", "admin", "portal", "i", "api", "dev"}
    assert segments == wanted
    for segment in segments | {"static"}:
        assert segment in reserved_slugs()
        with pytest.raises(ValidationError, match="is an address of the system itself"):
            validate_free_slug(segment)
    validate_free_slug("border-security-2025")


def test_a_summit_with_a_reserved_slug_is_not_valid() -> None:
    summit = SummitFactory.build(slug="portal")
    with pytest.raises(ValidationError) as refused:
        summit.full_clean()
    assert set(refused.value.message_dict) == {"slug"}


def test_a_new_route_is_reserved_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "newsroom" not in reserved_slugs()
    added = path("newsroom/", lambda request: HttpResponse())
    monkeypatch.setattr(get_resolver(), "url_patterns", [*addresses.urlpatterns, added])
    assert "newsroom" in reserved_slugs()


# --- The language -------------------------------------------------------------------------------------------------
def language_of(request: HttpRequest) -> tuple[str, str]:
    """Return the language in which a request is answered, and what the answer says of it."""
    seen = []
    middleware = LanguageMiddleware(lambda _request: HttpResponse(seen.append(translation.get_language()) or ""))
    response = middleware(request)
    return seen[0], response["Content-Language"]


def test_the_address_names_the_language_of_public_pages(rf: RequestFactory) -> None:
    assert language_of(rf.get("/x/?lang=fr")) == ("fr", "fr")
    assert language_of(rf.get("/x/", headers={"accept-language": "fr"})) == ("en", "en")
    assert language_of(rf.get("/x/?lang=tlh")) == ("en", "en")
    assert translation.get_language() == "en"


def test_personal_pages_remember_the_language_for_the_session(client: Client) -> None:
    assert client.get("/accounts/login/")["Content-Language"] == "en"
    assert client.get("/accounts/login/?lang=ar")["Content-Language"] == "ar"
    assert 'dir="rtl"' in client.get("/accounts/login/").content.decode()
    assert client.get("/nothing-here/")["Content-Language"] == "en"
    assert client.get("/accounts/login/?lang=en")["Content-Language"] == "en"
    assert client.get("/accounts/login/")["Content-Language"] == "en"


# --- Personal pages -----------------------------------------------------------------------------------------------
def test_signing_in_leads_to_the_desk_and_out_to_the_entrance(summit: Summit, client: Client) -> None:
    user = UserFactory.with_role(Role.ORGANISER, summit)
    entered = client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert (entered.status_code, entered["Location"]) == (302, "/admin/")
    desk = client.get("/admin/").content.decode()
    assert summit.name in desk
    assert 'action="/accounts/logout/"' in desk
    left = client.post("/accounts/logout/")
    assert (left.status_code, left["Location"]) == (302, "/")
    assert client.get("/admin/", follow=True).redirect_chain[-1][0] == "/accounts/login/?next=%2Fadmin%2F"


def test_a_wrong_password_is_said_at_the_top_and_names_nobody(client: Client) -> None:
    page = client.post("/accounts/login/", {"login": "who@host.example", "password": "wrong"}).content.decode()
    assert 'class="error-summary"' in page
    assert "Some things need your attention" in page


def test_the_desk_chooses_among_the_readers_summits(organiser: Client, summit: Summit) -> None:
    hidden = SummitFactory.create(slug="hidden", short_name="Hidden one")
    other = SummitFactory.create(slug="other", short_name="Other one", starts_on=date(2020, 1, 1))
    user = UserFactory.with_role(Role.PROTOCOL, other)
    user.roles.create(summit=summit, role=Role.VIEWER)
    organiser.force_login(user)
    page = organiser.get("/admin/?summit=other").content.decode()
    assert f'<h1><bdi lang="en">{other.name}</bdi></h1>' in page
    assert 'href="?summit=border-security-2025"' in page
    assert "Hidden one" not in page
    assert f'<h1><bdi lang="en">{hidden.name}</bdi></h1>' not in organiser.get("/admin/?summit=hidden").content.decode()


def test_whoever_has_no_role_is_sent_to_the_portal(client: Client) -> None:
    client.force_login(UserFactory.create())
    assert client.get("/admin/login/")["Location"] == "/portal/"
