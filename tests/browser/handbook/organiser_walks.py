"""Walks of organisers and of protocol."""

import re

from playwright.sync_api import Browser

from tests.browser.handbook.desks import SUMMIT, Desks, Walks
from tests.browser.handbook.walk import LANGUAGE, Walk
from tools.running import Running

walks = Walks()


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
def give_roles_by_group(desks: Desks) -> None:
    walk = desks.walk("give-roles-by-group", "organiser", "/admin/summit/grouprole/")
    walk.press()
    walk.choose("https://login.ministry.example")
    walk.fill("press-office")
    walk.choose("press_officer")
    walk.press()
    walk.done()


@walks
def keep_an_emergency_account(desks: Desks) -> None:
    walk = desks.walk("keep-an-emergency-account", "administrator", "/admin/summit/user/?q=organiser")
    walk.row("organiser@summit.example")
    walk.press()
    walk.see()
    walk.press()
    walk.see()
    desks.visitor("").sign_in("organiser@summit.example")
    walk.open("/admin/summit/auditentry/")
    walk.press()
    walk.choose("summit.use_emergency_sign_in")
    walk.press()
    walk.see()
    walk.visitor.reload_until(
        "/dev/mail/?q=administrator@summit.example",
        lambda page: "organiser@summit.example" in page.inner_text("main"),
    )
    walk.see()
    walk.done()


@walks
def give_a_delegation_a_provider(desks: Desks) -> None:
    walk = desks.walk("give-a-delegation-a-provider", "protocol", "/admin/delegations/partyprovider/")
    walk.press()
    walk.find("Pakistan")
    walk.choose("https://login.interior.example")
    walk.press()
    walk.row("Pakistan")
    walk.see()
    walk.open("/admin/delegations/portalsubject/")
    walk.see()
    walk.open("/admin/delegations/partyprovider/")
    walk.row("Pakistan")
    walk.press()
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
