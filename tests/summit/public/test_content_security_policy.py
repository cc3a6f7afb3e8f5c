"""The content security policy: on every page, and nothing in a page that it would refuse."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.admin.sites import site as admin_site
from django.http import HttpResponse
from django.test import Client

from summit.summits.models import Summit
from tests.factories import UserFactory
from tests.ratchets import at, broken, hold

pytestmark = [pytest.mark.django_db, pytest.mark.once]
INLINE = re.compile(r"""<style\b|\sstyle\s*=|\son[a-z]+\s*=\s*["']|javascript:""", re.IGNORECASE)
# What is data for machines is never run, and the policy has no word about it.
INLINE_SCRIPT = re.compile(r"<script(?![^>]*\bsrc=)(?! type=\"application/ld\+json\">)[^>]*>", re.IGNORECASE)
HERE = "/here/"


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
    public = ("/", HERE, f"{HERE}theme.css", f"{HERE}sitemap.xml", "/robots.txt", "/nothing-here/")
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
