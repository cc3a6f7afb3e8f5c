"""A letter's link in a real browser: what stays of it, and what it says once it opens nothing."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tools.running import Running

# Two parties: the letter of one is fresh, that of the other revoked.
MAKE = """
import json
from datetime import timedelta
from delegations.invitations.services import links
from summit.core.database_clock import db_now
from tests import factories as f
now = db_now()
known = {"answer_by": now + timedelta(days=10), "public": False, "contact_email": "p@host.example"}
# It may be made a second time, where tests of other modules come in between.
summit = f.SummitFactory(slug=f"open-{now:%H%M%S%f}", name="Border Summit", **known)
made = {}
for name, revoked in (("fresh", None), ("revoked", now)):
    party = f.PartyFactory(summit=summit, name=f"Land {name}", level="minister")
    party.names.create(language="ar", name="بلد")
    made[name] = f.InvitationLinkFactory(invitation__party=party, revoked_at=revoked)
print(json.dumps({name: links.token(link) for name, link in made.items()}))
"""


@pytest.fixture(scope="module")
def tokens(demonstration: Running) -> dict[str, str]:
    found: dict[str, str] = json.loads(demonstration.inside(MAKE).strip().splitlines()[-1])
    return found


@pytest.fixture
def browser_of(browser: Browser, running: Running) -> Iterator[Callable[..., Page]]:
    made: list[Any] = []

    def make(width: int = 390) -> Page:
        made.append(browser.new_context(viewport={"width": width, "height": 900}, base_url=running.base))
        page: Page = made[-1].new_page()
        return page

    yield make
    for context in made:
        context.close()


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_nothing_of_the_link_stays_and_another_will_represent_us(
    browser_of: Callable[..., Page], running: Running, tokens: dict[str, str]
) -> None:
    token, page = tokens["fresh"], browser_of()
    asked: list[tuple[str, str]] = []
    page.on("request", lambda request: asked.append((request.url, request.headers.get("referer", ""))))
    page.goto(f"/i/{token}/")
    assert re.fullmatch(rf"{running.base}/portal/invitation/\w+/", page.url)
    assert token not in page.content()
    assert fits(page)
    expect(page.get_by_text("We would welcome representation at the level of minister.")).to_be_visible()
    page.get_by_label(re.compile("with a different representative")).check()
    page.get_by_label("Level of attendance").select_option("ambassador")
    page.get_by_label("Your name and office").fill("Ambassador of Land")
    page.get_by_role("button", name=re.compile("^Send answer of")).click()
    expect(page.get_by_role("heading", name="will attend with a different representative")).to_be_visible()
    expect(page.get_by_text("ambassador or chargé d’affaires")).to_be_visible()
    # It was asked for by the first request alone, and told to nobody.
    assert [url for url, _from in asked if token in url] == [f"{running.base}/i/{token}/"]
    assert [came_from for _url, came_from in asked if token in came_from] == []
    page.go_back()
    assert token not in page.url
    # Followed again it shows what was answered.
    page.goto(f"/i/{token}/")
    expect(page.get_by_role("heading", name="will attend with a different representative")).to_be_visible()


def test_a_dead_link_says_what_happened_and_asks_for_a_new_letter(
    browser_of: Callable[..., Page], tokens: dict[str, str]
) -> None:
    """In Arabic, whose form a browser sends from a page that tells its origin alone."""
    page = browser_of()
    page.goto(f"/i/{tokens['revoked']}/?lang=ar")
    expect(page.get_by_role("heading", level=1)).to_have_text("أُبطل هذا الرابط")
    expect(page.locator("main bdi").first).to_have_text("بلد")
    expect(page.get_by_role("link", name="p@host.example")).to_be_visible()
    assert page.evaluate("document.documentElement.dir") == "rtl"
    assert fits(page)
    page.get_by_role("button", name="طلب خطاب جديد").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("طُلب خطاب جديد")
    assert tokens["revoked"] not in page.url
    assert fits(page)
