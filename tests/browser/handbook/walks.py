"""What the reader of each task's page enters and looks for, and the steps that no word of the table says.

A walk's first line has the slug of its task, who walks, and where; then come its steps, with ">" between them: a
method of `Walk` or a function of this module, with the words that it is given. `press*3` is three steps, and words
with a bar are English and French.
"""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import Locator, expect

from portal.demo.days import Act, days_of
from tests.browser.handbook.walk import Walk

EMPTY = r"""
set-up-a-summit, , /
    make_first_account > open /admin/ > press > fill Ocean Summit of Ministers 2027 > fill Ocean Summit
    fill Portugal > fill 2027-06-01 > fill 2027-06-03 > fill Lisbon > fill Europe/Lisbon > press
    fill Palácio da Ajuda > fill Plenary hall; 200\nRoom B; 20 > press
    set team-0-email maria@ministry.example > select team-0-role protocol > press
    set lines France; mission@france.example; fr\nKenya; mission@kenya.example > press > see*2 > press
"""
# In their order: who comes later finds what was entered before.
BEFORE = r"""
add-colleagues, organiser, /admin/setup/border-security-2025/team/
    see > fill maria@summit.example > fill Maria Exemple > choose accreditation > press
send-invitations, organiser, /admin/summit/user/
    press*2 > see*2 > press
record-an-answer, protocol, /admin/
    press > open /admin/delegations/party/?q=Germany > row Germany|Allemagne > press > choose attending
    choose unsaid > fill Embassy of Germany > choose telephone > press > see
assign-a-liaison-officer, protocol, /admin/
    press > open /admin/delegations/party/?q=Albania > row Alban > see > press_in #liaison
    tick main [type=checkbox] > press
link-a-sign-in, organiser, /admin/summit/user/?q=maria
    row maria@summit.example > press > fill k3m9-x2p7 > press*2 > see
give-roles-by-group, organiser, /admin/summit/grouprole/
    press > choose https://login.ministry.example > fill press-office > choose press_officer > press
keep-an-emergency-account, administrator, /admin/summit/user/?q=organiser
    row organiser@summit.example > press > see > press > see > sign_in_in_an_emergency
    open /admin/summit/auditentry/ > press > choose summit.use_emergency_sign_in > press > see
    wait_for_the_mail_about_it > see
give-a-delegation-a-provider, protocol, /admin/delegations/partyprovider/
    press > find Pakistan > choose https://login.interior.example > press > row Pakistan > see
    open /admin/delegations/portalsubject/ > see > open /admin/delegations/partyprovider/ > row Pakistan > press*2
change-a-quota, organiser, /admin/
    press > open /admin/delegations/party/?q=Greece > row Gr > press*2 > fill 2
    fill It chairs two working groups. > press

plan-a-session, organiser, /admin/
    press*2 > fill Walk to the harbour > choose walk_through > see > set_times_of_the_second_day > see
    choose accredited > press
move-a-session, organiser, /admin/
    open_session Tunisia and France > press > see > set starts_at_1 11:20 > see > press
plan-on-the-board, organiser, /admin/
    press*2 > drag_a_quarter_of_an_hour_down > see > drop > see > press > wait_for_the_board > see
    drag_from_the_tray_into_a_room
settle-conflicts, organiser, /admin/summit/user/
    press*2 > row Tunisia and France > press > see > set starts_at_1 10:50 > see > press*3 > choose ignore > press
order-the-speakers, organiser, /admin/
    press > open /admin/agenda/session/?q=reports+from+the+working > row Plenary: reports > press_in #speakers > see
    press*2 > fill 4 > press*2
open-a-session-for-sign-up, organiser, /admin/
    press*3 > find Walk to the harbour > fill 1 > press*2
screen-a-bilateral, organiser, /admin/
    press*3 > row Tunis > press
place-a-bilateral, organiser, /admin/
    press*3 > row Sweden|Suède > press_and_come_back > press > see > click main a[href*='starts_at='] > press
release-the-agenda, organiser, /admin/summit/user/
    press*2 > see*2 > fill As agreed. > press
run-a-waiting-list, organiser, /admin/
    press*2 > see > row Walk to the harbour > sign_up_two > see > press_of Interpreter, France > press
cancel-a-session, organiser, /admin/
    open_session Criminal finances > press > fill The minister is ill. > press > see > press*2
set-up-a-screen, organiser, /admin/
    press > press_in nav > press*2 > fill Foyer, north > choose_first > check > press*2

confirm-people, organiser, /admin/
    press > open /admin/delegations/party/?q=Sweden > row S > see > press
    open /admin/delegations/party/?q=Norway > row No > press
issue-badges, organiser, /admin/
    press*3 > see > press*2 > see

write-a-text, press, /admin/
    press*2 > choose statement > fill Statement of the host on the first day
    fill Delegations have agreed on the way forward. > press > see > press
approve-an-edition, approver, /
    draft A statement to approve > open /admin/ > press > open_draft > fill Say it shorter. > press
    shorten_draft > open_draft > press > see
schedule-a-text, press, /
    draft A statement to schedule > approve_draft > open /admin/ > press > open_draft > check > press*2
    fill The wording is being discussed. > press_last
check-against-delivery, press, /admin/
    press > open /admin/press/text/?q=home-secretary > row Address by the Home Secretary > press > mark_passages
withdraw-a-text, approver, /
    draft A statement to withdraw > open /admin/ > press > open_draft > press
    fill It names somebody who did not speak. > press_last

answer-an-invitation, , /
    open_mail focal@summit.example http://localhost:\d+/i/[\w-]+/ > see*3 > tick [type=radio]
    fill Focal point for France > press
name-your-delegation, focal, /portal/
    press*2 > choose delegate > fill Dominique Exemple > press
replace-a-person, focal, /portal/
    press*2 > row Director for Border Security > press > fill Camille Exemple > see > press_last
declare-an-item, focal, /portal/
    press*2 > press_of Close Protection > choose_first > fill A pistol, number F-12345, with fifteen rounds. > press
ask-for-a-bilateral, focal, /portal/
    press*3 > choose_called United Kingdom|Royaume-Uni > fill Joint investigation teams > see*3 > press
answer-a-bilateral, focal, /portal/
    press*2 > choose fr > see > press
sign-in-with-a-code, , /portal/sign-in/
    fill liaison@summit.example > press > fill_mail liaison@summit.example \d{4} \d{4} > press > stay_as liaison
read-your-agenda, focal, /portal/
    press*4
keep-your-calendar, focal, /portal/
    press*3 > field
sign-up-for-a-session, focal, /portal/
    press*2 > row Countering promotion online|Lutter contre la promotion > see > tick [name=person] > press_last > see
meet-a-delegation, liaison, /portal/
    see > row France > see*2
accompany-a-delegation, liaison, /portal/
    see > row France > see*2

enter-a-passport, vetting, /admin/
    press > open /admin/summit/person/?q=Deputy+Minister > row Deputy Minister > press > fill Exemple, Claude
    fill 21AB34567 > fill 01/05/2031 > press
decide-on-a-declaration, vetting, /admin/
    press*2 > row Close Protection Officer > press*2
approve-a-data-export, vetting, /
    ask_for_the_data > open /admin/summit/summit/ > press*2 > see > press
follow-the-preparations, viewer, /admin/summit/summit/
    press > open_session Opening > see > press*2
find-anything, viewer, /admin/
    fill plenary > enter > see > row Plenary
"""
ON_THE_DAY = r"""
announce-a-delay, organiser, /admin/summit/user/
    press*3 > see
give-new-times, organiser, /admin/summit/user/
    press*2 > press_of Supply chains > press*2 > see > accept_all > fill The roundtable takes longer. > press
tick-presence, organiser, /admin/summit/user/
    press*2 > press_of Supply chains > press*2
record-a-representative, conference, /admin/agenda/session/
    press*2 > press_of Supply chains > press_last > click .presence-people button > see
run-the-speakers-list, conference, /admin/agenda/session/
    press*2 > press_of Plenary > press_of Minister > press*3 > press_of Minister > press > press_of Minister > press
split-a-session, conference, /admin/agenda/session/
    press*2 > press_of Supply chains > press > fill_in_minutes 3 > fill_in_minutes 6 > fill_in_minutes 16
    press > see > accept_all > press
telephone-the-unreached, conference, /admin/agenda/session/
    press*5
follow-the-texts, , /border-security-2025/
    press > fill reporter@paper.example > press
    open_mail reporter@paper.example http://\S+/subscription/\S+/ > press > see
quote-a-text, , /border-security-2025/
    press > row Opening address by the Prime Minister > see*2 > press
"""


def make_first_account(walk: Walk) -> None:
    """Come into an installation that has nothing yet."""
    visitor, (address, password) = walk.visitor, ("you@ministry.example", "heron-lantern-42")
    link = re.search(r"http://\S+", walk.desks.running.manage("create_first_account", address))
    assert link
    page = visitor.open(link.group())
    for name in ("password1", "password2"):
        page.locator(f"[name={name}]").fill(password)
    page.get_by_role("button", name="Set password").click()
    page.wait_for_load_state()
    visitor.open("/accounts/login/?lang=en")
    page.get_by_label("Email address").fill(address)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(re.compile(r"/admin/"))


def open_session(walk: Walk, title: str) -> None:
    """Open Agenda, which the page names, and a session, which it doesn't."""
    walk.press()
    walk.open(f"/admin/agenda/session/?q={title.replace(' ', '+')}")
    walk.row(title)


def set_times_of_the_second_day(walk: Walk) -> None:
    day = days_of(Act.AHEAD, datetime.now(UTC)).first + timedelta(days=1)
    for name, clock in (("starts_at", "07:15"), ("ends_at", "07:45")):
        walk.set(f"{name}_0 {day:%d/%m/%Y}")
        walk.set(f"{name}_1 {clock}")


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


def drag_a_quarter_of_an_hour_down(walk: Walk) -> None:
    expect(walk.page.locator(".board.laid")).to_be_visible()
    # At 84 pixels an hour.
    _drag(walk.page.locator(".board-card", has_text="Countering promotion online"), down=21)


def drop(walk: Walk) -> None:
    walk.page.mouse.up()


def wait_for_the_board(walk: Walk) -> None:
    expect(walk.page.locator(".board[aria-busy]")).to_have_count(0)


def drag_from_the_tray_into_a_room(walk: Walk) -> None:
    waiting = walk.page.locator("[data-tray] .board-card")
    _drag(waiting.first, to=walk.page.locator(".board-lane").nth(3))
    drop(walk)
    expect(waiting).to_have_count(0)


def press_and_come_back(walk: Walk) -> None:
    address = walk.page.url
    walk.press()
    walk.open(address)


def sign_up_two(walk: Walk) -> None:
    """Sign two delegates up for the one place, by the same two labels."""
    walk.parts[:0] = walk.parts[:2]
    for office in ("Interpreter, France", "Interpreter, Italy"):
        walk.find(office)
        walk.press_in("main form")


def sign_in_in_an_emergency(walk: Walk) -> None:
    walk.desks.visitor("").sign_in("organiser@summit.example")


def wait_for_the_mail_about_it(walk: Walk) -> None:
    walk.visitor.reload_until(
        "/dev/mail/?q=administrator@summit.example",
        lambda page: "organiser@summit.example" in page.inner_text("main"),
    )


def draft(walk: Walk, title: str) -> None:
    page = walk.desks.visitor("press").open("/admin/press/text/add/?lang=en")
    page.get_by_label("Type").select_option("statement")
    page.get_by_label("Title").fill(title)
    page.get_by_label("Text", exact=True).fill(f"Words of “{title}”.")
    page.get_by_role("button", name="Save and submit for review").click()
    walk.drafted = page.url


def open_draft(walk: Walk) -> None:
    walk.open(walk.drafted)


def shorten_draft(walk: Walk) -> None:
    page = walk.desks.visitor("press").open(f"{walk.drafted}?lang=en")
    page.get_by_role("link", name="Edit text").click()
    page.get_by_label("Text", exact=True).fill("Shorter words.")
    page.get_by_role("button", name="Save and submit for review").click()


def approve_draft(walk: Walk) -> None:
    page = walk.desks.visitor("approver").open(f"{walk.drafted}?lang=en")
    page.get_by_role("button", name="Approve edition").click()


def mark_passages(walk: Walk) -> None:
    """Press the keys that the page names, each on the passage to which the one before has led."""
    passages = walk.page.locator(".passage")
    passages.first.focus()
    for number in range(3):
        expect(passages.nth(number)).to_be_focused()
        walk.page.keyboard.press(walk.key())
    walk.page.keyboard.type("Other words.")
    walk.page.keyboard.press("ControlOrMeta+Enter")
    expect(passages.nth(2)).to_contain_text("Other words.")
    walk.page.keyboard.press(walk.key())


def open_mail(walk: Walk, said: str) -> None:
    walk.open(walk.desks.mail(*said.split(" ", 1)))


def fill_mail(walk: Walk, said: str) -> None:
    walk.fill(walk.desks.mail(*said.split(" ", 1)))


def stay_as(walk: Walk, box: str) -> None:
    """Let later walks of somebody go on in this browser."""
    walk.desks.known[box] = walk.visitor


def ask_for_the_data(walk: Walk) -> None:
    organiser = walk.desks.visitor("organiser")
    page = organiser.open("/admin/summit/person/?lang=en&q=Deputy+Minister")
    page.get_by_role("link", name="Deputy Minister").last.click()
    organiser.open(f"{page.url.split('?')[0]}data/?lang=en")
    page.get_by_role("button", name="Request approval").click()


def enter(walk: Walk) -> None:
    with walk.page.expect_navigation():
        walk.page.keyboard.press("Enter")


def accept_all(walk: Walk) -> None:
    for box in walk.page.locator("main [name=accept]").all():
        box.check()


def fill_in_minutes(walk: Walk, minutes: str) -> None:
    walk.fill(f"{datetime.now(ZoneInfo('Europe/London')) + timedelta(minutes=int(minutes)):%H:%M}")
