"""Each task of the handbook, walked by its own steps (docs/decisions/0076)."""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Locator, expect

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
def link_a_sign_in(desks: Desks) -> None:
    walk = desks.walk("link-a-sign-in", "organiser", "/admin/summit/user/?q=maria")
    walk.row("maria@summit.example")
    walk.press()
    walk.fill("k3m9-x2p7")
    walk.press()
    walk.press()
    walk.see()
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
    for name, clock in (("starts_at", "07:15"), ("ends_at", "07:45")):
        walk.page.locator(f"[name={name}_0]").fill(f"{day:%d/%m/%Y}")
        walk.page.locator(f"[name={name}_1]").fill(clock)
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


def _drag(card: Locator, *, down: int = 0, to: Locator | None = None) -> None:
    """Drag a card of the board down by pixels, or into a room, without letting go."""
    page = card.page
    card.scroll_into_view_if_needed()
    box = card.bounding_box()
    assert box is not None
    x, y = box["x"] + 40, box["y"] + 15
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 5, y + 5)
    if to is not None:
        room, seen = to.bounding_box(), page.locator(".board-scroll").bounding_box()
        assert room is not None
        assert seen is not None
        x, y = room["x"] + 40, seen["y"] + 200
    page.mouse.move(x, y + down, steps=5)


@walks
def plan_on_the_board(desks: Desks) -> None:
    walk = desks.walk("plan-on-the-board", "organiser", "/admin/")
    page = walk.page
    walk.press()
    walk.press()
    expect(page.locator(".board.laid")).to_be_visible()
    # A quarter of an hour later, at 84 pixels an hour.
    _drag(page.locator(".board-card", has_text="Countering promotion online"), down=21)
    walk.see()
    page.mouse.up()
    walk.see()
    walk.press()
    expect(page.locator(".board[aria-busy]")).to_have_count(0)
    walk.see()
    waiting = page.locator("[data-tray] .board-card")
    _drag(waiting.first, to=page.locator(".board-lane").nth(3))
    page.mouse.up()
    expect(waiting).to_have_count(0)
    walk.done()


@walks
def settle_conflicts(desks: Desks) -> None:
    walk = desks.walk("settle-conflicts", "organiser", "/admin/summit/user/")
    walk.press()
    walk.press()
    walk.row("Tunisia and France")
    walk.press()
    walk.see()
    walk.page.locator("[name=starts_at_1]").fill("10:50")
    walk.see()
    walk.press()
    walk.press()
    walk.press()
    walk.choose("ignore")
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


# The session that the walk of plan-a-session makes. Its places are few.
FEW_PLACES = "Walk to the harbour"


@walks
def open_a_session_for_sign_up(desks: Desks) -> None:
    walk = desks.walk("open-a-session-for-sign-up", "organiser", "/admin/")
    for _link in range(3):
        walk.press()
    walk.find(FEW_PLACES)
    walk.fill("1")
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
    walk.done()


@walks
def place_a_bilateral(desks: Desks) -> None:
    walk = desks.walk("place-a-bilateral", "organiser", "/admin/")
    walk.press()
    walk.press()
    walk.press()
    walk.row("Sweden" if LANGUAGE == "en" else "Suède")
    meeting = walk.page.url
    walk.press()
    walk.open(meeting)
    walk.press()
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
def run_a_waiting_list(desks: Desks) -> None:
    walk = desks.walk("run-a-waiting-list", "organiser", "/admin/")
    walk.press()
    walk.press()
    walk.see()
    walk.row(FEW_PLACES)
    # Two delegates are signed up for the one place.
    walk.parts[:0] = walk.parts[:2]
    for office in ("Interpreter, France", "Interpreter, Italy"):
        walk.find(office)
        walk.press(within="main form")
    walk.see()
    walk.press(of="Interpreter, France")
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


@walks
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
    walk.see()
    walk.press(last=True)
    walk.done()


@walks
def declare_an_item(desks: Desks) -> None:
    walk = desks.walk("declare-an-item", "focal", "/portal/")
    walk.press()
    walk.press()
    walk.press(of="Close Protection")
    walk.choose_first()
    walk.fill("A pistol, number F-12345, with fifteen rounds.")
    walk.press()
    walk.done()


@walks
def ask_for_a_bilateral(desks: Desks) -> None:
    walk = desks.walk("ask-for-a-bilateral", "focal", "/portal/")
    walk.press()
    walk.press()
    walk.press()
    host = walk.page.locator("option", has_text="United Kingdom" if LANGUAGE == "en" else "Royaume-Uni")
    walk.choose(str(host.get_attribute("value")))
    walk.fill("Joint investigation teams")
    for _choices in range(3):
        walk.see()
    walk.press()
    walk.done()


@walks
def answer_a_bilateral(desks: Desks) -> None:
    walk = desks.walk("answer-a-bilateral", "focal", "/portal/")
    walk.press()
    walk.press()
    walk.choose("fr")
    walk.see()
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
    desks.known["liaison"] = walk.visitor


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


@walks
def sign_up_for_a_session(desks: Desks) -> None:
    walk = desks.walk("sign-up-for-a-session", "focal", "/portal/")
    walk.press()
    walk.press()
    walk.row("Countering promotion online" if LANGUAGE == "en" else "Lutter contre la promotion")
    walk.see()
    walk.page.locator("[name=person]").first.check()
    walk.press(last=True)
    walk.see()
    walk.done()


# --- Liaison officer --------------------------------------------------------------------------------------------
@walks
def meet_a_delegation(desks: Desks) -> None:
    walk = desks.walk("meet-a-delegation", "liaison", "/portal/")
    walk.see()
    walk.row("France")
    walk.see()
    walk.see()
    walk.done()


@walks
def accompany_a_delegation(desks: Desks) -> None:
    walk = desks.walk("accompany-a-delegation", "liaison", "/portal/")
    walk.see()
    walk.row("France")
    walk.see()
    walk.see()
    walk.done()


# --- Vetting, once delegations have entered what it decides on --------------------------------------------------
@walks
def enter_a_passport(desks: Desks) -> None:
    walk = desks.walk("enter-a-passport", "vetting", "/admin/")
    walk.press()
    walk.open("/admin/summit/person/?q=Deputy+Minister")
    walk.row("Deputy Minister")
    walk.press()
    walk.fill("Exemple, Claude")
    walk.fill("21AB34567")
    walk.fill("01/05/2031")
    walk.press()
    walk.done()


@walks
def decide_on_a_declaration(desks: Desks) -> None:
    walk = desks.walk("decide-on-a-declaration", "vetting", "/admin/")
    walk.press()
    walk.press()
    walk.row("Close Protection Officer")
    walk.press()
    walk.press()
    walk.done()


@walks
def approve_a_data_export(desks: Desks) -> None:
    page = desks.visitor("organiser").open("/admin/summit/person/?lang=en&q=Deputy+Minister")
    page.get_by_role("link", name="Deputy Minister").last.click()
    desks.visitor("organiser").open(f"{page.url.split('?')[0]}data/?lang=en")
    page.get_by_role("button", name="Request approval").click()
    walk = desks.walk("approve-a-data-export", "vetting", "/admin/summit/summit/")
    walk.press()
    walk.press()
    walk.see()
    walk.press()
    walk.done()


# --- Viewer -----------------------------------------------------------------------------------------------------
@walks
def follow_the_preparations(desks: Desks) -> None:
    walk = desks.walk("follow-the-preparations", "viewer", "/admin/summit/summit/")
    walk.press()
    _session(walk, "Opening")
    walk.see()
    walk.press()
    walk.press()
    walk.done()


@walks
def find_anything(desks: Desks) -> None:
    walk = desks.walk("find-anything", "viewer", "/admin/")
    walk.fill("plenary")
    with walk.page.expect_navigation():
        walk.page.keyboard.press("Enter")
    walk.see()
    walk.row("Plenary")
    walk.done()


# --- Conference officer, on the day -----------------------------------------------------------------------------
DAY: dict[str, Callable[[Desks], None]] = {}
# The demonstration's sessions have their hours. At whatever hour one walks, these are in progress.
IN_PROGRESS = """
from datetime import timedelta
from sessions.agenda.selectors.release_scopes import Placement
from sessions.draft.models.sessions import Session
from sessions.releases.services import releases
from summit.core.database_clock import db_now
from summit.users.models import User

titles = ("Supply chains and enablers", "Plenary: reports from the working sessions")
rows = list(Session.objects.select_related("summit", "room__venue").filter(title__in=titles))
now = db_now().astimezone(rows[0].summit.zone).replace(second=0, microsecond=0)
began = max(now - timedelta(minutes=5), now.replace(hour=0, minute=0))
end, rooms = now + timedelta(minutes=55), {row.pk: row.room for row in rows}
places = {key: (room.public_id, room.name, room.venue.name) for key, room in rooms.items()}
moved = {key: Placement(began, end, *place) for key, place in places.items()}
releases.retime(summit=rows[0].summit, by=User.objects.get(email="organiser@summit.example"), placements=moved)
"""
# The demonstration has no accounts of these desks.
COLLEAGUES = """
from portal.demo.accounts import PASSWORD
from summit.permissions.models import RoleAssignment
from summit.summits.models import Summit
from summit.users.models import User

for box, role in (("conference", "conference_officer"), ("vetting", "vetting"), ("viewer", "viewer")):
    user = User.objects.create_user(f"{box}@summit.example", PASSWORD, name=box.title())
    RoleAssignment.objects.create(summit=Summit.objects.get(), user=user, role=role)
"""


# Maria has signed in at the ministry, and tells her code.
SIGN_IN = """
from summit.single_sign_on.models import IdentityProvider, UnlinkedSignIn

provider = IdentityProvider.objects.create(
    slug="ministry", name="Foreign Ministry", issuer="https://login.ministry.example", client_id="summit",
    client_secret="x",
)
UnlinkedSignIn.objects.create(
    issuer=provider.issuer, subject="1f7c", name="Maria Exemple", email="maria@ministry.example", code="k3m9-x2p7"
)
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
    walk.press()
    walk.done()


@on_the_day
def record_a_representative(desks: Desks) -> None:
    walk = desks.walk("record-a-representative", "conference", "/admin/agenda/session/")
    walk.press()
    walk.press()
    walk.press(of="Supply chains")
    walk.press(last=True)
    walk.page.locator(".presence-people button").first.click()
    walk.see()
    walk.done()


@on_the_day
def run_the_speakers_list(desks: Desks) -> None:
    walk = desks.walk("run-the-speakers-list", "conference", "/admin/agenda/session/")
    walk.press()
    walk.press()
    walk.press(of="Plenary")
    walk.press(of="Minister")
    for _step in range(3):
        walk.press()
    for _speaker in range(2):
        walk.press(of="Minister")
        walk.press()
    walk.done()


@on_the_day
def split_a_session(desks: Desks) -> None:
    walk = desks.walk("split-a-session", "conference", "/admin/agenda/session/")
    walk.press()
    walk.press()
    walk.press(of="Supply chains")
    walk.press()
    for minutes in (3, 6, 16):
        walk.fill(f"{datetime.now(ZoneInfo('Europe/London')) + timedelta(minutes=minutes):%H:%M}")
    walk.press()
    walk.see()
    for box in walk.page.locator("main [name=accept]").all():
        box.check()
    walk.press()
    walk.done()


@on_the_day
def telephone_the_unreached(desks: Desks) -> None:
    walk = desks.walk("telephone-the-unreached", "conference", "/admin/agenda/session/")
    for _link in range(4):
        walk.press()
    walk.press()
    walk.done()


# --- Media ------------------------------------------------------------------------------------------------------
@on_the_day
def follow_the_texts(desks: Desks) -> None:
    walk = desks.walk("follow-the-texts", "", f"/{SUMMIT}/")
    walk.press()
    walk.fill("reporter@paper.example")
    walk.press()
    walk.open(desks.mail("reporter@paper.example", r"http://\S+/subscription/\S+/"))
    walk.press()
    walk.see()
    walk.done()


@on_the_day
def quote_a_text(desks: Desks) -> None:
    walk = desks.walk("quote-a-text", "", f"/{SUMMIT}/")
    walk.press()
    walk.row("Opening address by the Prime Minister")
    walk.see()
    walk.see()
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


@pytest.mark.slow("42 tasks, on a system of their own", seconds=150)
def test_before_the_summit(browser: Browser, tmp_path: Path) -> None:
    with started(tmp_path) as running:
        running.inside(COLLEAGUES + SIGN_IN)
        _walked(browser, running, WALKS)


@pytest.mark.slow("9 tasks, on a system of their own", seconds=75)
def test_on_the_day(browser: Browser, tmp_path: Path) -> None:
    with started(tmp_path, "DEMO=day") as running:
        running.inside(IN_PROGRESS + COLLEAGUES)
        _walked(browser, running, DAY)


def test_each_task_is_walked() -> None:
    assert {task.slug for task in TASKS} == {*WALKS, *DAY, "set-up-a-summit"}
