"""Each task of the handbook, walked by its own steps (docs/decisions/0076)."""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from portal.demo.days import Act, days_of
from portal.handbook.contents import TASKS
from tests.browser.conftest import LONGEST, Visitor
from tests.browser.handbook.walk import LANGUAGE, Walk
from tests.browser.systems import started
from tools.running import Running

Make = Callable[..., Visitor]
SUMMIT = "border-security-2025"
WALKS: dict[str, Callable[..., None]] = {}


def walks(function: Callable[..., None]) -> Callable[..., None]:
    """Enter a walk under the slug of its task."""
    WALKS[function.__name__.replace("_", "-")] = function
    return function


class Desks:
    """The people of a demonstration, each signed in once."""

    def __init__(self, browser: Browser, running: Running) -> None:
        self.browser = browser
        self.running = running
        self.known: dict[str, Visitor] = {}

    def visitor(self, box: str) -> Visitor:
        """Return a browser of somebody, signed in; of nobody for an empty name."""
        if box not in self.known or not box:
            context = self.browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
            context.set_default_timeout(LONGEST)
            self.known[box] = Visitor(context.new_page(), self.running.base)
            if box:
                self.known[box].sign_in(f"{box}@summit.example")
        return self.known[box]

    def walk(self, slug: str, box: str, path: str = "") -> Walk:
        """Return the walk of a task by somebody, on a page."""
        walk = Walk(self.visitor(box), slug)
        if path:
            walk.open(path)
        return walk

    def mail(self, recipient: str, holds: str) -> str:
        """Return what a pattern finds in the newest mail to an address in which it finds something."""
        someone = self.visitor("")
        deadline = time.monotonic() + LONGEST / 1000
        while time.monotonic() < deadline:
            page = someone.open(f"/dev/mail/?q={recipient}")
            rows = page.locator("main tbody").get_by_role("link")
            for address in rows.evaluate_all("links => links.map(link => link.href)"):
                if found := re.search(holds, someone.open(address).inner_text("main")):
                    return found.group()
        raise AssertionError(f"no mail to {recipient} holds {holds}")


# --- Organiser --------------------------------------------------------------------------------------------------
def set_up(browser: Browser, running: Running) -> None:
    """Walk through the first steps of an installation that has nothing yet."""
    link = re.search(r"http://\S+", running.manage("create_first_account", "you@ministry.example"))
    assert link
    desks = Desks(browser, running)
    visitor = desks.visitor("")
    page = visitor.open(link.group())
    for name in ("password1", "password2"):
        page.locator(f"[name={name}]").fill("heron-lantern-42")
    page.get_by_role("button", name="Set password").click()
    page.wait_for_load_state()
    visitor.open("/accounts/login/?lang=en")
    page.get_by_label("Email address").fill("you@ministry.example")
    page.get_by_label("Password", exact=True).fill("heron-lantern-42")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(re.compile(r"/admin/"))
    walk = Walk(visitor, "set-up-a-summit")
    walk.open("/admin/")
    walk.press()
    walk.fill("Ocean Summit of Ministers 2027")
    walk.fill("Ocean Summit")
    walk.fill("Portugal")
    walk.fill("2027-06-01")
    walk.fill("2027-06-03")
    walk.fill("Lisbon")
    walk.fill("Europe/Lisbon")
    walk.press()
    walk.fill("Palácio da Ajuda")
    walk.fill("Plenary hall; 200\nRoom B; 20")
    walk.press()
    page.locator("#id_team-0-email").fill("maria@ministry.example")
    page.locator("#id_team-0-role").select_option("protocol")
    walk.press()
    page.locator("main [name=lines]").fill("France; mission@france.example; fr\nKenya; mission@kenya.example")
    walk.press()
    walk.see()
    walk.see()
    walk.press()
    walk.done()


@walks
def add_colleagues(desks: Desks) -> None:
    walk = desks.walk("add-colleagues", "organiser", f"/admin/setup/{SUMMIT}/team/")
    walk.see()
    walk.fill("maria@summit.example")
    walk.fill("Maria Exemple")
    walk.choose("accreditation")
    walk.press()
    walk.done()


# --- Protocol ---------------------------------------------------------------------------------------------------
@walks
def send_invitations(desks: Desks) -> None:
    walk = desks.walk("send-invitations", "organiser", "/admin/summit/user/")
    walk.press()
    walk.press()
    walk.see()
    walk.see()
    walk.press()
    walk.done()


@walks
def record_an_answer(desks: Desks) -> None:
    walk = desks.walk("record-an-answer", "protocol", "/admin/")
    walk.press()
    walk.open("/admin/delegations/party/?q=Germany")
    walk.row("Germany" if LANGUAGE == "en" else "Allemagne")
    walk.press()
    walk.choose("attending")
    walk.choose("unsaid")
    walk.fill("Embassy of Germany")
    walk.choose("telephone")
    walk.press()
    walk.see()
    walk.done()


@walks
def assign_a_liaison_officer(desks: Desks) -> None:
    walk = desks.walk("assign-a-liaison-officer", "protocol", "/admin/")
    walk.press()
    walk.open("/admin/delegations/party/?q=Albania")
    walk.row("Alban")
    walk.see()
    walk.press(within="#liaison")
    walk.page.locator("main [type=checkbox]").first.check()
    walk.press()
    walk.done()


@walks
def change_a_quota(desks: Desks) -> None:
    walk = desks.walk("change-a-quota", "organiser", "/admin/")
    walk.press()
    walk.open("/admin/delegations/party/?q=Greece")
    walk.row("Gr")
    walk.press()
    walk.press()
    walk.fill("2")
    walk.fill("It chairs two working groups.")
    walk.press()
    walk.done()


# --- Programme --------------------------------------------------------------------------------------------------
def _session(walk: Walk, title: str) -> None:
    """Open Agenda, which the page names, and a session, which it doesn't."""
    walk.press()
    walk.open(f"/admin/agenda/session/?q={title.replace(' ', '+')}")
    walk.row(title)


@walks
def plan_a_session(desks: Desks) -> None:
    walk = desks.walk("plan-a-session", "organiser", "/admin/")
    walk.press()
    walk.press()
    walk.fill("Walk to the harbour")
    walk.choose("walk_through")
    walk.see()
    day = days_of(Act.AHEAD, datetime.now(UTC)).first + timedelta(days=1)
    walk.page.locator("[name=starts_at_0]").fill(f"{day}")
    walk.page.locator("[name=starts_at_1]").fill("07:15")
    walk.see()
    walk.choose("accredited")
    walk.press()
    walk.done()


@walks
def move_a_session(desks: Desks) -> None:
    walk = desks.walk("move-a-session", "organiser", "/admin/")
    _session(walk, "Tunisia and France")
    walk.press()
    walk.see()
    walk.page.locator("[name=starts_at_1]").fill("11:20")
    walk.see()
    walk.press()
    walk.done()


@walks
def order_the_speakers(desks: Desks) -> None:
    walk = desks.walk("order-the-speakers", "organiser", "/admin/")
    walk.press()
    walk.open("/admin/agenda/session/?q=reports+from+the+working")
    walk.row("Plenary: reports")
    walk.press(within="#speakers")
    walk.see()
    walk.press()
    walk.press()
    walk.fill("4")
    walk.press()
    walk.press()
    walk.done()


@walks
def screen_a_bilateral(desks: Desks) -> None:
    walk = desks.walk("screen-a-bilateral", "organiser", "/admin/")
    walk.press()
    walk.press()
    walk.press()
    walk.row("Tunis")
    walk.press()
    walk.open("/admin/agenda/bilateral/")
    walk.press()
    walk.press(of="Italy" if LANGUAGE == "en" else "Italie")
    walk.see()
    walk.page.locator("main a[href*='starts_at=']").first.click()
    walk.press()
    walk.done()


@walks
def release_the_agenda(desks: Desks) -> None:
    walk = desks.walk("release-the-agenda", "organiser", "/admin/summit/user/")
    walk.press()
    walk.press()
    walk.see()
    walk.see()
    walk.fill("As agreed.")
    walk.press()
    walk.done()


@walks
def cancel_a_session(desks: Desks) -> None:
    walk = desks.walk("cancel-a-session", "organiser", "/admin/")
    _session(walk, "Criminal finances")
    walk.press()
    walk.see()
    walk.press()
    walk.press()
    walk.done()


# --- Accreditation ----------------------------------------------------------------------------------------------
@walks
def confirm_people(desks: Desks) -> None:
    walk = desks.walk("confirm-people", "organiser", "/admin/")
    walk.press()
    walk.open("/admin/delegations/party/?q=Sweden")
    walk.row("S")
    walk.see()
    walk.press()
    walk.open("/admin/delegations/party/?q=Norway")
    walk.row("No")
    walk.press()
    walk.done()


@walks
def issue_badges(desks: Desks) -> None:
    walk = desks.walk("issue-badges", "organiser", "/admin/")
    walk.press()
    walk.press()
    walk.press()
    walk.see()
    walk.press()
    walk.press()
    walk.see()
    walk.done()


# --- Press ------------------------------------------------------------------------------------------------------
def _draft(desks: Desks, title: str) -> str:
    """Write a text as a press officer, and return its address."""
    page = desks.visitor("press").open("/admin/press/text/add/?lang=en")
    page.get_by_label("Type").select_option("statement")
    page.get_by_label("Title").fill(title)
    page.get_by_label("Text", exact=True).fill(f"Words of “{title}”.")
    page.get_by_role("button", name="Save and submit for review").click()
    return page.url


@walks
def write_a_text(desks: Desks) -> None:
    walk = desks.walk("write-a-text", "press", "/admin/")
    walk.press()
    walk.press()
    walk.choose("statement")
    walk.fill("Statement of the host on the first day")
    walk.fill("Delegations have agreed on the way forward.")
    walk.press()
    walk.see()
    walk.press()
    walk.done()


@walks
def approve_an_edition(desks: Desks) -> None:
    address = _draft(desks, "A statement to approve")
    walk = desks.walk("approve-an-edition", "approver", "/admin/")
    walk.press()
    walk.open(address)
    walk.fill("Say it shorter.")
    walk.press()
    page = desks.visitor("press").open(f"{address}?lang=en")
    page.get_by_role("link", name="Edit text").click()
    page.get_by_label("Text", exact=True).fill("Shorter words.")
    page.get_by_role("button", name="Save and submit for review").click()
    walk.open(address)
    walk.press()
    walk.see()
    walk.done()


@walks
def schedule_a_text(desks: Desks) -> None:
    address = _draft(desks, "A statement to schedule")
    page = desks.visitor("approver").open(f"{address}?lang=en")
    page.get_by_role("button", name="Approve edition").click()
    walk = desks.walk("schedule-a-text", "press", "/admin/")
    walk.press()
    walk.open(address)
    walk.check()
    walk.press()
    walk.press()
    walk.fill("The wording is being discussed.")
    walk.press(last=True)
    walk.done()


@walks
def check_against_delivery(desks: Desks) -> None:
    walk = desks.walk("check-against-delivery", "press", "/admin/")
    walk.press()
    walk.open("/admin/press/text/?q=home-secretary")
    walk.row("Address by the Home Secretary")
    walk.press()
    passages = walk.page.locator(".passage")
    passages.first.focus()
    for number in range(3):
        expect(passages.nth(number)).to_be_focused()
        walk.page.keyboard.press(walk.key())
    walk.page.keyboard.type("Other words.")
    walk.page.keyboard.press("ControlOrMeta+Enter")
    expect(passages.nth(2)).to_contain_text("Other words.")
    walk.page.keyboard.press(walk.key())
    walk.done()


@walks
def withdraw_a_text(desks: Desks) -> None:
    address = _draft(desks, "A statement to withdraw")
    walk = desks.walk("withdraw-a-text", "approver", "/admin/")
    walk.press()
    walk.open(address)
    walk.press()
    walk.fill("It names somebody who did not speak.")
    walk.press(last=True)
    walk.done()


# --- Delegations ------------------------------------------------------------------------------------------------
@walks
def answer_an_invitation(desks: Desks) -> None:
    walk = desks.walk(
        "answer-an-invitation", "", desks.mail("focal@summit.example", r"http://localhost:\d+/i/[\w-]+/")
    )
    walk.see()
    walk.see()
    walk.see()
    walk.page.get_by_role("radio").first.check()
    walk.fill("Focal point for France")
    walk.press()
    walk.done()


@walks
def name_your_delegation(desks: Desks) -> None:
    walk = desks.walk("name-your-delegation", "focal", "/portal/")
    walk.press()
    walk.press()
    walk.choose("delegate")
    walk.fill("Dominique Exemple")
    walk.press()
    walk.done()


@walks
def replace_a_person(desks: Desks) -> None:
    walk = desks.walk("replace-a-person", "focal", "/portal/")
    walk.press()
    walk.press()
    walk.row("Director for Border Security")
    walk.press()
    walk.fill("Camille Exemple")
    walk.press()
    walk.done()


@walks
def sign_in_with_a_code(desks: Desks) -> None:
    walk = desks.walk("sign-in-with-a-code", "", "/portal/sign-in/")
    walk.fill("liaison@summit.example")
    walk.press()
    walk.fill(desks.mail("liaison@summit.example", r"\d{4} \d{4}"))
    walk.press()
    walk.done()


@walks
def read_your_agenda(desks: Desks) -> None:
    walk = desks.walk("read-your-agenda", "focal", "/portal/")
    for _link in range(4):
        walk.press()
    walk.done()


@walks
def keep_your_calendar(desks: Desks) -> None:
    walk = desks.walk("keep-your-calendar", "focal", "/portal/")
    walk.press()
    walk.press()
    walk.press()
    walk.field()
    walk.done()


# --- Conference officer, on the day -----------------------------------------------------------------------------
DAY: dict[str, Callable[[Desks], None]] = {}
# The demonstration's sessions have their hours. At whatever hour one walks, this one is in progress.
IN_PROGRESS = """
from datetime import timedelta
from sessions.agenda.selectors.release_scopes import Placement
from sessions.draft.models.sessions import Session
from sessions.releases.services import releases
from summit.core.database_clock import db_now
from summit.users.models import User

row = Session.objects.select_related("summit").get(title="Supply chains and enablers")
now = db_now().astimezone(row.summit.zone).replace(second=0, microsecond=0)
began = max(now - timedelta(minutes=5), now.replace(hour=0, minute=0))
moved = {row.pk: Placement(began, now + timedelta(minutes=55), "", "", "")}
releases.retime(summit=row.summit, by=User.objects.get(email="organiser@summit.example"), placements=moved)
"""


def on_the_day(function: Callable[[Desks], None]) -> Callable[[Desks], None]:
    """Enter a walk that needs a summit that is running."""
    DAY[function.__name__.replace("_", "-")] = function
    return function


@on_the_day
def announce_a_delay(desks: Desks) -> None:
    walk = desks.walk("announce-a-delay", "organiser", "/admin/summit/user/")
    walk.press()
    walk.press()
    walk.press()
    walk.see()
    walk.done()


@on_the_day
def give_new_times(desks: Desks) -> None:
    walk = desks.walk("give-new-times", "organiser", "/admin/summit/user/")
    walk.press()
    walk.press()
    walk.press(of="Supply chains")
    walk.press()
    walk.press()
    walk.see()
    for box in walk.page.locator("main [name=accept]").all():
        box.check()
    walk.fill("The roundtable takes longer.")
    walk.press()
    walk.done()


@on_the_day
def tick_presence(desks: Desks) -> None:
    walk = desks.walk("tick-presence", "organiser", "/admin/summit/user/")
    walk.press()
    walk.press()
    walk.press(of="Supply chains")
    walk.press()
    walk.see()
    walk.press()
    walk.done()


@on_the_day
def set_up_a_screen(desks: Desks) -> None:
    walk = desks.walk("set-up-a-screen", "organiser", "/admin/")
    walk.press()
    walk.press(within="nav")
    walk.press()
    walk.press()
    walk.fill("Foyer, north")
    walk.choose_first()
    walk.check()
    walk.press()
    walk.press()
    walk.done()


def _walked(browser: Browser, running: Running, walks: dict[str, Callable[[Desks], None]]) -> None:
    desks = Desks(browser, running)
    for walk in walks.values():
        walk(desks)
    assert "Traceback" not in running.printed()


def test_an_empty_installation(browser: Browser, tmp_path: Path) -> None:
    with started(tmp_path, "DEMO=0") as running:
        set_up(browser, running)


@pytest.mark.slow("26 tasks, on a system of their own", seconds=120)
def test_before_the_summit(browser: Browser, tmp_path: Path) -> None:
    with started(tmp_path) as running:
        _walked(browser, running, WALKS)


@pytest.mark.slow("on a system of its own", seconds=60)
def test_on_the_day(browser: Browser, tmp_path: Path) -> None:
    with started(tmp_path, "DEMO=day") as running:
        running.inside(IN_PROGRESS)
        _walked(browser, running, DAY)


def test_each_task_is_walked() -> None:
    assert {task.slug for task in TASKS} == {*WALKS, *DAY, "set-up-a-summit"}
