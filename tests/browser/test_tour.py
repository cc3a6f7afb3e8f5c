"""The README's tour, walked against the running `make run`: what many are told, and when.

How an answer is recorded, people are named and a session is split is walked in tests/browser/handbook.
"""

import re
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from portal.demo.texts import SUBSCRIBERS
from tests.browser.conftest import LONGEST, Visitor
from tests.browser.keyboard import Make
from tests.browser.systems import started
from tests.processes import answer_of
from tools.running import Running

SLUG = "border-security-2025"
MailRow = tuple[str, str]
ROWS = "rows => rows.map(row => [row.querySelectorAll('td')[1].innerText, row.querySelector('a').innerText])"


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """A system that nobody else has used: the tour counts what it finds in it."""
    with started(tmp_path) as found:
        yield found


def _mails(someone: Visitor, query: str) -> list[MailRow]:
    """Recipient and subject of the mails that the development mailbox finds, on all its pages."""
    found: list[MailRow] = []
    page = someone.open(f"/dev/mail/?q={query}")
    while True:
        rows = page.locator("main tbody tr").evaluate_all(ROWS)
        found += [(recipient, subject) for recipient, subject in rows]
        following = page.get_by_role("link", name=re.compile("^(Next|Older)"))
        if following.count() == 0:
            return found
        following.first.click()
        page.wait_for_load_state()


def _number_of_mails(someone: Visitor, query: str) -> int:
    """How many mails the development mailbox finds. No page is opened: this is asked again and again."""
    said = someone.page.request.get(f"{someone.base}/dev/mail/?q={query}").text()
    found = re.search(r"(\d+) emails?, newest first", said)
    return int(found[1]) if found else 0


def _wait_for_mails(
    someone: Visitor, query: str, number: int, seconds: float, of: frozenset[str] = frozenset()
) -> list[MailRow]:
    """Wait for so many mails, those to `of` alone where it names any: other tests share the system."""
    deadline = time.monotonic() + seconds
    found: list[MailRow] = []
    while time.monotonic() < deadline:
        if _number_of_mails(someone, query) >= number:
            found = [mail for mail in _mails(someone, query) if not of or mail[0] in of]
        if len(found) >= number and all(subject != "not written yet" for _recipient, subject in found):
            return found
        time.sleep(0.3)
    raise AssertionError(f"{len(found)} mails of {number} after {seconds} s: {found}")


def _newest_mail(someone: Visitor, query: str) -> str:
    """Return what the first mail says that the development mailbox finds."""
    page = someone.open(f"/dev/mail/?q={query}")
    page.locator("main tbody").get_by_role("link").first.click()
    return page.inner_text("main")


def _link_in(letter: str) -> str:
    found = re.search(r"http://localhost:\d+/i/[\w-]+/", letter)
    assert found is not None
    return found.group()


def _invite(organiser: Visitor) -> None:
    page = organiser.sign_in("organiser@summit.example")
    page.get_by_role("link", name=re.compile("^48 .* not invited yet")).click()
    page.get_by_role("button", name="Send 48 invitations").click()
    # Some parties are reached at two mailboxes.
    letters = _wait_for_mails(organiser, "invitation", 55, 60)
    assert len(letters) == 55
    subjects = {subject for _recipient, subject in letters}
    assert len(subjects) == 48
    assert sum(any(f"({name})" in subject for name in ("Meta", "X", "TikTok")) for subject in subjects) == 3


def _answer(organiser: Visitor, focal: Visitor) -> None:
    link, asked = _link_in(_newest_mail(organiser, "focal@summit.example")), list[tuple[str, str]]()
    token = link.strip("/").rpartition("/")[2]
    focal.page.on("request", lambda request: asked.append((request.url, request.headers.get("referer", ""))))
    page = focal.open(link)
    assert re.fullmatch(rf"{focal.base}/portal/invitation/[0-9a-z]{{16}}/", page.url)
    assert token not in page.content()
    # The letter to France is in French, and so is where it leads; its reader goes on in English.
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    page = focal.open(f"{page.url}?lang=en")
    page.get_by_role("radio", name="Accept France will attend.").check()
    page.get_by_label("Your name and office").fill("Focal point for France")
    page.get_by_role("button", name="Send answer of France").click()
    expect(page.locator("main")).to_contain_text("France")
    page = focal.open("/portal/")
    expect(page.locator("main")).to_contain_text("Accepted")
    # The link was asked for by the first request alone, and told to nobody.
    assert [url for url, _from in asked if token in url] == [link]
    assert [came_from for _url, came_from in asked if token in came_from] == []


def _release(organiser: Visitor, number: int) -> Page:
    page = organiser.open("/admin/")
    page.get_by_role("link", name=re.compile(r"Preview the (next|first) release\.$")).click()
    page.get_by_role("button", name=f"Release agenda {number}").click()
    expect(page.locator("body")).to_contain_text(f"Release {number} published")
    # The page loads anew once everything is sent.
    expect(page.locator("[data-progress]")).to_have_count(0, timeout=LONGEST)
    return page


def _agenda(organiser: Visitor, focal: Visitor) -> None:
    _release(organiser, 1)
    page = focal.open("/portal/agenda/")
    expect(page.locator("main")).to_contain_text("Tunisia and France")
    expect(page.locator("main")).to_contain_text("10:50")
    # A bilateral meeting at the margin is nobody else's business.
    status, public = answer_of(f"{focal.base}/{SLUG}/agenda/")
    assert status == 200
    assert b"Opening" in public
    assert b"Tunisia and France" not in public


def _change(organiser: Visitor, focal: Visitor) -> None:
    page = organiser.open("/admin/agenda/session/?q=Tunisia+and+France")
    page.get_by_role("link", name="Tunisia and France", exact=True).click()
    page.get_by_role("link", name="Move session").click()
    page.locator("[name=starts_at_1]").fill("11:20")
    # The end moves with the start.
    page.locator("[name=capacity]").focus()
    expect(page.locator("[name=ends_at_1]")).to_have_value("11:40")
    page.get_by_role("button", name="Save: Time and room").click()
    page.wait_for_url("**#time-and-room")
    page = organiser.open("/admin/agenda/session/?q=Criminal+finances")
    page.get_by_role("link", name="Criminal finances", exact=True).click()
    page.get_by_role("link", name="Cancel session").click()
    page.get_by_label("Reason (optional)", exact=True).fill("The minister is ill.")
    page.get_by_role("button", name="Cancel session").click()
    page.wait_for_url(re.compile(r"/agenda/session/\d+/"))
    page = organiser.open("/admin/")
    page.get_by_role("link", name=re.compile(r"Preview the (next|first) release\.$")).click()
    preview = page.inner_text("main")
    assert {title in preview for title in ("Tunisia and France", "Criminal finances")} == {True}
    told = set(re.findall(r"[\w.-]+@[\w.-]+\.example", preview))
    assert told
    # The first release has told everybody who takes part their programme.
    before = _mails(organiser, "agenda_change")
    assert {recipient for recipient, _subject in before} >= told
    _release(organiser, 2)
    mails = _wait_for_mails(organiser, "agenda_change", len(before) + len(told), 60)[: len(told)]
    assert {recipient for recipient, _subject in mails} == told
    assert "focal@summit.example" in told
    mail = _newest_mail(organiser, "focal@summit.example")
    assert [words for words in ("10:50", "11:20", ".ics") if words not in mail] == []
    expect(focal.open("/portal/changes/").locator("main")).to_contain_text(
        re.compile("Tunisia and France.*11:20", re.S)
    )
    expect(focal.open("/portal/agenda/").locator("main")).to_contain_text("11:20")


def _prepare_text(officer: Visitor, approver: Visitor) -> str:
    """Change, submit and approve the first opening address; return its address on the press site."""
    page = officer.sign_in("press@summit.example")
    page = officer.open("/admin/press/text/?q=prime-minister")
    page.locator("#result_list tbody").get_by_role("link").first.click()
    address = page.url
    page.get_by_role("link", name="Edit text").click()
    body = page.locator("textarea[name=body]")
    body.fill(body.input_value() + "\n\nThe canary of the tour sings.")
    page.get_by_role("button", name="Save new edition").click()
    page.get_by_role("button", name="Submit for review").click()
    expect(page.locator("body")).to_contain_text("in review")
    assert page.get_by_role("button", name="Approve edition").count() == 0
    page = approver.sign_in("approver@summit.example")
    page = approver.open(address)
    page.get_by_role("button", name="Approve edition").click()
    expect(page.locator("body")).to_contain_text("approved")
    officer.open(address)
    return f"/{SLUG}/press/opening-address-prime-minister/"


def _publish(officer: Visitor, approver: Visitor, reader: Visitor) -> None:
    address = _prepare_text(officer, approver)
    feed = f"{reader.base}/{SLUG}/press/feed.atom"
    page = officer.page
    # The form takes full five seconds: here the first that is ten seconds away.
    soon = datetime.now(ZoneInfo("Europe/London")).replace(microsecond=0) + timedelta(seconds=15)
    moment = soon + timedelta(seconds=-soon.second % 5)
    page.get_by_label("at a set time").check()
    page.locator("[name=moment_0]").fill(f"{moment:%d/%m/%Y}")
    page.locator("[name=moment_1]").fill(f"{moment:%H:%M:%S}")
    page.get_by_role("button", name="Schedule").click()
    expect(page.locator("body")).to_contain_text("under embargo")
    missing = answer_of(f"{reader.base}/{SLUG}/press/no-such-text/")
    early = 0
    while True:
        asked = datetime.now(moment.tzinfo)
        status, content = answer_of(reader.base + address)
        now = datetime.now(moment.tzinfo)
        if status == 200:
            break
        # Who asks a second after the moment has it, however long a busy machine takes to answer.
        assert asked < moment + timedelta(seconds=1)
        assert (status, content) == missing
        early += now < moment
        told = answer_of(feed)[1]
        # An answer that came after the moment may have it: the moment can pass between the two requests.
        if datetime.now(moment.tzinfo) < moment:
            assert b"canary of the tour" not in told
        time.sleep(0.1)
    assert early > 5
    assert now >= moment
    assert b"The canary of the tour sings." in content
    assert address.encode() in answer_of(feed)[1]
    expect(reader.open(f"/{SLUG}/press/").locator("main")).to_contain_text("Prime Minister")
    known = frozenset(address for address, _language in SUBSCRIBERS)
    mails = _wait_for_mails(reader, "publication", 4, 20, known)
    # Each of the demonstration's four subscribers, once.
    assert sorted(recipient for recipient, _subject in mails) == sorted(known)


@pytest.mark.slow("the whole tour, on a system of its own", seconds=120)
def test_the_tour(visitor: Make, running: Running) -> None:
    organiser, focal = visitor(), visitor(390, 844)
    _invite(organiser)
    _answer(organiser, focal)
    _agenda(organiser, focal)
    _change(organiser, focal)
    _publish(visitor(), visitor(), visitor())
    assert "Traceback" not in running.printed()
