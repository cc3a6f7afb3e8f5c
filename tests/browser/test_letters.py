"""A letter's link in a real browser: what stays of it, what a scanner does, what it says once it opens nothing."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tools.running import Running

# One party for each state of a link; each is called otherwise in Arabic.
MAKE = """
import json
from datetime import timedelta
from delegations.domain import links
from delegations.models import Invitation, InvitationLink
from summit.db.clock import db_now
from tests import factories as f
now, day = db_now(), timedelta(days=1)
known = {"public": False, "contact_email": "p@host.example"}
summit = f.SummitFactory(slug="open", name="Border Summit", answer_by=now + 10 * day, **known)
late = f.SummitFactory(slug="late", answer_by=now - day, **known)
made = {}
for name in ("fresh", "scanned", "expired", "revoked", "superseded", "late"):
    party = f.PartyFactory(summit=late if name == "late" else summit, name=f"Land {name}", level="minister")
    party.names.create(language="ar", name="بلد")
    made[name] = f.InvitationLinkFactory(invitation__party=party, address=f"{name}@land.example")
def of(name):
    return InvitationLink.objects.filter(pk=made[name].pk)
of("expired").update(expires_at=now - day)
of("revoked").update(revoked_at=now)
of("superseded").update(revoked_at=now)
Invitation.objects.filter(links=made["superseded"]).update(state="superseded")
print(json.dumps({name: links.token(link) for name, link in made.items()}))
"""


@pytest.fixture(scope="module")
def tokens(demonstration: Running) -> dict[str, str]:
    """The token of a letter in each state."""
    found: dict[str, str] = json.loads(demonstration.inside(MAKE).strip().splitlines()[-1])
    return found


@pytest.fixture
def browser_of(browser: Browser, running: Running) -> Iterator[Callable[..., Page]]:
    """Open browsers, each with cookies of its own."""
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
    expect(page.get_by_text("The letter asks for: minister.")).to_be_visible()
    page.get_by_label(re.compile("another will represent us")).check()
    page.get_by_label("At which level?").select_option("ambassador")
    page.get_by_label("Your name and office").fill("Ambassador of Land")
    page.get_by_role("button", name=re.compile("^Send the answer of")).click()
    expect(page.get_by_role("heading", name="takes part, and another represents it")).to_be_visible()
    expect(page.get_by_text("ambassador or chargé d’affaires")).to_be_visible()
    # It was asked for by the first request alone, and told to nobody.
    assert [url for url, _from in asked if token in url] == [f"{running.base}/i/{token}/"]
    assert [came_from for _url, came_from in asked if token in came_from] == []
    page.go_back()
    assert token not in page.url
    # Followed again it shows what was answered.
    page.goto(f"/i/{token}/")
    expect(page.get_by_role("heading", name="takes part, and another represents it")).to_be_visible()


def test_a_scanner_that_looks_ten_times_changes_nothing(
    browser_of: Callable[..., Page], tokens: dict[str, str]
) -> None:
    page = browser_of()
    for number in range(10):
        look = page.request.head if number % 2 else page.request.get
        assert look(f"/i/{tokens['scanned']}/").status == 200
    page.goto(f"/i/{tokens['scanned']}/")
    # Nothing is answered: it asks.
    expect(page.get_by_role("group", name="Will you take part?")).to_be_visible()


@pytest.mark.parametrize(
    ("state", "language", "name", "heading"),
    [
        ("expired", "en", "Land expired", "This link has expired"),
        ("revoked", "en", "Land revoked", "This link was revoked"),
        ("superseded", "en", "Land superseded", "A newer letter took this one’s place"),
        ("revoked", "ar", "بلد", "أُبطل هذا الرابط"),
    ],
)
def test_a_dead_link_says_what_happened_and_asks_for_a_new_letter(  # noqa: PLR0917 - what pytest gives
    browser_of: Callable[..., Page], tokens: dict[str, str], state: str, language: str, name: str, heading: str
) -> None:
    page = browser_of()
    page.goto(f"/i/{tokens[state]}/?lang={language}")
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    expect(page.locator("main bdi").first).to_have_text(name)
    expect(page.get_by_role("link", name="p@host.example")).to_be_visible()
    assert page.evaluate("document.documentElement.dir") == ("rtl" if language == "ar" else "ltr")
    assert fits(page)
    page.get_by_role("button", name="طلب خطاب جديد" if language == "ar" else "Ask for a new letter").click()
    said = "طُلب من المراسم خطاب جديد" if language == "ar" else "Protocol is asked for a new letter"
    expect(page.get_by_role("heading", level=1)).to_have_text(said)
    assert tokens[state] not in page.url
    assert fits(page)


def test_a_mangled_link_says_what_to_do(browser_of: Callable[..., Page], tokens: dict[str, str]) -> None:
    page = browser_of()
    page.goto(f"/i/{tokens['fresh'][:-4]}/?lang=en")
    expect(page.get_by_role("heading", level=1)).to_have_text("This link is not complete")
    expect(page.get_by_role("button", name="Ask for a new letter")).to_be_visible()
    assert fits(page)


def test_after_the_deadline_protocol_alone_can(browser_of: Callable[..., Page], tokens: dict[str, str]) -> None:
    page = browser_of()
    page.goto(f"/i/{tokens['late']}/?lang=en")
    assert page.locator("main form").count() == 0
    expect(page.locator("main .notice a[href^='mailto:']")).to_have_text("p@host.example")
    assert fits(page)
