"""The entrance, a summit’s home, the errors, the frame of personal pages, and the policy sent with each page."""

import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.contrib.admin.sites import site as admin_site
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.test import Client, RequestFactory

from summit.permissions.models import Role
from summit.public_base.public_pages import public_page
from summit.summits import colours
from summit.summits.models import Summit
from tests.factories import PASSWORD, SummitFactory, UserFactory, VenueFactory
from tests.ratchets import at, broken, hold

pytestmark = pytest.mark.django_db


@pytest.fixture
def summit() -> Summit:
    found = SummitFactory.create(slug="border-security-2025", short_name="Border Security", illustrative=True)
    VenueFactory.create(summit=found, name="Lancaster House")
    return found


# --- Public pages are the same bytes for everybody ----------------------------------------------------------------
HERE = "/border-security-2025/"
SITEMAPS = (f"{HERE}{each}sitemap.xml" for each in ("", "agenda/", "press/"))
MISSING = ("/nothing-here/", "/nothing-here/agenda/", f"{HERE}nothing/")
PUBLIC = ("/", HERE, f"{HERE}theme.css", "/robots.txt", "/sitemap.xml", *SITEMAPS, *MISSING)


def test_public_pages_are_the_same_bytes_for_everybody(summit: Summit, client: Client) -> None:
    SummitFactory.create(slug="another")  # so that `/` is a list
    somebody = Client()
    somebody.force_login(UserFactory.with_role(Role.ORGANISER, summit))
    session = somebody.session
    session["language"] = "fr"
    session.save()
    somebody.cookies["csrftoken"] = "x" * 32
    somebody.cookies["anything"] = "else"
    for address in PUBLIC:
        nobody, known = client.get(address), somebody.get(address)
        assert (known.status_code, known.content) == (nobody.status_code, nobody.content), address
        assert (dict(nobody.cookies), dict(known.cookies)) == ({}, {}), address
        assert "Cookie" not in nobody.get("Vary", ""), address
        assert "csrf" not in nobody.content.decode(), address
        # The root alone negotiates the language.
        french = client.get(address, headers={"accept-language": "fr"})
        assert (french.content == nobody.content) is (address != "/")
        assert ("Accept-Language" in nobody.get("Vary", "")) is (address == "/")


def test_the_root_leads_to_the_only_summit_in_the_readers_language(summit: Summit, client: Client) -> None:
    french = client.get("/", headers={"accept-language": "fr-CA, en;q=0.5"})
    arabic = client.get("/?lang=ar")
    for answer, query in ((client.get("/"), ""), (arabic, "?lang=ar"), (french, "?lang=fr")):
        assert (answer.status_code, answer["Location"]) == (302, f"{HERE}{query}")
    assert french["Vary"] == "Accept-Language"


def test_the_root_leads_to_the_summit_that_is_on_by_the_day_at_its_venue(summit: Summit, client: Client) -> None:
    day = date(2027, 6, 1)
    other = SummitFactory.create(slug="east", name="East", time_zone="Asia/Tokyo", starts_on=day, ends_on=day)
    with time_machine.travel(datetime(2027, 5, 31, 23, tzinfo=UTC), tick=False):
        assert client.get("/")["Location"] == "/east/"
    with time_machine.travel(datetime(2027, 6, 1, 16, tzinfo=UTC), tick=False):
        listed = client.get("/").content.decode()
    assert [name for name in (other.name, summit.name) if name not in listed] == []


def test_a_summit_without_public_pages_looks_like_none(summit: Summit, client: Client) -> None:
    Summit.objects.update(public=False)
    hidden, missing = client.get(HERE), client.get("/nothing-here/")
    assert hidden.status_code == missing.status_code == 404
    assert hidden.content == missing.content
    assert client.get(f"{HERE}theme.css").status_code == 404
    assert "No public summits yet" in client.get("/").content.decode()


def test_the_home_says_what_where_and_when_and_its_links_carry_the_language(summit: Summit, client: Client) -> None:
    page = client.get(HERE).content.decode()
    for said in (
        *(summit.name, "Monday 31 March 2025", "Tuesday 1 April 2025", "Lancaster House", "Hostland"),
        *('All times are <bdi lang="en">London</bdi> time.', "This is a demonstration"),
        *('<html lang="en" dir="ltr">', f'href="{HERE}agenda/"'),
    ):
        assert said in page
    Summit.objects.update(illustrative=False)
    arabic = client.get(f"{HERE}?lang=ar").content.decode()
    assert "demonstration" not in client.get(HERE).content.decode()
    assert [
        said for said in ('<html lang="ar" dir="rtl">', f'href="{HERE}agenda/?lang=ar"') if said not in arabic
    ] == []


def test_public_pages_answer_304_and_refuse_to_be_written_to(summit: Summit, client: Client) -> None:
    for address in (HERE, "/border-security-2025/theme.css", "/robots.txt"):
        tag = client.get(address)["ETag"]
        again = client.get(address, headers={"if-none-match": tag})
        assert (again.status_code, again.content) == (304, b"")
        assert client.post(address).status_code == 405


def test_a_public_page_that_asks_who_reads_it_fails(rf: RequestFactory) -> None:
    @public_page()
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
    assert 'href="/border-security-2025/theme.css?v=e8c020"' in client.get(HERE).content.decode()


# --- Errors -------------------------------------------------------------------------------------------------------
def test_errors_say_what_to_do(client: Client, settings: Any) -> None:
    missing = client.get("/nothing-here/")
    assert missing["Cache-Control"] == "no-store"
    strict = Client(enforce_csrf_checks=True)
    refused = strict.post("/accounts/login/", {"login": "a@b.example", "password": "x"})
    settings.ALLOWED_HOSTS = ["elsewhere.example"]
    for answer, status, said in (
        (missing, 404, "Page not found"),
        (refused, 403, "this page was open for too long"),
        (Client().get(HERE), 400, "The request could not be read"),
    ):
        assert (answer.status_code, said in answer.content.decode()) == (status, True)


def test_what_can_not_be_answered_says_what_to_do(summit: Summit, client: Client) -> None:
    answer = client.get("/portal/leave/")
    assert (answer.status_code, answer["Allow"], answer["Cache-Control"]) == (405, "POST", "no-store")
    assert "Go back and try again." in answer.content.decode()
    # Whoever isn't reading gets the bare answer.
    assert client.put("/portal/leave/").content == b""
    # A query that can't be read is no fault of ours.
    client.raise_request_exception = False
    for address in (HERE, "/admin/", "/portal/"):
        answer = client.get(f"{address}?{'a&' * 1001}")
        assert (answer.status_code, answer["Cache-Control"]) == (400, "no-store")
        assert "The request could not be read" in answer.content.decode()


def test_the_last_page_needs_no_database(client: Client, summit: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("summit.public.views.panels", fail)
    client.raise_request_exception = False
    broken = client.get(HERE)
    assert (broken.status_code, broken["Cache-Control"]) == (500, "no-store")
    page = broken.content.decode()
    assert [said in page for said in ("Something went wrong", "broken", "style=")] == [True, False, False]


# --- Personal pages -----------------------------------------------------------------------------------------------
def test_signing_in_leads_to_the_desk_and_out_to_the_entrance(summit: Summit, client: Client) -> None:
    user = UserFactory.with_role(Role.ORGANISER, summit)
    entered = client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert (entered.status_code, entered["Location"]) == (302, "/admin/")
    desk = client.get("/admin/").content.decode()
    assert (summit.name in desk, 'action="/accounts/logout/"' in desk) == (True, True)
    left = client.post("/accounts/logout/")
    assert (left.status_code, left["Location"]) == (302, "/")
    assert client.get("/admin/", follow=True).redirect_chain[-1][0] == "/accounts/login/?next=%2Fadmin%2F"


INLINE = re.compile(r"""<style\b|\sstyle\s*=|\son[a-z]+\s*=\s*["']|javascript:""", re.IGNORECASE)
# What is data for machines is never run, and the policy has no word about it.
INLINE_SCRIPT = re.compile(r"<script(?![^>]*\bsrc=)(?! type=\"application/ld\+json\">)[^>]*>", re.IGNORECASE)
OWN_HOME = "/here/"


def inline_of(content: str) -> list[str]:
    return INLINE.findall(content) + INLINE_SCRIPT.findall(content)


def check_policy(response: HttpResponse) -> None:
    policy = response["Content-Security-Policy"]
    assert [word for word in ("unsafe", "nonce") if word in policy] == []
    assert [word for word in ("default", "script", "style") if f"{word}-src '" not in policy] == []
    assert "default-src 'none'" in policy
    if response["Content-Type"].startswith("text/html"):
        assert inline_of(response.content.decode()) == []


@pytest.mark.slow("opens a page of each kind")
def test_every_kind_of_page_has_the_policy(summit: Summit, client: Client, desk: Client) -> None:
    public = ("/", OWN_HOME, f"{OWN_HOME}theme.css", f"{OWN_HOME}sitemap.xml", "/robots.txt", "/nothing-here/")
    system = ("/healthz", "/readyz", "/metrics", "/dev/mail/", "/api/v1/")
    accounts = ("login/", "inactive/", "password/reset/", "password/reset/done/", "password/reset/key/1-abc/")
    for address in (*public, *system, *(f"/accounts/{each}" for each in accounts), "/portal/"):
        response = client.get(address)
        assert response.status_code != 500, address
        check_policy(response)

    own = ("logout/", "password/change/", "reauthenticate/", "2fa/")
    admin = ("", "?lang=ar", "summit/person/", "summit/person/add/", f"summit/summit/{summit.pk}/change/")
    for address in (*(f"/accounts/{each}" for each in own), *(f"/admin/{each}" for each in admin)):
        response = desk.get(address)
        assert response.status_code == 200, address
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


def test_no_template_holds_what_the_policy_refuses() -> None:
    # Mails have no policy: their programs know no stylesheets but those inside.
    pages = [path for path in TEMPLATES.rglob("*.html") if path.parent != TEMPLATES / "mail"]
    found = [at(path, each) for path in pages for each in inline_of(re.sub(r"{%.*?%}", "", path.read_text()))]
    assert len(pages) > 200
    hold(broken("The policy refuses it: move it to static/css or static/js.", found))
    # The control.
    for refused in ('<p style="x">', "<script>x</script>", '<a onclick="x">', "<style>", "<script type='x'>"):
        assert inline_of(refused), refused


# --- components and stylesheets -------------------------------------------------------------------------------------
TEMPLATES = Path(settings.BASE_DIR) / "templates"
COMPONENTS = {f"components/{path.name}" for path in (TEMPLATES / "components").iterdir()}
SHEETS = sorted((Path(settings.BASE_DIR) / "static" / "css").glob("*.css"))
PHYSICAL = re.compile(
    r"(?<![\w-])(?:(?:margin|padding|border)-(?:top|right|bottom|left)|(?:min-|max-)?(?:width|height)|top|right|bottom"
    r"|left|(?:scroll-)?(?:margin|padding)-(?:top|right|bottom|left))\s*:|(?:text-align|float|clear):\s*(?:left|right)"
)


def test_each_component_is_shown_without_asking_a_table(client: Client) -> None:
    # Without the mark `django_db` any query would fail.
    shown = {template.name for template in client.get("/dev/components/").templates}
    hold(broken("Show it in templates/dev/components.html.", [f"templates/{each}" for each in COMPONENTS - shown]))


def rules(sheet: Path) -> str:
    return re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.DOTALL)


def without_print(text: str) -> str:
    return re.sub(r"@layer print \{.*?\n\}\n", "", text, flags=re.DOTALL)


class TestStylesheets:
    def test_no_ids_nothing_forced_nothing_physical_no_gradient(self) -> None:
        lines: list[str] = []
        for sheet in SHEETS:
            text = rules(sheet)
            # Stripes with hard edges are a pattern: the key of a chart.
            plain = text.replace("repeating-linear-gradient(45deg", "")
            ids = [each.strip() for each in re.findall(r"([^{};]+)\{", text) if re.search(r"#[\w-]+", each)]
            physical = PHYSICAL.findall(re.sub(r"@media[^{]*|min-width|max-width", "", text))
            for todo, found in (
                ("Write the selector so that it wins by its layer.", re.findall("!important", without_print(text))),
                ("Write the logical property: margin-inline, inline-size.", physical),
                ("Select a class.", ids),
                ("Write a plain colour.", re.findall("[a-z-]+gradient", plain)),
            ):
                lines += broken(todo, [(at(sheet, each), each) for each in found])
        hold(lines)

    def test_control_what_is_physical_is_found(self) -> None:
        for wrong in ("margin-left: 1px", "width: 1px", "text-align: right", "max-height: 2em", "left: 0"):
            assert PHYSICAL.search(wrong), wrong
        for right in ("margin-inline: 1px", "border-inline-start-width: 1px", "inline-size: 1px", "line-height: 1"):
            assert not PHYSICAL.search(right), right
