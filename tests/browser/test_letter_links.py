"""A letter's link in a real browser, once it opens nothing; of one that does nothing stays, as the tour sees."""

from playwright.sync_api import Page, expect

from tests.browser.keyboard import Make
from tools.running import Running

# The letter of a party, which is revoked.
MAKE = """
from datetime import timedelta
from delegations.invitations.services import links
from summit.core.database_clock import db_now
from tests import factories as f
now = db_now()
known = {"answer_by": now + timedelta(days=10), "public": False, "contact_email": "p@host.example"}
summit = f.SummitFactory(slug=f"open-{now:%H%M%S%f}", name="Border Summit", **known)
party = f.PartyFactory(summit=summit, name="Land", level="minister")
party.names.create(language="ar", name="بلد")
print(links.token(f.InvitationLinkFactory(invitation__party=party, revoked_at=now)))
"""


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_a_dead_link_says_what_happened_and_asks_for_a_new_letter(visitor: Make, running: Running) -> None:
    """In Arabic, whose form a browser sends from a page that tells its origin alone."""
    token, someone = running.inside(MAKE).split()[-1], visitor(390)
    page = someone.page
    page.goto(f"{running.base}/i/{token}/?lang=ar")
    expect(page.get_by_role("heading", level=1)).to_have_text("أُبطل هذا الرابط")
    expect(page.locator("main bdi").first).to_have_text("بلد")
    expect(page.get_by_role("link", name="p@host.example")).to_be_visible()
    someone.complaints.clear()  # that the answer was a 410
    assert page.evaluate("document.documentElement.dir") == "rtl"
    assert fits(page)
    page.get_by_role("button", name="طلب خطاب جديد").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("طُلب خطاب جديد")
    assert token not in page.url
    assert fits(page)
